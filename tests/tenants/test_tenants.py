"""What a tenant with kubectl cannot do, against a real API server with the platform's roles and admission policies."""

import pytest
from tenant import Tenant

from harness.installation import NAMESPACE, SERVICE_ACCOUNT, STORES
from harness.kube import ApiError
from harness.waiting import wait_for

LONG = "x" * 31


def refused(answer, *words):
    ok, said = answer
    assert not ok, said
    assert [word for word in words if word not in said] == [], said


@pytest.mark.parametrize("metadata, spec, field", [
    ({"name": "UPPER"}, {}, "metadata.name"),
    ({"name": "1st"}, {}, "metadata.name"),
    ({"name": "dotted.name"}, {}, "metadata.name"),
    ({"name": LONG}, {}, "metadata.name"),
    ({}, {"engine": "No Engine"}, "spec.engine"),
    ({}, {"engine": None}, "spec.engine"),
    ({}, {"plan": "Huge!"}, "spec.plan"),
    ({}, {"plan": "medium"}, "spec.plan"),
    ({}, {"adminEmail": "nobody"}, "spec.adminEmail"),
    ({}, {"country": "Atlantis"}, "spec.country"),
    ({}, {"hostnames": ["not a host"]}, "spec.hostnames"),
    ({}, {"hostnames": ["UPPER.acme.example"]}, "spec.hostnames"),
    ({}, {"hostnames": ["a.acme.example", "a.acme.example"]}, "spec.hostnames"),
    ({}, {"deletionPolicy": "Backup"}, "spec.deletionPolicy"),
    ({}, {"colour": "red"}, "spec.colour"),
])
def test_bad_input_is_refused_with_its_field(acme, metadata, spec, field):
    manifest = acme.manifest("bad", **spec)
    manifest["metadata"].update(metadata)
    refused(acme.try_to_create(manifest), field)
    assert acme.store(manifest["metadata"]["name"]) is None


def test_the_engine_cannot_be_changed(acme, victim):
    refused(acme.patch("victim", {"spec": {"engine": "medusa"}}), "spec.engine", "cannot be changed")


def test_status_cannot_be_written(acme, victim):
    lie = {"status": {"phase": "Ready", "namespace": "store-another1234"}}
    refused(acme.patch("victim", lie, "--subresource=status"), "forbidden")
    refused(acme.patch("victim", lie, "--subresource=status", user=acme.overlord), "by the Storewright controller alone")
    ok, said = acme.patch("victim", lie)  # not the subresource: Kubernetes passes over it
    assert ok, said
    assert acme.status("victim") == victim["status"]


def test_a_status_given_at_creation_is_not_believed(rival, victim):
    rival.create("early", status={"id": victim["status"]["id"], "namespace": victim["status"]["namespace"]})
    wait_for(lambda: rival.status("early").get("phase") == "Ready", lambda: f"early: {rival.status('early')}", 60)
    assert rival.status("early")["namespace"] != victim["status"]["namespace"]


def test_the_finalizer_cannot_be_stripped(acme, victim):
    for user in (acme.person, acme.overlord):
        refused(acme.patch("victim", {"metadata": {"finalizers": []}}, user=user), "metadata.finalizers")
        refused(acme.patch("victim", {"metadata": {"finalizers": ["example.com/other"]}}, user=user), "metadata.finalizers")
    assert victim["metadata"]["finalizers"] == acme.store("victim")["metadata"]["finalizers"]


def test_a_plan_that_was_not_given_cannot_be_used(acme, victim):
    refused(acme.try_to_create(acme.manifest("grand", plan="medium")), "spec.plan", "medium", "small")
    refused(acme.patch("victim", {"spec": {"plan": "medium"}}), "spec.plan")
    refused(acme.patch("victim", {"spec": {"plan": "medium"}}, user=acme.overlord), "spec.plan")


def test_a_plan_that_is_too_small_is_refused_with_what_is_missing(acme, controller):
    acme.create("cramped", plan="tiny")
    wait_for(lambda: acme.status("cramped").get("failure"), "the refusal", 60)
    status = acme.status("cramped")
    assert status["phase"] == "Failed"
    assert status["failure"]["message"] == "spec.plan: engine static needs pods 3, plan tiny allows 1: choose small or medium or mailing"
    assert "namespace" not in status


def test_a_store_that_runs_stays_as_it_is_when_a_plan_too_small_is_asked_for(acme, victim):
    before = objects_of(acme, victim)
    assert acme.patch("victim", {"spec": {"plan": "tiny"}})[0]
    wait_for(lambda: acme.status("victim").get("failure"), "the refusal", 60)
    assert acme.status("victim")["phase"] == "Degraded"
    assert objects_of(acme, victim) == before
    assert acme.patch("victim", {"spec": {"plan": "small"}})[0]
    wait_for(lambda: acme.status("victim")["phase"] == "Ready", lambda: f"the victim's shop: {acme.status('victim')}", 60)


@pytest.mark.parametrize("hostname", [
    "shop.rival.example", "acme.example.evil.example", "storewright.localhost", "victim-acme.storewright.localhost"])
def test_a_hostname_outside_the_tenants_domains_cannot_be_taken(acme, hostname):
    refused(acme.try_to_create(acme.manifest("squatter", hostnames=[hostname])), "spec.hostnames")
    refused(acme.try_to_create(acme.manifest("squatter", hostnames=[hostname]), user=acme.overlord), "spec.hostnames")


def test_a_hostname_that_another_store_holds_cannot_be_taken(rival, victim):
    """Both tenants may use the domain: who came first has the name."""
    rival.create("squatter", hostnames=["shop.acme.example"])
    wait_for(lambda: rival.status("squatter").get("failure"), "the refusal", 60)
    status = rival.status("squatter")
    assert status["phase"] == "Failed"
    assert status["failure"]["reason"] == "HostnameTaken"
    assert "shop.acme.example" in status["failure"]["message"]
    assert holder(rival, "shop.acme.example") == victim["metadata"]["uid"]


def test_a_generated_hostname_that_another_store_has_cannot_be_taken(installation, controller, acme):
    """x of tenant y-z and x-y of tenant z want the same name."""
    from tenant import Tenant

    first, second = Tenant(installation, "y-z", []), Tenant(installation, "z", [])
    first.create("x")
    wait_for(lambda: first.status("x").get("phase") == "Ready", lambda: f"x: {first.status('x')}", 60)
    second.create("x-y")
    wait_for(lambda: second.status("x-y").get("failure"), "the refusal", 60)
    assert second.status("x-y")["failure"]["reason"] == "HostnameTaken"
    assert holder(first, "x-y-z.storewright.localhost") == first.store("x")["metadata"]["uid"]


def test_reservations_cannot_be_touched(acme, rival, victim):
    stolen = {"apiVersion": "storewright.dev/v1alpha1", "kind": "HostnameReservation", "metadata": {"name": "new.acme.example"},
              "spec": {"storeUID": victim["metadata"]["uid"], "storeNamespace": rival.namespace, "storeName": "squatter"}}
    remove = ("delete", "hostnamereservation", "shop.acme.example")
    move = ("patch", "hostnamereservation", "shop.acme.example", "--type=merge", "--patch", '{"spec": {"storeName": "squatter"}}')
    refused(rival.kubectl(*remove), "orbidden")
    refused(rival.kubectl("create", "-f", "-", stdin=stolen), "orbidden")
    refused(rival.kubectl(*move, user=rival.overlord), "spec cannot be changed")
    for attempt in (rival.kubectl(*remove, user=rival.overlord), rival.kubectl("create", "-f", "-", stdin=stolen, user=rival.overlord)):
        refused(attempt, "hostname reservations are written by the Storewright controller alone")
    assert holder(acme, "shop.acme.example") == victim["metadata"]["uid"]


def test_the_controller_empties_namespaces_of_stores_and_no_others(acme, victim):
    user = f"system:serviceaccount:{NAMESPACE}:storewright"
    for resource in ("pods", "persistentvolumeclaims"):
        ask = ("auth", "can-i", "deletecollection", resource, "--namespace")
        assert acme.kubectl(*ask, victim["status"]["namespace"], user=user)[0]
        for namespace in ("default", NAMESPACE, acme.namespace):
            assert acme.kubectl(*ask, namespace, user=user) == (False, "no\n"), namespace


def test_a_store_cannot_be_made_in_a_namespace_of_somebody_else(acme, rival, victim):
    for namespace in (rival.namespace, "default", NAMESPACE, victim["status"]["namespace"]):
        refused(acme.try_to_create(acme.manifest("stray", namespace=namespace)), "forbidden")
    for namespace in ("default", NAMESPACE, victim["status"]["namespace"]):
        refused(acme.try_to_create(acme.manifest("stray", namespace=namespace), user=acme.overlord), "metadata.namespace")


def test_a_store_cannot_be_aimed_at_a_namespace_that_is_not_its_own(rival, acme, victim):
    """Should such a status ever come to be (a restored backup, a defect), the controller acts only where the namespace names this Store."""
    rival.create("aimed")
    wait_for(lambda: rival.status("aimed").get("phase") == "Ready", lambda: f"aimed: {rival.status('aimed')}", 60)
    own = rival.status("aimed")["namespace"]
    as_controller(rival, "aimed", {"id": victim["status"]["id"], "namespace": victim["status"]["namespace"], "release": None})
    wait_for(lambda: rival.status("aimed").get("failure"), lambda: f"the refusal: {rival.status('aimed')}", 60)
    assert rival.status("aimed")["failure"]["reason"] == "NamespaceTaken"
    before = objects_of(acme, victim)
    ok, said = rival.kubectl("delete", "store", "aimed", "--namespace", rival.namespace, "--wait=false")
    assert ok, said
    wait_for(lambda: rival.store("aimed") is None, lambda: f"aimed: {rival.store('aimed')}", 60)
    assert objects_of(acme, victim) == before
    assert acme.admin.get(f"/api/v1/namespaces/{victim['status']['namespace']}")["status"]["phase"] == "Active"
    assert acme.admin.find(f"/api/v1/namespaces/{own}") is not None  # an orphan, for the sweep


def as_controller(tenant, name, status):
    """A status write that admission lets through, because it comes from the controller's own user."""
    path = f"{STORES}/namespaces/{tenant.namespace}/stores/{name}/status"
    headers = {"Impersonate-User": f"system:serviceaccount:{NAMESPACE}:{SERVICE_ACCOUNT}"}

    def written():
        try:
            tenant.admin.request("PATCH", path, {"status": status}, "application/merge-patch+json", headers)
        except ApiError as error:
            assert error.status == 409, error
            return False
        return True

    wait_for(written, "a write of the status", 10)


def holder(tenant, hostname):
    return tenant.admin.get(f"{STORES}/hostnamereservations/{hostname}")["spec"]["storeUID"]


def objects_of(tenant, store):
    """UIDs and versions of what runs the store."""
    namespace = store["status"]["namespace"]
    paths = [f"/apis/apps/v1/namespaces/{namespace}/deployments", f"/api/v1/namespaces/{namespace}/secrets",
             f"/api/v1/namespaces/{namespace}/persistentvolumeclaims", f"/api/v1/namespaces/{namespace}/services"]
    return sorted((item["metadata"]["uid"], item["metadata"]["resourceVersion"]) for path in paths for item in tenant.admin.items(path))

"""Bad input is refused before anything is created, whoever refuses it, with the field and the remedy named."""

import json

import pytest

LONG = "x" * 31


@pytest.mark.parametrize("arguments, field", [
    (["--engine", "nosuch"], "spec.engine"),
    (["--plan", "huge"], "spec.plan"),
    (["--email", "nobody"], "spec.adminEmail"),
    (["--country", "USA"], "spec.country"),
    (["--currency", "us"], "spec.currency"),
    (["--hostname", "UPPER.example.com"], "spec.hostnames"),
    (["--hostname", "shop.storewright.localhost"], "spec.hostnames"),
    (["--hostname", "shop.elsewhere.example"], "spec.hostnames"),
])
def test_the_api_refuses(tenant, platform, arguments, field):
    defaults = {"--engine": "static", "--email": "a@example.com"}
    defaults.update(dict(zip(arguments[::2], arguments[1::2])))
    said = tenant.cli("store", "create", "bad", *[word for pair in defaults.items() for word in pair], check=False)
    assert said.returncode not in (0, 1)
    assert field in said.stderr
    assert tenant.cli("store", "get", "bad", check=False).returncode != 0


@pytest.mark.parametrize("name", ["UPPER", "1st", "a_b", "ends-", LONG, ""])
def test_the_api_refuses_a_name(tenant, name):
    said = tenant.cli("store", "create", name, "--engine", "static", "--email", "a@example.com", check=False)
    assert said.returncode != 0
    assert "name" in said.stderr


MANIFEST = {"apiVersion": "storewright.dev/v1alpha1", "kind": "Store", "metadata": {"name": "bad"},
            "spec": {"engine": "static", "plan": "small", "adminEmail": "a@example.com"}}


@pytest.mark.parametrize("metadata, spec, field", [
    ({"name": LONG}, {}, "metadata.name"),
    ({"name": "a.b"}, {}, "metadata.name"),
    ({}, {"engine": "No Engine"}, "spec.engine"),
    ({}, {"plan": "large"}, "spec.plan"),
    ({}, {"adminEmail": "nobody"}, "spec.adminEmail"),
    ({}, {"hostnames": ["not a host"]}, "spec.hostnames"),
    ({}, {"hostnames": ["shop.storewright.localhost"]}, "spec.hostnames"),
    ({}, {"hostnames": ["shop.elsewhere.example"]}, "spec.hostnames"),
    ({}, {"deletionPolicy": "Backup"}, "spec.deletionPolicy"),
    ({}, {"colour": "red"}, "spec.colour"),
])
def test_kubernetes_refuses(tenant, platform, metadata, spec, field):
    manifest = {**MANIFEST, "metadata": {**MANIFEST["metadata"], "namespace": tenant.namespace, **metadata}, "spec": {**MANIFEST["spec"], **spec}}
    said = platform.kubectl("create", "--validate=strict", "-f", "-", stdin=json.dumps(manifest), check=False)
    assert said.returncode != 0
    assert field in said.stderr


def test_a_taken_name_is_a_conflict(tenant):
    tenant.create("taken", wait=False)
    again = tenant.create("taken", wait=False, check=False)
    status, headers, problem = tenant.platform.api("POST", f"/tenants/{tenant.name}/stores",
                                                   {"name": "taken", "spec": {"engine": "static", "plan": "small", "adminEmail": "a@example.com"}})
    assert again.returncode != 0 and "taken" in again.stderr
    assert status == 409
    assert headers["Content-Type"].startswith("application/problem+json")
    assert "taken" in problem["detail"]


def test_an_unknown_property_is_refused(tenant):
    status, _, problem = tenant.platform.api("POST", f"/tenants/{tenant.name}/stores",
                                             {"name": "odd", "spec": {"engine": "static", "plan": "small", "adminEmail": "a@example.com", "colour": "red"}})
    assert status == 400 or status == 422
    assert "colour" in json.dumps(problem)


def test_without_its_token_nothing_is_told(platform):
    status, _, _ = platform.api("GET", "/stores", headers={"Authorization": "Bearer wrong-token-of-more-than-thirty-two-characters"})
    assert status == 401


def test_an_image_that_cannot_be_pulled_is_the_reason_given(tenant):
    said = tenant.create("nowhere", "unpullable", check=False)
    assert said.returncode != 0
    status = tenant.store("nowhere")["status"]
    assert status["phase"] == "Failed"
    assert status["failure"]["reason"] == "ImagePullFailed"
    assert "registry.invalid/storewright/nowhere:1" in status["failure"]["message"]
    assert "registry.invalid/storewright/nowhere:1" in said.stderr

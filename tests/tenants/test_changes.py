"""What is changed on a running store reaches its pods, also when the controller dies meanwhile."""

import base64

import pytest
from tenant import Tenant

from harness.proxy import AFTER, Proxy
from harness.waiting import wait_for

REFRESHED = "storewright.dev/refreshed"


class Platform:
    """A controller that can be killed at a call, and a tenant."""

    def __init__(self, installation):
        self._installation = installation
        plane = installation.plane
        self.admin = plane.admin
        self.tenant = Tenant(installation, "changes", ["changes.example"])
        self.proxy = Proxy(plane.port, plane.certificates.certificate("ca"), installation.token(), lambda: self._controller.kill())
        self._controller = installation.start_controller(self.proxy.origin)

    def close(self):
        self._controller.stop()
        self.proxy.close()

    def restart_when_struck(self):
        wait_for(self.proxy.struck.is_set, "the call to die at", 30)
        wait_for(self.proxy.quiet, "the end of what the dead controller had asked for", 30)
        self.proxy.reopen()
        self._controller = self._installation.start_controller(self.proxy.origin)

    def open(self, name, **spec):
        self.tenant.create(name, **spec)
        return self.wait_revision(name, 1)

    def change(self, name, **spec):
        ok, said = self.tenant.patch(name, {"spec": spec})
        assert ok, said

    def wait_revision(self, name, revision):
        """The store's status once it is Ready again."""

        def settled():
            status = self.tenant.status(name)
            ready = status.get("phase") == "Ready" and status.get("observedGeneration") == self.tenant.store(name)["metadata"]["generation"]
            return status if ready and status["release"]["revision"] == revision else None

        return wait_for(settled, lambda: f"revision {revision} of {name}: {self.tenant.status(name)}\n{self._controller.log_tail()}", 60)

    def pods(self, status):
        """UID and refreshed annotation of each pod that runs."""
        return {pod["metadata"]["uid"]: pod["metadata"].get("annotations", {}).get(REFRESHED)
                for pod in self.admin.items(f"/api/v1/namespaces/{status['namespace']}/pods") if pod["status"]["phase"] == "Running"}

    def secret(self, status, name, key):
        data = self.admin.get(f"/api/v1/namespaces/{status['namespace']}/secrets/{name}")["data"]
        return base64.b64decode(data[key]).decode()


@pytest.fixture(scope="module")
def platform(installation):
    made = Platform(installation)
    yield made
    made.close()


def test_pods_are_told_of_changed_settings_and_are_not_restarted(platform):
    before = platform.pods(platform.open("told"))
    assert set(before.values()) == {None}, "a creation has nobody to tell"
    platform.change("told", displayName="Another name")
    after = platform.pods(status := platform.wait_revision("told", 2))
    assert after == dict.fromkeys(before, status["release"]["configDigest"])


def test_pods_are_left_alone_when_no_file_of_theirs_changed(platform):
    platform.open("quiet")
    platform.change("quiet", hostnames=["quiet.changes.example"])
    assert set(platform.pods(platform.wait_revision("quiet", 2)).values()) == {None}


def test_pods_are_told_even_if_the_controller_dies_before_it_could(platform):
    platform.open("dying")
    platform.proxy.arm(lambda call, side: side == AFTER and call.method == "PATCH" and "/configmaps/" in call.path)
    platform.change("dying", displayName="Another name")
    platform.restart_when_struck()
    status = platform.wait_revision("dying", 2)
    assert set(platform.pods(status).values()) == {status["release"]["configDigest"]}


def test_the_login_that_is_told_follows_the_address_and_the_password_stays(platform):
    status = platform.open("login")
    password = platform.secret(status, "store-admin", "password")
    platform.change("login", adminEmail="new@example.com")
    platform.wait_revision("login", 2)
    assert platform.secret(status, "store-admin", "email") == "new@example.com"
    assert platform.secret(status, "store-admin", "password") == password


def test_a_hostname_is_reserved_served_and_given_up(platform):
    status = platform.open("hosts")
    reservation = "/apis/storewright.dev/v1alpha1/hostnamereservations/hosts.changes.example"
    ingress = f"/apis/networking.k8s.io/v1/namespaces/{status['namespace']}/ingresses/page"
    platform.change("hosts", hostnames=["hosts.changes.example"])
    after = platform.wait_revision("hosts", 2)
    assert after["hostnames"] == [rule["host"] for rule in platform.admin.get(ingress)["spec"]["rules"]]
    assert platform.admin.get(reservation)["spec"]["storeName"] == "hosts"
    assert after["url"] == status["url"]
    platform.change("hosts", hostnames=None)
    platform.wait_revision("hosts", 3)
    wait_for(lambda: platform.admin.find(reservation) is None, "the hostname being free again", 10)
    assert platform.tenant.patch("hosts", {"spec": {"hostnames": ["shop.elsewhere.example"]}})[0] is False

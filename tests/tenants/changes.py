"""The platform outside the cluster, with one tenant whose stores are changed."""

import base64
import gzip

from tenant import Tenant

from harness.proxy import Proxy
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

    def log(self):
        return self._controller.log.read_text()

    @staticmethod
    def release(secret):
        """Helm's record, as text."""
        return gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))).decode()

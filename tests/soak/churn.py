"""Stores that come and go: what a round of them does, and what it leaves."""

import dataclasses
import os
import random

from harness.installation import STORES, store_manifest
from harness.processes import status_of
from harness.waiting import wait_for

READY_WITHIN, GONE_WITHIN = 120, 180


@dataclasses.dataclass(frozen=True)
class Usage:
    """What a process holds."""

    resident: int  # bytes
    threads: int
    files: int

    @staticmethod
    def of(pid):
        fields = status_of(pid)
        return Usage(int(fields["VmRSS"].split()[0]) * 1024, int(fields["Threads"]), len(os.listdir(f"/proc/{pid}/fd")))


class Churn:
    """Rounds of stores of the test engine for one tenant. `seed` makes the same changes to the same stores."""

    def __init__(self, admin, namespace, seed):
        self._admin, self._namespace = admin, namespace
        self._dice = random.Random(seed)
        self._rounds = 0

    def round(self, count):
        """Makes so many stores, changes and harms each in one way, and removes them again."""
        self._rounds += 1
        names = [f"soak-{self._rounds}-{n}" for n in range(count)]
        for name in names:
            self._admin.create(self._path(), store_manifest(name, hostnames=[f"{name}.example.com"]))
        self._wait(names, lambda store: self._settled(store, "Ready"), READY_WITHIN)
        for name in names:
            self._dice.choice([self._rename, self._suspend, self._harm])(name)
        self._wait(names, self._as_asked, READY_WITHIN)
        for name in names:
            self._admin.delete(self._path(name))
        wait_for(lambda: not self._admin.items(self._path()), lambda: f"left: {self._admin.items(self._path())}", GONE_WITHIN, every=0.5)

    def left_behind(self):
        """What is there of stores after all were removed."""
        everything = {"namespaces": "/api/v1/namespaces?labelSelector=storewright.dev/store", "volumes": "/api/v1/persistentvolumes",
                      "reservations": f"{STORES}/hostnamereservations"}
        return {kind: [item["metadata"]["name"] for item in self._admin.items(path)] for kind, path in everything.items()}

    def _path(self, name=""):
        return f"{STORES}/namespaces/{self._namespace}/stores" + (f"/{name}" if name else "")

    def _rename(self, name):
        self._admin.merge(self._path(name), {"spec": {"displayName": f"Shop {self._dice.random()}"}})

    def _suspend(self, name):
        self._admin.merge(self._path(name), {"spec": {"suspended": True}})

    def _harm(self, name):
        """Somebody deletes what the platform has made: it comes back."""
        namespace = self._admin.get(self._path(name))["status"]["namespace"]
        self._admin.delete(f"/apis/apps/v1/namespaces/{namespace}/deployments/page")

    def _as_asked(self, store):
        if not self._settled(store, "Suspended" if store["spec"].get("suspended") else "Ready"):
            return False
        return self._admin.find(f"/apis/apps/v1/namespaces/{store['status']['namespace']}/deployments/page") is not None

    @staticmethod
    def _settled(store, phase):
        status = store.get("status", {})
        return status.get("phase") == phase and status.get("observedGeneration") == store["metadata"]["generation"]

    def _wait(self, names, condition, seconds):
        waiting = set(names)

        def all_there():
            stores = {store["metadata"]["name"]: store for store in self._admin.items(self._path())}
            waiting.difference_update([name for name in waiting if condition(stores[name])])
            return not waiting

        def late():
            some = sorted(waiting)[0]
            return f"{len(waiting)} stores are not as they should be, among them {some}: {self._admin.get(self._path(some)).get('status')}"

        wait_for(all_there, late, seconds, every=0.25)

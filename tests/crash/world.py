"""One controller behind a proxy on a control plane, and stores in it that are made, deleted and looked at."""

import collections
import difflib
import itertools
import time

from calls import AtCall, AtCount, Attribution, Occurrences, label_of
from harness.installation import STORES, store_manifest
from harness.proxy import Proxy
from harness.waiting import wait_for
from state import Observer

TENANT = "crash"

READY_WITHIN = 60
GONE_WITHIN = 90
STRIKE_WITHIN = 60
SILENCE = 1.0  # seconds without a write after which a store counts as left alone; its later writes are found at the end


class World:
    def __init__(self, installation):
        self._installation = installation
        self._plane = plane = installation.plane
        self._admin = plane.admin
        self.observer = Observer(plane)
        self.attribution = Attribution()
        self.namespace = installation.add_tenant(TENANT, domains=["example.com"])
        self._numbers = itertools.count(1)
        self._finished = {}
        self._last_finish = 0
        self._calls_for = collections.defaultdict(list)
        self._sorted = 0
        self.proxy = Proxy(plane.port, plane.certificates.certificate("ca"), installation.token(), lambda: self._controller.kill())
        self.start()

    def close(self):
        self._controller.stop()
        self.proxy.close()

    def start(self):
        self._controller = self._installation.start_controller(self.proxy.origin)

    def restart(self):
        """What Kubernetes does after a crash: the same pod, a new process."""
        self.wait_quiet()
        self.proxy.reopen()
        self.start()

    def recover(self):
        """After a failed attempt: a controller runs, and lives."""
        self.proxy.disarm()
        if not self._controller.running():
            self.restart()

    def wait_quiet(self):
        wait_for(self.proxy.quiet, "the end of what the dead controller had asked for", 30)

    def new_name(self):
        # Nothing else contains it, so that it can be told from everything else in a text.
        return f"shop{next(self._numbers):04}x"

    def create(self, name, engine):
        return self._admin.create(self._stores(), store_manifest(name, engine=engine, hostnames=[f"{name}.example.com"]))

    def delete(self, name):
        self._admin.delete(f"{self._stores()}/{name}")

    def store(self, name):
        return self.observer.store(self.namespace, name)

    def state(self, name):
        return self.observer.state(self.namespace, name)

    def calls(self, name):
        for call in self.proxy.calls(since=self._sorted):
            self._calls_for[self.attribution.store_of(call)].append(call)
            self._sorted += 1
        return self._calls_for[name]

    def call_names(self, name, since=0):
        """Each call that was made for the store, once, in order."""
        occurrences, names = Occurrences(), {}
        for call in self.calls(name)[since:]:
            names[occurrences.name(call)] = None
            occurrences.answered(call)
        return list(names)

    def strike_at(self, name, call, side):
        self.proxy.arm(AtCall(name, call, side, self.attribution))

    def strike_after(self, name, count, side):
        self.proxy.arm(AtCount(name, count, side, self.attribution))

    def wait_struck(self):
        wait_for(self.proxy.struck.is_set, lambda: f"the call to die at never came\n{self._controller.log_tail()}", STRIKE_WITHIN)

    def struck_before(self, done):
        """Whether the controller died before `done` was true and it had come to rest."""
        wait_for(lambda: self.proxy.struck.is_set() or done(), "neither the crash nor the end", READY_WITHIN + GONE_WITHIN)
        return self.proxy.struck.wait(SILENCE)

    def is_ready(self, name):
        status = self.store(name).get("status", {})
        return status.get("phase") == "Ready" and not status.get("failure")

    def is_gone(self, name):
        return self.store(name) is None

    def wait_ready(self, name):
        def ready():
            self._alive()
            return self.is_ready(name)

        wait_for(ready, lambda: f"{name} is not Ready: {self.store(name).get('status')}\n{self._controller.log_tail()}", READY_WITHIN)

    def wait_gone(self, name):
        def gone():
            self._alive()
            return self.is_gone(name)

        wait_for(gone, lambda: f"{name} is not gone: {self.store(name)}\n{self._controller.log_tail()}", GONE_WITHIN, every=0.1)

    def wait_state(self, name, expected):
        """Kubernetes' own controllers may need a moment; then the state has to be the expected one."""

        def difference():
            return "\n".join(difflib.unified_diff(expected, self.state(name), "undisturbed", "after the crash", n=0, lineterm=""))

        wait_for(lambda: self.state(name) == expected, lambda: f"{name} came out differently:\n{difference()}", 20, every=0.2)

    def wait_silent(self, name):
        """No more writes for the store."""

        def restless():
            return f"{name} is written again and again, last: {[label_of(call) for call in self.calls(name)][-5:]}"

        wait_for(lambda: self._seconds_since_write(name) > SILENCE, restless, 30, every=0.1)

    def finish(self, name):
        """From now on nothing may be written for it."""
        self._finished[name] = len(self.calls(name))
        self._last_finish = time.monotonic()

    def reawaken(self, name):
        """It is going to be written again."""
        del self._finished[name]

    def wait_since_last_finish(self, seconds):
        wait_for(lambda: time.monotonic() - self._last_finish > seconds, "time passing", seconds + 5, every=0.5)

    def a_finished_store(self, engine):
        """The name of a store that is Ready and left alone."""
        for name in self._finished:
            store = self.store(name)
            if store and store["spec"]["engine"] == engine:
                return name
        name = self.new_name()
        self.create(name, engine)
        self.wait_ready(name)
        self.wait_silent(name)
        self.finish(name)
        return name

    def late_calls(self):
        """Calls for stores that had come to rest."""
        return [f"{name}: {call}" for name, count in self._finished.items() for call in self.calls(name)[count:]]

    def _seconds_since_write(self, name):
        return time.monotonic() - max((call.at for call in self.calls(name) if call.writes), default=0)

    def _alive(self):
        self._plane.check()
        assert self._controller.running(), f"the controller ended by itself:\n{self._controller.log_tail()}"

    def _stores(self):
        return f"{STORES}/namespaces/{self.namespace}/stores"

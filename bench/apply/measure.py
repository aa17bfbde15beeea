"""One run: the contestants take turns, round by round, so that whatever else the machine does meets them all alike."""

import collections
import dataclasses
import os
import time

from .audit import PASSING, WRITES, AuditLog, accepted_to_applied, by_kind
from .contestants import Bench, Floor, Helm, SdkReconciler, Storewright
from .recording import TENANT, Identities, record, unhashed

QUIET_BURST, QUIET_SINGLE = 2.0, 0.6  # seconds without writes by anybody, before a burst and before a single store
WATCH_SECONDS = 30
ADMIN = "admin"  # of harness.control_plane: who creates Stores
# What a store may cost beside its objects (docs/performance.md, row 3).
ALLOWANCE = 8


@dataclasses.dataclass
class Series:
    """Everything measured of one contestant."""

    rates: list = dataclasses.field(default_factory=list)  # stores per second, a value a round
    latencies: list = dataclasses.field(default_factory=list)  # seconds from accept to all applied, a value a single store
    waits: list = dataclasses.field(default_factory=list)  # seconds until the one who asked knows, a value a single store
    cpu_seconds: list = dataclasses.field(default_factory=list)  # per store, a value a round
    burst_requests: list = dataclasses.field(default_factory=list)
    single_requests: list = dataclasses.field(default_factory=list)  # a list for each single store
    stores_in_bursts: int = 0


class Run:
    def __init__(self, installation, engine, engine_chart, guardrails_chart, sdk_reconciler, directory, progress):
        self._progress = progress
        identities = Identities()
        bench = Bench(installation, engine, engine_chart, directory, identities)
        self.engine = engine
        self._plane = installation.plane
        progress(f"{engine}: recording what the controller writes for a store")
        namespace = installation.add_tenant(TENANT)
        self.recording = record(installation, namespace, identities.name(), engine)
        self._storewright = Storewright(bench, namespace)
        helm = Helm(bench, self.recording, guardrails_chart)
        self._contestants = [self._storewright, Floor(bench, self.recording), helm]
        if sdk_reconciler:
            self._contestants.append(SdkReconciler(bench, helm, self.recording, sdk_reconciler))
        self._audit = AuditLog(self._plane.audit_log, {each.user for each in self._contestants} | {ADMIN})
        self.series = {each.name: Series() for each in self._contestants}
        self.load = []
        self.memory = self.idle = None

    def close(self):
        self._audit.close()

    @property
    def target(self):
        """The most requests that a store may take."""
        return len(self.recording) + ALLOWANCE

    def measure(self, rounds, burst, singles):
        self._warm_up()
        for number in range(rounds):
            self.load.append(os.getloadavg()[0])
            # Each goes first now and then.
            shift = number % len(self._contestants)
            for contestant in self._contestants[shift:] + self._contestants[:shift]:
                self._turn(contestant, burst, singles)
                self._progress(f"{self.engine}: round {number + 1} of {rounds}: {contestant.name}: "
                               f"{self.series[contestant.name].rates[-1]:.2f} stores/s")
        self.idle = self._watch_idle()

    def _warm_up(self):
        """One store each, unmeasured: caches are filled, and all have to bring the same objects into being."""
        for contestant in self._contestants:
            with contestant:
                self._audit.settle(QUIET_BURST)
                namespace = contestant.burst(1).namespaces[0]
                if different := self._difference(namespace):
                    raise RuntimeError(f"{contestant.name} makes other objects than the controller: {sorted(different)}")

    def _difference(self, namespace):
        """Objects that stand in the recording or in the namespace, but not in both."""
        kinds = {(o["apiVersion"], o["kind"]) for o in self.recording.objects if o["kind"] != "Namespace"}
        there = set()
        for version, kind in kinds:
            resource = {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"}.get(kind, kind.lower() + "s")
            base = "/api/v1" if version == "v1" else f"/apis/{version}"
            items = self._plane.admin.items(f"{base}/namespaces/{namespace}/{resource}", labelSelector="storewright.dev/store")
            there |= {(kind, unhashed(item["metadata"]["name"])) for item in items if not item["metadata"].get("ownerReferences")}
        return {pair for pair in there ^ self.recording.names if not pair[1].startswith("sh.helm.release.")}

    def _turn(self, contestant, burst, singles):
        series = self.series[contestant.name]
        with contestant:
            self._audit.settle(QUIET_BURST)
            result = contestant.burst(burst)
            series.rates.append(result.stores / result.seconds)
            series.cpu_seconds.append(result.cpu_seconds / result.stores)
            series.burst_requests += filter(contestant.asked, self._audit.settle(QUIET_BURST))
            series.stores_in_bursts += result.stores
            for _ in range(singles):
                self._single(contestant, series)
            if contestant is self._storewright:
                self.memory = contestant.memory()

    def _single(self, contestant, series):
        result = contestant.burst(1)
        requests = self._audit.settle(QUIET_SINGLE)
        own = list(filter(contestant.asked, requests))
        ask = self._asked(contestant, requests) if contestant.ask else None
        series.waits.append(result.seconds)
        series.latencies.append(accepted_to_applied(ask, own, result.namespaces[0]))
        series.single_requests.append(own)

    def _asked(self, contestant, requests):
        """The one request by which the store was asked for."""
        found = [each for each in requests if each.text == contestant.ask and each.user == ADMIN and each.code < 300]
        if len(found) != 1:
            raise RuntimeError(f"{contestant.name}: the audit log holds {len(found)} requests '{contestant.ask}' for one store")
        return found[0]

    def _watch_idle(self):
        """What a controller asks for that has nothing to do."""
        with self._storewright as contestant:
            self._audit.settle(QUIET_BURST)
            self._progress(f"{self.engine}: watching the controller do nothing for {WATCH_SECONDS} s")
            time.sleep(WATCH_SECONDS)
            return collections.Counter(request.text for request in filter(contestant.asked, self._audit.read()[0]))


def requests_per_store(series):
    """(most for a single store, mean in bursts, {"verb resource": mean in bursts}, mean of refusals in bursts).

    Refusals are apart: how many there are depends on the machine."""
    stores = series.stores_in_bursts
    heard = [r for r in series.burst_requests if r.code not in PASSING]
    most = max(sum(r.code not in PASSING for r in requests) for requests in series.single_requests)
    return most, len(heard) / stores, by_kind(heard, stores), (len(series.burst_requests) - len(heard)) / stores


def violations(run):
    """Why the run fails: only what does not depend on the machine."""
    most, *_ = requests_per_store(run.series["storewright"])
    found = []
    if most > run.target:
        found.append(f"a store took {most} requests, target {run.target}")
    busy = {text: count for text, count in run.idle.items() if text.split()[0] in (*WRITES, "list")}
    if busy:
        found.append(f"a converged controller asks for {busy}")
    return found

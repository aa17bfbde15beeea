"""Those that are measured. Each makes stores in a burst, or one after the other, and says how long it took and what it cost.

A contestant is a context manager: what it needs runs only inside, so that it takes nothing from the others. `ask` is the request by which an
administrator has it make a store, None for those that are programs to be run."""

import contextlib
import dataclasses
import json
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness.control_plane import ROOT, programs
from harness.installation import NAMESPACE, SERVICE_ACCOUNT, STORES
from harness.processes import Process, status_of

from .recording import store_object

BUILD = ROOT / "build/release"
# As src/app: ControllerOptions::workers, and the connections of serve().
WORKERS = 8
CONNECTIONS = 32
HELM_PROCESSES = 4
CREATORS = 8  # clients that create Stores, or requests for the SDK reconciler, at once
BURST_SECONDS = 300  # after which a burst has failed


@dataclasses.dataclass(frozen=True)
class Result:
    """`seconds` until everything was applied; `cpu_seconds` of the contestant; the stores' namespaces."""

    stores: int
    seconds: float
    cpu_seconds: float
    namespaces: list


class Bench:
    """What the contestants share."""

    def __init__(self, installation, engine, engine_chart, directory, identities):
        self.installation = installation
        self.plane = installation.plane
        self.engine, self.engine_chart = engine, engine_chart
        self.directory = directory
        self.identities = identities
        self.controller_user = f"system:serviceaccount:{NAMESPACE}:{SERVICE_ACCOUNT}"

    def kubeconfig(self, name, token):
        """Of a holder of that token, who talks to the API server directly."""
        path = self.directory / f"{name}.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "bench",
            "clusters": [{"name": "bench", "cluster": {"server": self.plane.url,
                                                       "certificate-authority": str(self.plane.certificates.certificate("ca"))}}],
            "users": [{"name": name, "user": {"token": token}}],
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": name}}]}))
        return path


class Storewright(contextlib.AbstractContextManager):
    """The controller, outside the cluster but with its own rights; done is what the Store's status says, seen through a watch."""

    name, agent, ask = "storewright", "storewright-controller", "create stores"

    def __init__(self, bench, tenant_namespace):
        self._bench = bench
        self.user = bench.controller_user
        self._path = f"{STORES}/namespaces/{tenant_namespace}/stores"
        self._kubeconfig = bench.kubeconfig("controller", bench.installation.token())
        self._log = bench.plane.logs / "controller.log"
        self._controller = None

    def __enter__(self):
        earlier = _size(self._log)
        self._stack = contextlib.ExitStack()
        self._controller = self._bench.installation.start_controller_with(self._kubeconfig)
        self._stack.callback(self._controller.stop)
        self._watch = self._stack.enter_context(self._bench.plane.client("admin").watch(self._path))
        self._creators = self._stack.enter_context(Creators(self._bench.plane))
        self._controller.wait_until(lambda: '"reconciling"' in _text_from(self._log, earlier))
        return self

    def __exit__(self, *_):
        self._stack.close()

    def asked(self, request):
        """Whether a request in the audit log is one of its own."""
        return _is_from(self, request)

    def burst(self, stores):
        names = [self._bench.identities.name() for _ in range(stores)]
        cpu, start = self._cpu_seconds(), time.monotonic()
        self._creators.create(self._path, [store_object(name, self._bench.engine) for name in names])
        seconds = max(self._watch.until(name, _store_is_applied, "applied", BURST_SECONDS)[0] for name in names) - start
        ready = [self._watch.until(name, _store_is_ready, "Ready", BURST_SECONDS)[1] for name in names]
        return Result(stores, seconds, self._cpu_seconds() - cpu, [store["status"]["namespace"] for store in ready])

    def memory(self):
        """(resident, peak) in bytes."""
        fields = status_of(self._controller.pid)
        return tuple(int(fields[field].split()[0]) * 1024 for field in ("VmRSS", "VmHWM"))

    def _cpu_seconds(self):
        return _cpu_seconds_of(self._controller.pid)


class Floor(contextlib.AbstractContextManager):
    """bench/floor.cpp: the same objects by server-side apply, with the controller's rights, client, connections and concurrency."""

    name, agent, ask = "floor", "storewright-bench-floor", None

    def __init__(self, bench, recording):
        self._bench, self._recording = bench, recording
        self.user = bench.controller_user
        self._kubeconfig = bench.kubeconfig("floor", bench.installation.token())

    def __exit__(self, *_):
        pass

    def asked(self, request):
        # It opens its connections by asking for the version.
        return _is_from(self, request) and request.resource != "/version"

    def burst(self, stores):
        identities = [self._bench.identities.draw() for _ in range(stores)]
        lines = "".join(json.dumps({"waves": self._recording.waves(identity)}) + "\n" for identity in identities)
        done = subprocess.run([BUILD / "storewright-bench-floor", self._kubeconfig, str(WORKERS), str(CONNECTIONS)], input=lines,
                              capture_output=True, text=True, timeout=BURST_SECONDS)
        if done.returncode != 0:
            raise RuntimeError(f"the floor ended with {done.returncode}: {done.stderr}")
        report = json.loads(done.stdout)
        return Result(stores, report["seconds"], report["cpuSeconds"], [identity.namespace for identity in identities])


class Helm(contextlib.AbstractContextManager):
    """The helm command, one process a store, as an administrator who is no more exempt from flow control than the controller is."""

    name, agent, ask = "helm install", "Helm/", None
    account = "bench-helm"

    def __init__(self, bench, recording, guardrails_chart):
        self._bench, self._recording = bench, recording
        self._work = bench.directory / "helm"
        self._work.mkdir()
        self.chart = recording.helm_chart(bench.engine_chart, guardrails_chart, self._work / "chart")
        self.user = f"system:serviceaccount:{NAMESPACE}:{self.account}"
        self.kubeconfig = bench.kubeconfig(self.account, self._account_token())

    def __exit__(self, *_):
        pass

    def asked(self, request):
        return _is_from(self, request)

    def burst(self, stores):
        identities = [self._bench.identities.draw() for _ in range(stores)]
        for identity in identities:
            (self._work / f"{identity.id}.json").write_text(json.dumps(self._recording.helm_values(identity)))
        ids = "".join(f"{identity.id}\n" for identity in identities)
        install = [programs() / "helm", "install", "store", self.chart, "--namespace", "store-{}", "--create-namespace",
                   "--values", self._work / "{}.json"]
        cpu, start = _children_cpu_seconds(), time.monotonic()
        done = subprocess.run(["xargs", "-P", str(HELM_PROCESSES), "-I", "{}", *install], input=ids, capture_output=True, text=True,
                              timeout=BURST_SECONDS, env={"KUBECONFIG": str(self.kubeconfig), "HOME": str(self._work), "PATH": "/usr/bin:/bin"})
        seconds = time.monotonic() - start
        if done.returncode != 0:
            raise RuntimeError(f"helm install ended with {done.returncode}: {done.stderr}")
        return Result(stores, seconds, _children_cpu_seconds() - cpu, [identity.namespace for identity in identities])

    def _account_token(self):
        admin = self._bench.plane.admin
        accounts = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
        admin.apply(f"{accounts}/{self.account}", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": self.account}}, "bench")
        admin.apply(f"/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/{self.account}", {
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": self.account},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "ServiceAccount", "name": self.account, "namespace": NAMESPACE}]}, "bench")
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 4 * 3600}}
        return admin.create(f"{accounts}/{self.account}/token", request)["status"]["token"]


class SdkReconciler(contextlib.AbstractContextManager):
    """bench/peers/sdk-reconciler: what an operator around the Helm SDK would be, with the chart that Helm gets."""

    name, agent, ask = "SDK reconciler", "sdk-reconciler", "create configmaps"
    namespace = "bench-requests"

    def __init__(self, bench, helm, recording, program):
        self._bench, self._helm, self._recording, self._program = bench, helm, recording, program
        self.user = helm.user
        self._log = bench.plane.logs / "sdk-reconciler.log"
        self._path = f"/api/v1/namespaces/{self.namespace}/configmaps"
        bench.plane.admin.create("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})

    def __enter__(self):
        earlier = _size(self._log)
        self._stack = contextlib.ExitStack()
        arguments = [self._program, f"--config={self._helm.kubeconfig}", f"--chart={self._helm.chart}", f"--namespace={self.namespace}"]
        self._process = Process(self.name, arguments, self._log, {"HOME": str(self._bench.directory)})
        self._stack.callback(self._process.stop)
        self._watch = self._stack.enter_context(self._bench.plane.client("admin").watch(self._path))
        self._creators = self._stack.enter_context(Creators(self._bench.plane))
        self._process.wait_until(lambda: "ready" in _text_from(self._log, earlier))
        return self

    def __exit__(self, *_):
        self._stack.close()

    def asked(self, request):
        return _is_from(self, request)

    def burst(self, stores):
        identities = [self._bench.identities.draw() for _ in range(stores)]
        requests = [self._request(identity) for identity in identities]
        cpu, start = _cpu_seconds_of(self._process.pid), time.monotonic()
        self._creators.create(self._path, requests)
        seconds = max(self._watch.until(each.name, _request_is_applied, "applied", BURST_SECONDS)[0] for each in identities) - start
        return Result(stores, seconds, _cpu_seconds_of(self._process.pid) - cpu, [identity.namespace for identity in identities])

    def _request(self, identity):
        return {"apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": identity.name, "labels": {"bench.storewright.dev/install": ""}},
                "data": {"namespace": identity.namespace, "values": json.dumps(self._recording.helm_values(identity))}}


class Creators(contextlib.AbstractContextManager):
    """Clients with open connections that create objects at once."""

    def __init__(self, plane):
        self._admin = plane.client("admin")
        self._pool = ThreadPoolExecutor(CREATORS)
        together = threading.Barrier(CREATORS)
        list(self._pool.map(lambda _: together.wait(30) is not None and self._admin.get("/version"), range(CREATORS)))

    def __exit__(self, *_):
        self._pool.shutdown()

    def create(self, path, objects):
        list(self._pool.map(lambda each: self._admin.create(path, each), objects))


def _store_is_applied(store):
    return "applied" in store.get("status", {}).get("timings", {})


def _store_is_ready(store):
    return store.get("status", {}).get("phase") == "Ready"


def _request_is_applied(request):
    return "bench.storewright.dev/applied" in request["metadata"].get("annotations", {})


def _is_from(contestant, request):
    return request.user == contestant.user and request.agent.startswith(contestant.agent)


def _children_cpu_seconds():
    times = os.times()
    return times.children_user + times.children_system


def _cpu_seconds_of(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _size(path):
    return path.stat().st_size if path.exists() else 0


def _text_from(path, offset):
    with open(path, errors="replace") as log:
        log.seek(offset)
        return log.read()

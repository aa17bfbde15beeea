"""Who reaches whom, as a table: each connection is tried for real, from where it says, over a store of each engine."""

import contextlib
import pathlib
import secrets
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import outside
import pytest
import yaml
from conftest import available_engines
from waiting import until

DATABASES = {"medusa": ("postgres", 5432), "woocommerce": ("mariadb", 3306)}
SHOPS = {"medusa": ("storefront", 8000), "woocommerce": ("wordpress", 8080)}

PROBE = """
apiVersion: v1
kind: Pod
metadata:
  name: probe
  namespace: {namespace}
  labels: {{app.kubernetes.io/component: probe{label}}}
spec:
  automountServiceAccountToken: false
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  securityContext: {{runAsNonRoot: true, runAsUser: 10004, seccompProfile: {{type: RuntimeDefault}}}}
  containers:
    - name: probe
      image: {image}
      imagePullPolicy: IfNotPresent
      command: ["/bin/busybox", "httpd", "-f", "-p", "8081", "-h", "/tmp"]
      securityContext: {{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {{drop: [ALL]}}}}
      resources:
        requests: {{cpu: 5m, memory: 8Mi, ephemeral-storage: 4Mi}}
        limits: {{cpu: 500m, memory: 32Mi, ephemeral-storage: 16Mi}}
      volumeMounts: [{{name: tmp, mountPath: /tmp}}]
  volumes: [{{name: tmp, emptyDir: {{sizeLimit: 1Mi}}}}]
"""

# (from, to, whether a connection is made). The sources: a pod of the store, a pod in a namespace that is no store's, a host outside the
# cluster, the ingress controller.
TABLE = [
    ("store", "own database, by name", True),
    ("store", "own shop, by name", True),
    ("store", "another store's database Service", False),
    ("store", "another store's database pod", False),
    ("store", "another store's shop Service", False),
    ("store", "another store's shop pod", False),
    ("store", "API server Service", False),
    ("store", "API server", False),
    ("store", "kubelet", False),
    ("store", "platform", False),
    ("store", "metadata address", False),
    ("store", "internet", False),
    ("store", "pod elsewhere", False),
    ("elsewhere", "own database pod", False),
    ("elsewhere", "own shop pod", False),
    ("outside", "own database pod", False),
    ("outside", "own shop pod", False),
    ("ingress", "own shop", True),
]
# What shows that a denied connection is denied, and does not fail for want of something that answers.
ANSWERING = [
    ("elsewhere", "API server", True),
    ("elsewhere", "platform", True),
    ("elsewhere", "metadata address", True),
    ("elsewhere", "internet", True),
    ("outside", "pod elsewhere", True),
]
AT_ONCE = 8  # connections tried at once


class Pod:
    """One from which connections are tried."""

    def __init__(self, platform, namespace, image, label=""):
        self.platform, self.namespace = platform, namespace
        platform.kubectl("apply", "-f", "-", stdin=PROBE.format(namespace=namespace, image=image, label=label))
        platform.kubectl("wait", "--namespace", namespace, "--for=condition=Ready", "pod/probe", "--timeout=60s")
        self.address = platform.get("pod", "probe", "--namespace", namespace)["status"]["podIP"]

    def reaches(self, address, port):
        """Whether a TCP connection is made within 3 s."""
        command = f"/bin/busybox nc -w 3 {address} {port} </dev/null >/dev/null 2>&1 && echo made || echo refused"
        said = self.platform.kubectl("exec", "--namespace", self.namespace, "probe", "--", "/bin/sh", "-c", command).stdout.strip()
        assert said in ("made", "refused"), said
        return said == "made"


class World:
    """A store of each engine that there is (two, if there is one), a pod that is no store's, a host outside."""

    def __init__(self, platform, tenant, host, elsewhere_namespace):
        self.platform, self.host = platform, host
        self.engines = (available_engines(platform) * 2)[:2]
        self.stores = list(tenant.open({f"{engine}-{number}": engine for number, engine in enumerate(self.engines)}).values())
        offered = platform.get("configmap", "storewright-engines", "--namespace", "storewright-system")["data"]
        self.image = yaml.safe_load(offered["static.yaml"])["images"]["static"]
        self.elsewhere = Pod(platform, elsewhere_namespace, self.image)
        self.probes = [Pod(platform, store["status"]["namespace"], self.image, f", storewright.dev/store: {store['status']['id']}")
                       for store in self.stores]

    def pair(self, engine):
        """A store of the engine, and one that is not it, with its engine."""
        mine = self.engines.index(engine)
        return self.stores[mine], self.stores[1 - mine], self.engines[1 - mine]

    def service(self, namespace, name):
        return self.platform.get("service", name, "--namespace", namespace)["spec"]["clusterIP"]

    def pod(self, store, component):
        pods = self.platform.get("pods", "--namespace", store["status"]["namespace"], "-l", f"app.kubernetes.io/component={component}")["items"]
        return pods[0]["status"]["podIP"]

    def cluster_address(self, target):
        """Address and port of what belongs to no store."""
        if target == "API server":
            return self.platform.get("endpointslices", "--namespace", "default")["items"][0]["endpoints"][0]["addresses"][0], 6443
        if target == "kubelet":
            return next(a["address"] for a in self.platform.get("nodes")["items"][0]["status"]["addresses"] if a["type"] == "InternalIP"), 10250
        return {"API server Service": lambda: (self.service("default", "kubernetes"), 443),
                "platform": lambda: (self.service("storewright-system", "storewright"), 80),
                "metadata address": lambda: (outside.METADATA, outside.PORT),
                "internet": lambda: (outside.INTERNET, outside.PORT),
                "pod elsewhere": lambda: (self.elsewhere.address, 8081)}[target]()

    def address(self, engine, target):
        own, other, other_engine = self.pair(engine)
        owner, _, what = target.partition(" ") if target.startswith("own ") else target.partition("store's ")
        if not what:
            return self.cluster_address(target)
        store, of = (own, engine) if owner == "own" else (other, other_engine)
        name, port = (DATABASES if what.startswith("database") else SHOPS)[of]
        if what.endswith("by name"):
            return name, port
        return (self.pod(store, name) if what.endswith("pod") else self.service(store["status"]["namespace"], name)), port

    def connects(self, engine, source, target):
        if source == "ingress":
            with urllib.request.urlopen(self.pair(engine)[0]["status"]["url"], timeout=20) as answer:
                return answer.status == 200
        sources = {"store": self.probes[self.engines.index(engine)], "elsewhere": self.elsewhere, "outside": self.host}
        return sources[source].reaches(*self.address(engine, target))

    def outcome(self, engine, source, target, allowed):
        """Whether a connection is made; what is allowed may take a moment."""
        if not allowed:
            return self.connects(engine, source, target)
        return until(lambda: self.connects(engine, source, target), 30, f"a connection from {source} to {target}")


@pytest.fixture(scope="module")
def world(platform, tenant):
    namespace = f"elsewhere-{secrets.token_hex(2)}"
    platform.kubectl("create", "namespace", namespace)
    try:
        with outside.outside_host() as host:
            yield World(platform, tenant, host, namespace)
    finally:
        platform.kubectl("delete", "namespace", namespace, "--wait=false")


@pytest.fixture(scope="module")
def answering(world):
    """What came of each row of ANSWERING, all tried at once: a denied connection takes its seconds. A Future each."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {row[:2]: pool.submit(world.outcome, world.engines[0], *row) for row in ANSWERING}


@pytest.fixture(scope="module")
def tried(world, answering):
    """The same of TABLE, for each engine, once ANSWERING is through."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {(engine, *row[:2]): pool.submit(world.outcome, engine, *row) for engine in dict.fromkeys(world.engines) for row in TABLE}


def rows(table):
    return [pytest.param(*row, id=f"{row[0]} to {row[1]}: {'allowed' if row[2] else 'denied'}") for row in table]


@pytest.mark.parametrize("source, target, allowed", rows(ANSWERING))
def test_what_is_denied_below_would_answer(answering, source, target, allowed):
    assert answering[source, target].result() == allowed


@pytest.mark.parametrize("source, target, allowed", rows(TABLE))
def test_connection(tried, engine, source, target, allowed):
    assert tried[engine, source, target].result() == allowed


def a_process_of(platform, namespace, pod):
    """The id of one of its processes on this machine."""
    uid = platform.get("pod", pod, "--namespace", namespace)["metadata"]["uid"]
    for path in pathlib.Path("/proc").glob("[0-9]*/cgroup"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if uid in path.read_text():
                return path.parent.name
    raise AssertionError(f"no process of {namespace}/{pod}")


def test_no_packet_is_lost_while_pods_change(platform, world):
    """What judges connections has to leave those alone that wait for it when it hears of a change."""
    process = a_process_of(platform, world.elsewhere.namespace, "probe")
    server = world.cluster_address("kubelet")[0]
    ask = ["nsenter", "--target", process, "--net", sys.executable, pathlib.Path(__file__).with_name("ask_dns.py"), server,
           "kubernetes.default.svc.cluster.local"]
    asking = subprocess.Popen(ask, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        for number in range(60):
            platform.kubectl("annotate", "--overwrite", "--namespace", world.probes[0].namespace, "pod/probe", f"example.com/change={number}")
        asked, lost = map(int, asking.communicate(timeout=30)[0].split())
    finally:
        asking.kill()
    assert asked > 1000
    assert lost == 0, f"{lost} of {asked} questions to the DNS were lost"

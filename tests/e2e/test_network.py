"""Who reaches whom, as a table: each connection is tried for real, from where it says, over a store of each engine."""

import contextlib
import json
import pathlib
import secrets
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import outside
import pytest
import yaml
from conftest import available_engines, new_tenant, remove_tenant
from waiting import until

DATABASES = {"medusa": ("postgres", 5432), "woocommerce": ("mariadb", 3306)}
SHOPS = {"medusa": ("storefront", 8000), "woocommerce": ("wordpress", 8080), "static": ("page", 8080)}

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

# Other stores and what is tried of them: another one of the engine and the tenant, one of another engine, one of another tenant.
OTHERS = [(whose, f"{whose}'s {what} {which}")
          for whose, what in (("another store", "database"), ("another store", "shop"), ("another engine", "database"),
                              ("another engine", "shop"), ("another tenant", "shop"))
          for which in ("Service", "pod")]
# (from, to, whether a connection is made). The sources: a pod of the store, a pod in a namespace that is no store's, a host outside the
# cluster, the ingress controller, a pod such as the ingress controller is in other clusters.
TABLE = [
    ("store", "own database, by name", True),
    ("store", "own shop, by name", True),
    *(("store", target, False) for _, target in OTHERS),
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
    ("ingress pod", "own shop pod", True),
    ("ingress pod", "own database pod", False),
]
# What shows that a denied connection is denied, and does not fail for want of something that answers. Each store is reached from within.
ANSWERING = [
    *((whose, target, True) for whose, target in OTHERS),
    ("store", "own database pod", True),
    ("store", "own shop pod", True),
    ("elsewhere", "API server Service", True),
    ("elsewhere", "API server", True),
    ("elsewhere", "kubelet", True),
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


def rule_for_ingress(platform, namespace):
    """What a store's guardrails let in where the ingress controller's pods are in that namespace."""
    plan = {"name": "any", "maxVolumeSize": "1Gi", "internetEgress": False, "quota": {}}
    values = {"store": {"id": "any", "name": "any", "tenant": "any"}, "plan": plan, "ingressController": {"namespace": namespace}}
    rendered = platform.helm("template", "any", "charts/guardrails", "--values", "-", stdin=json.dumps(values)).stdout
    return next(o for o in yaml.safe_load_all(rendered) if o and o["metadata"]["name"] == "allow-ingress-controller")


class World:
    """Two stores of each engine that there is, one of another tenant, a pod that is no store's, one like an ingress controller's, a host outside."""

    def __init__(self, platform, tenant, stranger, host, elsewhere, ingress):
        self.platform, self.host, self.engines = platform, host, available_engines(platform)
        opened = tenant.open({f"{engine}-{which}": engine for engine in self.engines for which in ("own", "other")})
        self.own, self.other = ({engine: opened[f"{engine}-{which}"] for engine in self.engines} for which in ("own", "other"))
        self.strangers = stranger.open({"page": "static"})["page"]
        offered = platform.get("configmap", "storewright-engines", "--namespace", "storewright-system")["data"]
        self.image = yaml.safe_load(offered["static.yaml"])["images"]["static"]
        stores = [*opened.values(), self.strangers]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            pods = [pool.submit(Pod, platform, namespace, self.image) for namespace in (elsewhere, ingress)]
            pods += [pool.submit(Pod, platform, store["status"]["namespace"], self.image, f", storewright.dev/store: {store['status']['id']}")
                     for store in stores]
        self.elsewhere, self.ingress, *probes = (pod.result() for pod in pods)
        self.probes = dict(zip([store["status"]["id"] for store in stores], probes))
        self.let_in(ingress)

    def let_in(self, namespace):
        """The rule for an ingress controller of pods, in the store of each engine. Without labels: the platform removes what it takes for its own."""
        rule = rule_for_ingress(self.platform, namespace)
        for store in self.own.values():
            rule["metadata"] = {"name": "test-ingress-controller", "namespace": store["status"]["namespace"]}
            self.platform.kubectl("apply", "-f", "-", stdin=json.dumps(rule))

    def store(self, engine, whose):
        """The store that is meant, with its engine. Where there is one engine, another engine's is another store."""
        another = self.engines[self.engines.index(engine) - 1]
        return {"own": (self.own[engine], engine), "another store": (self.other[engine], engine),
                "another engine": (self.other[another], another), "another tenant": (self.strangers, "static")}[whose]

    def probe(self, engine, whose):
        """The pod in that store."""
        return self.probes[self.store(engine, whose)[0]["status"]["id"]]

    def service(self, namespace, name):
        """Its address and port."""
        spec = self.platform.get("service", name, "--namespace", namespace)["spec"]
        return spec["clusterIP"], spec["ports"][0]["port"]

    def pod(self, store, component):
        serving = f"app.kubernetes.io/component={component},storewright.dev/serves"
        return self.platform.get("pods", "--namespace", store["status"]["namespace"], "-l", serving)["items"][0]["status"]["podIP"]

    def cluster_address(self, target):
        """Address and port of what belongs to no store."""
        if target == "API server":
            return self.platform.get("endpointslices", "--namespace", "default")["items"][0]["endpoints"][0]["addresses"][0], 6443
        if target == "kubelet":
            return next(a["address"] for a in self.platform.get("nodes")["items"][0]["status"]["addresses"] if a["type"] == "InternalIP"), 10250
        return {"API server Service": lambda: self.service("default", "kubernetes"),
                "platform": lambda: self.service("storewright-system", "storewright"),
                "metadata address": lambda: (outside.METADATA, outside.PORT),
                "internet": lambda: (outside.INTERNET, outside.PORT),
                "pod elsewhere": lambda: (self.elsewhere.address, 8081)}[target]()

    def address(self, engine, target):
        whose, _, what = target.partition(" " if target.startswith("own ") else "'s ")
        if not what:
            return self.cluster_address(target)
        store, of = self.store(engine, whose)
        name, port = (DATABASES if what.startswith("database") else SHOPS)[of]
        if what.endswith("by name"):
            return name, port
        return (self.pod(store, name), port) if what.endswith("pod") else self.service(store["status"]["namespace"], name)

    def connects(self, engine, source, target):
        if source == "ingress":
            with urllib.request.urlopen(self.own[engine]["status"]["url"], timeout=20) as answer:
                return answer.status == 200
        apart = {"elsewhere": self.elsewhere, "ingress pod": self.ingress, "outside": self.host}
        probe = apart.get(source) or self.probe(engine, "own" if source == "store" else source)
        return probe.reaches(*self.address(engine, target))

    def outcome(self, engine, source, target, allowed):
        """Whether a connection is made; what is allowed may take a moment."""
        if not allowed:
            return self.connects(engine, source, target)
        return until(lambda: self.connects(engine, source, target), 30, f"a connection from {source} to {target}")


@pytest.fixture(scope="module")
def stranger(platform):
    """Another tenant."""
    made = new_tenant(platform, "n")
    yield made
    remove_tenant(made)


@pytest.fixture(scope="module")
def namespaces(platform):
    """One that is no store's, and one for what stands for an ingress controller's pod."""
    names = [f"{what}-{secrets.token_hex(2)}" for what in ("elsewhere", "ingress")]
    try:
        for name in names:
            platform.kubectl("create", "namespace", name)
        yield names
    finally:
        platform.kubectl("delete", "namespace", *names, "--ignore-not-found", "--wait=false")


@pytest.fixture(scope="module")
def world(platform, tenant, stranger, namespaces):
    with outside.outside_host() as host:
        yield World(platform, tenant, stranger, host, *namespaces)


def all_tried(world, table):
    """What came of each row, for each engine, all tried at once: a denied connection takes its seconds. A Future each."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {(engine, *row[:2]): pool.submit(world.outcome, engine, *row) for engine in world.engines for row in table}


@pytest.fixture(scope="module")
def answering(world):
    return all_tried(world, ANSWERING)


@pytest.fixture(scope="module")
def tried(world, answering):
    """Once ANSWERING is through."""
    return all_tried(world, TABLE)


def rows(table):
    return [pytest.param(*row, id=f"{row[0]} to {row[1]}: {'allowed' if row[2] else 'denied'}") for row in table]


@pytest.mark.parametrize("source, target, allowed", rows(ANSWERING))
def test_what_is_denied_below_would_answer(answering, engine, source, target, allowed):
    assert answering[engine, source, target].result() == allowed


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
    changing = world.probe(world.engines[0], "own").namespace
    server = world.cluster_address("kubelet")[0]
    ask = ["nsenter", "--target", process, "--net", sys.executable, pathlib.Path(__file__).with_name("ask_dns.py"), server,
           "kubernetes.default.svc.cluster.local"]
    asking = subprocess.Popen(ask, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        for number in range(60):
            platform.kubectl("annotate", "--overwrite", "--namespace", changing, "pod/probe", f"example.com/change={number}")
        asked, lost = map(int, asking.communicate(timeout=30)[0].split())
    finally:
        asking.kill()
    assert asked > 1000
    assert lost == 0, f"{lost} of {asked} questions to the DNS were lost"

"""What a store's pods can reach, tried for real from inside one of them."""

import pytest
from waiting import until

PROBE = """
apiVersion: v1
kind: Pod
metadata:
  name: probe
  namespace: {namespace}
  labels: {{storewright.dev/store: {id}, app.kubernetes.io/component: probe}}
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
        limits: {{cpu: 100m, memory: 32Mi, ephemeral-storage: 16Mi}}
      volumeMounts: [{{name: tmp, mountPath: /tmp}}]
  volumes: [{{name: tmp, emptyDir: {{}}}}]
"""


@pytest.fixture(scope="module")
def stores(tenant):
    for name in ("mine", "other"):
        tenant.create(name, wait=False)
    for name in ("mine", "other"):
        tenant.cli("store", "wait", name)
    return tenant.store("mine"), tenant.store("other")


@pytest.fixture(scope="module")
def probe(stores, platform):
    mine, _ = stores
    namespace = mine["status"]["namespace"]
    image = platform.get("deployment", "page", "--namespace", namespace)["spec"]["template"]["spec"]["containers"][0]["image"]
    platform.kubectl("apply", "-f", "-", stdin=PROBE.format(namespace=namespace, id=mine["status"]["id"], image=image))
    platform.kubectl("wait", "--namespace", namespace, "--for=condition=Ready", "pod/probe", "--timeout=60s")

    def reaches(address, port):
        """Whether a TCP connection is made within 3 s."""
        done = platform.kubectl("exec", "--namespace", namespace, "probe", "--", "/bin/sh", "-c",
                                f"/bin/busybox nc -w 3 {address} {port} </dev/null", check=False)
        return done.returncode == 0

    return reaches


def service_address(platform, store):
    return platform.get("service", "page", "--namespace", store["status"]["namespace"])["spec"]["clusterIP"]


def test_its_own_service_is_reached_by_name(probe):
    assert until(lambda: probe("page", 80), 30, "a connection to its own service")


def test_another_stores_service_is_not(probe, stores, platform):
    assert not probe(service_address(platform, stores[1]), 80)


def test_another_stores_pod_is_not(probe, stores, platform):
    pods = platform.get("pods", "--namespace", stores[1]["status"]["namespace"], "-l", "app.kubernetes.io/component=page")["items"]
    assert not probe(pods[0]["status"]["podIP"], 8080)


def test_the_api_server_is_not(probe, platform):
    assert not probe("10.96.0.1", 443)
    endpoint = platform.get("endpointslices", "--namespace", "default")["items"][0]["endpoints"][0]["addresses"][0]
    assert not probe(endpoint, 6443)


def test_kubelet_is_not(probe, platform):
    node = next(a["address"] for a in platform.get("nodes")["items"][0]["status"]["addresses"] if a["type"] == "InternalIP")
    assert not probe(node, 10250)


def test_the_platform_is_not(probe, platform):
    assert not probe(platform.get("service", "storewright", "--namespace", "storewright-system")["spec"]["clusterIP"], 80)

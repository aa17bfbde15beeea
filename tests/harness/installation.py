"""The platform on a control plane: charts/storewright as Helm installs it, and what a controller outside the cluster needs to act as
the one inside would: its ServiceAccount's token, its configuration, the charts."""

import json
import os
import pathlib
import secrets
import shutil

import yaml

from .control_plane import ROOT
from .processes import Process

NAMESPACE = "storewright-system"
SERVICE_ACCOUNT = "storewright"
# The controller with a prober that every shop answers (tests/crash/crashtest.cpp).
CONTROLLER = pathlib.Path(os.environ.get("CRASH_CONTROLLER", ROOT / "build/release/storewright-crashtest"))
# A plan that no engine fits.
TINY = {"name": "tiny", "size": "small", "storage": "1Gi", "maxVolumeSize": "1Gi", "quota": {"pods": "1"}}
# A plan with a mail server on a private network, whose password is in the platform's namespace.
MAILING = {"name": "mailing", "size": "small", "storage": "1Gi", "maxVolumeSize": "5Gi", "quota": {"pods": "20"},
           "mail": {"host": "smtp.internal.example", "port": 2500, "username": "shops", "from": "shops@example.com",
                    "passwordSecret": {"name": "plan-smtp"}, "egress": ["10.9.8.7/32"]}}
STORES = "/apis/storewright.dev/v1alpha1"


def store_manifest(name, **spec):
    """A Store of the test engine, with what else the spec is to say."""
    return {"apiVersion": "storewright.dev/v1alpha1", "kind": "Store", "metadata": {"name": name},
            "spec": {"engine": "static", "plan": "small", "adminEmail": "owner@example.com", **spec}}


class Installation:
    """`engines` are names to chart directories. Images are never pulled: kwok runs no containers."""

    def __init__(self, plane, engines):
        self.plane = plane
        self._directory = plane.directory / "platform"
        self._charts = self._directory / "charts"
        self._charts.mkdir(parents=True)
        assert CONTROLLER.exists(), f"{CONTROLLER} is not built: run scripts/build.sh"
        # Copies: somebody may be working on the originals while the tests run.
        shutil.copy(CONTROLLER, self._directory / "controller")
        for name, chart in {"guardrails": ROOT / "charts/guardrails", **engines}.items():
            shutil.copytree(chart, self._charts / name)
        self._install(engines)
        self._configure()

    def token(self):
        """A fresh token of the controller's ServiceAccount: with it one is who the controller is, with no more rights."""
        request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 4 * 3600}}
        path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{SERVICE_ACCOUNT}/token"
        return self.plane.admin.create(path, request)["status"]["token"]

    def add_tenant(self, slug, plans=("small", "tiny", "mailing"), domains=()):
        """A tenant's namespace as `storewright tenant create` makes it, without a quota. Its name."""
        name = f"tenant-{slug}"
        self.plane.admin.create("/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name,
                         "labels": {"storewright.dev/tenant": slug, "pod-security.kubernetes.io/enforce": "restricted"},
                         "annotations": {"storewright.dev/plans": ",".join(plans), "storewright.dev/domains": ",".join(domains)}}})
        return name

    def start_controller(self, origin):
        """A controller for the API server at `origin`, where its token is added (Proxy)."""
        kubeconfig = self._directory / "controller.kubeconfig"
        kubeconfig.write_text(f"""apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "{origin}"}}}}]
contexts: [{{name: test, context: {{cluster: test, user: ""}}}}]
current-context: test
""")
        return self.start_controller_with(kubeconfig)

    def start_controller_with(self, kubeconfig):
        """A controller that reaches the API server by that kubeconfig."""
        # The name of its pod is its identity in the Lease: a pod that starts again is the holder still.
        environment = {"POD_NAME": "storewright-test", "POD_NAMESPACE": NAMESPACE}
        return Process("controller", [self._directory / "controller", self._directory / "config.yaml", kubeconfig],
                       self.plane.logs / "controller.log", environment)

    def _install(self, engines):
        images = {name: {"images": {image: f"localhost/storewright/{image}:test" for image in _images(chart)}}
                  for name, chart in engines.items()}
        values = self._directory / "values.yaml"
        plans = yaml.safe_load((ROOT / "charts/storewright/values.yaml").read_text())["plans"]
        values.write_text(json.dumps({"image": "localhost/storewright/storewright:test", "engines": images, "plans": [*plans, TINY, MAILING]}))
        self.plane.run("helm", "install", "storewright", ROOT / "charts/storewright", "--namespace", NAMESPACE, "--create-namespace",
                       "--values", values)
        for crd in ("stores", "hostnamereservations"):
            self.plane.run("kubectl", "wait", "--for=condition=Established", "--timeout=30s", f"crd/{crd}.storewright.dev")

    def _configure(self):
        """The files that the Deployment mounts."""
        maps = f"/api/v1/namespaces/{NAMESPACE}/configmaps"
        mounted = self.plane.admin.get(f"{maps}/storewright-config")["data"]
        here = {"chartsDir": self._charts, "plansFile": self._directory / "plans.yaml", "enginesDir": self._directory / "engines",
                "tokenFile": self._directory / "api-token"}
        own = "".join(f'{field}: "{path}"\n' for field, path in here.items())
        (self._directory / "config.yaml").write_text(mounted["config.yaml"].rstrip() + "\n" + own)
        (self._directory / "plans.yaml").write_text(mounted["plans.yaml"])
        (self._directory / "engines").mkdir()
        for name, text in self.plane.admin.get(f"{maps}/storewright-engines")["data"].items():
            (self._directory / "engines" / name).write_text(text)
        here["tokenFile"].write_text(secrets.token_hex(32))


def _images(chart):
    """The names in engine.yaml's `images: [...]`, which stands on one line."""
    for line in (chart / "engine.yaml").read_text().splitlines():
        if line.startswith("images:"):
            return [name.strip() for name in line.split("[")[1].rstrip("] ").split(",")]
    return []

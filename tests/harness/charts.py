"""Renders a chart of an engine with the real Helm, and looks into what comes out. Shared by tests/charts and charts/*/tests."""

import copy
import functools
import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

CHARTS = Path(__file__).resolve().parents[2] / "charts"
SIZES = ["small", "medium", "large"]
ALLOWED_KINDS = {
    "ConfigMap", "Service", "ServiceAccount", "PersistentVolumeClaim", "Deployment", "StatefulSet", "Job", "CronJob", "Ingress",
    "NetworkPolicy", "PodDisruptionBudget", "HorizontalPodAutoscaler",
}  # fmt: skip
RESOURCES = ["cpu", "memory", "ephemeral-storage"]


def helm() -> str:
    found = os.environ.get("HELM") or shutil.which("helm")
    assert found, "helm is needed: put it into the PATH or name it in HELM"
    return found


class Chart:
    """One chart, in its folder."""

    def __init__(self, folder: Path):
        self.folder, self.name = folder, folder.name
        self.rendered = functools.cache(self._rendered)

    def run_helm(self, values: dict, chart: Path | None = None) -> subprocess.CompletedProcess:
        """`helm template` of it, or of a changed copy."""
        command = [helm(), "template", "store", str(chart or self.folder), "--namespace", "store-sample", "-f", "-"]
        return subprocess.run(command, input=yaml.safe_dump(values), capture_output=True, text=True, timeout=60)

    def render(self, values: dict, chart: Path | None = None) -> list[dict]:
        done = self.run_helm(values, chart)
        assert done.returncode == 0, done.stderr
        return [o for o in yaml.safe_load_all(done.stdout) if o]

    def local_values(self) -> dict:
        return yaml.safe_load((self.folder / "values-local.yaml").read_text())

    def setup_name(self, **changes) -> str:
        return only(of_kind(self.render(changed(self.local_values(), **changes)), "Job"))["metadata"]["name"]

    def assert_refused(self, changes: dict):
        """With the first member that was changed named."""
        done = self.run_helm(changed(self.local_values(), **changes))
        assert done.returncode != 0
        assert next(iter(changes)).split("__")[-1] in done.stderr, done.stderr

    def _rendered(self, size: str) -> list[dict]:
        return self.render(changed(self.local_values(), plan__size=size))


@functools.cache
def engine_chart(name: str) -> Chart:
    return Chart(CHARTS / name)


def changed(values: dict, **changes) -> dict:
    """The values with members replaced: changed(v, plan__size="large")."""
    values = copy.deepcopy(values)
    for path, value in changes.items():
        *parents, last = path.split("__")
        functools.reduce(lambda node, name: node.setdefault(name, {}), parents, values)[last] = value
    return values


def is_hook(o: dict) -> bool:
    return "helm.sh/hook" in o["metadata"].get("annotations", {})


def pods(objects: list[dict]):
    """(component, metadata, spec) of every pod that the objects make."""
    for o in objects:
        if o["kind"] == "Pod":
            metadata, spec = o["metadata"], o["spec"]
        elif o["kind"] in ("Deployment", "StatefulSet", "Job", "CronJob"):
            holder = o["spec"].get("jobTemplate", o)["spec"]["template"]
            metadata, spec = holder["metadata"], holder["spec"]
        else:
            continue
        yield metadata["labels"]["app.kubernetes.io/component"], metadata, spec


def container_of(objects: list[dict], component: str, name: str) -> dict:
    spec = only([spec for c, _, spec in pods(objects) if c == component])
    return only([c for c in spec["containers"] if c["name"] == name])


def mounted_keys(spec: dict) -> dict[str, set[str]]:
    """Keys by Secret, of those that have to be there for a pod."""
    keys: dict[str, set[str]] = {}
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            if not source["secret"].get("optional"):
                keys.setdefault(source["secret"]["name"], set()).update(item["key"] for item in source["secret"]["items"])
    return keys


def of_kind(objects: list[dict], kind: str) -> list[dict]:
    return [o for o in objects if o["kind"] == kind]


def only(items: list):
    assert len(items) == 1, items
    return items[0]


def quantity(text) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)([A-Za-z]*)", str(text)).groups()
    factors = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
    return float(number) * factors[unit]

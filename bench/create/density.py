"""What idle stores take of a machine, and how many of them would fit one of a given size."""

import json
import pathlib
import statistics
import time

from .cluster import kubectl, objects
from .quantities import cores, mebibytes, runs_a_minute

SAMPLE_SECONDS = 20  # metrics-server takes a sample every 15
SETTLED = 0.02  # stores are at rest when their memory moves by less than this share between two samples
SETTLING_SECONDS = 300


def machine_total():
    """MiB."""
    return _meminfo("MemTotal:")


def machine_available():
    """MiB that programs of this machine could still get, by the kernel's own estimate."""
    return _meminfo("MemAvailable:")


def shim_mebibytes():
    """MiB, on average, of the process that containerd keeps beside each pod; no control group of a pod counts it. Shared pages are counted
    in parts. None where no such process runs on this machine."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if b"containerd-shim-runc-v2" in (process / "cmdline").read_bytes():
                found.append(_kibibytes((process / "smaps_rollup").read_text(), "Pss:") / 1024)
        except OSError:
            continue  # it has ended
    return statistics.mean(found) if found else None


def _meminfo(name):
    return _kibibytes(pathlib.Path("/proc/meminfo").read_text(), name) / 1024


def _kibibytes(text, name):
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name))


def serving_pods(namespace):
    """Those that stay: not the pods of jobs."""
    running = objects("pods", "-n", namespace, "--field-selector=status.phase=Running")
    return [pod for pod in running if pod["metadata"]["ownerReferences"][0]["kind"] != "Job"]


def used(namespace):
    """{component: MiB} that the store's pods cannot give back: their working sets, by the metrics API. None until all are measured."""
    measured = json.loads(kubectl("get", "--raw", f"/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"))["items"]
    containers = {pod["metadata"]["name"]: pod["containers"] for pod in measured}
    pods = {pod["metadata"]["name"]: pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in serving_pods(namespace)}
    if not pods.keys() <= containers.keys():
        return None
    return {component: sum(mebibytes(c["usage"]["memory"]) for c in containers[name]) for name, component in pods.items()}


def used_at_rest(namespaces):
    """A list of `used` for stores that have settled. RuntimeError when they do not."""
    deadline = time.monotonic() + SETTLING_SECONDS
    before = None
    while time.monotonic() < deadline:
        sample = [used(namespace) for namespace in namespaces]
        if all(sample):
            total = sum(sum(each.values()) for each in sample)
            if before and abs(total - before) < SETTLED * total:
                return sample
            before = total
        time.sleep(SAMPLE_SECONDS)
    raise RuntimeError(f"the stores' memory still moves after {SETTLING_SECONDS} s")


def requested(namespace):
    """{"cores", "MiB", "pods"} that the scheduler sets aside for a store at rest."""
    pods = serving_pods(namespace)
    asked = [container["resources"]["requests"] for pod in pods for container in pod["spec"]["containers"]]
    return {"cores": sum(cores(each["cpu"]) for each in asked), "MiB": sum(mebibytes(each["memory"]) for each in asked), "pods": len(pods)}


def cron_pods_a_minute(namespace):
    """How many pods a store's cron jobs start, which come and go while it is at rest."""
    return sum(runs_a_minute(job["spec"]["schedule"]) for job in objects("cronjobs", "-n", namespace) if not job["spec"].get("suspend"))


def measure(stores, engine, count):
    """Makes the stores, one after the other, and says what they take; they are removed again."""
    names = [f"{engine}-{number}" for number in range(count)]
    for name in names:
        stores.create(name, engine)
    namespaces = [stores.namespace(name) for name in names]
    sample = used_at_rest(namespaces)
    asked = requested(namespaces[0])
    result = {
        "stores": count,
        "MiB": statistics.median(sum(each.values()) for each in sample),
        "MiBByComponent": {component: statistics.median(each[component] for each in sample) for component in sample[0]},
        "shimMiB": (shim_mebibytes() or 0) * asked["pods"],
        "requested": asked,
        "cronPodsAMinute": cron_pods_a_minute(namespaces[0]),
    }
    stores.delete(*names)
    return result

"""Pods of a chart, each alone: how long they take of themselves until they answer, whoever starts them."""

import copy

from . import podtimes
from .apiserver import clocked
from .cluster import kubectl, objects


def templates(namespace):
    """{component: pod template} of what serves in a store's namespace."""
    found = {}
    for kind in ("deployments", "statefulsets"):
        for item in objects(kind, "-n", namespace):
            if item["spec"]["replicas"] > 0:
                found[item["metadata"]["name"]] = item["spec"]["template"]
    return found


def bare_pod(component, template):
    """The template as a pod of its own that no workload and no service takes for theirs, on a volume of its own."""
    spec = copy.deepcopy(template["spec"])
    labels = {**template["metadata"]["labels"], "app.kubernetes.io/component": f"bare-{component}"}
    for volume in spec.get("volumes", []):
        if volume.pop("persistentVolumeClaim", None):
            volume["emptyDir"] = {}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"bare-{component}", "labels": labels}, "spec": spec}


def seconds_until_ready(server, namespace, component, template):
    """Beside the rest of a store that is at rest. The pod is removed again.

    The clock begins with the request that creates the pod, and ends when a watch shows that it is Ready: `clocked`, as for a store."""
    pod = bare_pod(component, template)
    name = pod["metadata"]["name"]
    pods = f"/api/v1/namespaces/{namespace}/pods"
    try:
        with server.watch(pods) as watch:
            began, ended, _ = clocked(watch, lambda: server.create(pods, pod), name, lambda seen: "ready" in podtimes.facts(seen))
        return ended - began
    finally:
        kubectl("delete", "pod", "-n", namespace, name, "--grace-period=1", "--ignore-not-found")

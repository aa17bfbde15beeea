"""Pods of a chart, each alone: how long they take of themselves until they answer, whoever starts them."""

import copy
import json

from .cluster import DEADLINE, kubectl, objects, timed


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


def seconds_until_ready(namespace, component, template):
    """From the pod's creation until it is Ready, beside the rest of a store that is at rest. The pod is removed again."""
    pod = bare_pod(component, template)
    name = pod["metadata"]["name"]

    def start():
        kubectl("create", "-n", namespace, "-f", "-", stdin=json.dumps(pod))
        kubectl("wait", "-n", namespace, "--for=condition=Ready", f"--timeout={DEADLINE}s", f"pod/{name}")

    try:
        return timed(start)
    finally:
        kubectl("delete", "pod", "-n", namespace, name, "--grace-period=1", "--ignore-not-found")

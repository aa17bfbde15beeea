"""`helm install --wait` of an engine's chart from an empty database: what a store takes with Helm alone."""

import json
import pathlib
import tempfile

from .cluster import DEADLINE, kubectl, objects, run, timed

SECRETS = ("store-admin", "store-internal")


def seconds_of_an_installation(chart, store_namespace, name):
    """Installs the chart with the values and Secrets of a store into a namespace of its own, and removes it again.

    The clock is around the command: unlike a store's and a bare pod's, its time holds the start of a process, as Helm is nothing else."""
    namespace = f"bench-{name}"
    values = json.loads(run("helm", "get", "values", "store", "-n", store_namespace, "-o", "json"))
    values["store"]["hostnames"] = [f"{namespace}.storewright.localhost"]
    values["store"]["url"] = f"http://{namespace}.storewright.localhost"
    kubectl("create", "namespace", namespace)
    try:
        for secret in objects("secrets", "-n", store_namespace):
            if secret["metadata"]["name"] in SECRETS:
                secret["metadata"] = {"name": secret["metadata"]["name"], "namespace": namespace}
                kubectl("create", "-f", "-", stdin=json.dumps(secret))
        with tempfile.TemporaryDirectory(prefix="storewright-bench-") as directory:
            file = pathlib.Path(directory) / "values.json"
            file.write_text(json.dumps(values))
            return timed(lambda: run("helm", "install", "store", str(chart), "-n", namespace, "--values", str(file), "--wait",
                                     "--wait-for-jobs", f"--timeout={DEADLINE}s"))
    finally:
        kubectl("delete", "namespace", namespace, "--wait")

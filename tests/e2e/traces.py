"""What a store may leave behind on the cluster and on the machine."""

import pathlib
import re
import subprocess


def kinds(platform):
    """Every kind that can be listed, as kubectl names it."""
    return platform.kubectl("api-resources", "--verbs=list", "-o", "name").stdout.split()


def in_cluster(platform, store):
    """Every object, of any kind, that carries the store's label, stands in its namespace or is named after its hostname."""
    id_, namespace = store["status"]["id"], store["status"]["namespace"]
    listed = [kind for kind in kinds(platform) if not kind.startswith(("componentstatuses", "events", "nodes.metrics", "pods.metrics"))]
    labelled = platform.get(",".join(listed), "--all-namespaces", "-l", f"storewright.dev/store={id_}")["items"]
    inside = platform.get(",".join(listed), "--namespace", namespace)["items"]
    inside = [item for item in inside if item["metadata"].get("namespace") == namespace]
    reserved = [item for item in platform.get("hostnamereservations")["items"] if item["metadata"]["name"] in store["status"]["url"]]
    volumes = [item for item in platform.get("persistentvolumes")["items"]
               if item["spec"].get("claimRef", {}).get("namespace") == namespace]
    return [f"{item['kind']} {item['metadata']['name']}" for item in labelled + inside + reserved + volumes]


def volume_directories(platform, store):
    """Directories of the store's volumes; asked for while they are bound."""
    namespace = store["status"]["namespace"]
    return [pathlib.Path(item["spec"]["hostPath"]["path"]) for item in platform.get("persistentvolumes")["items"]
            if item["spec"].get("claimRef", {}).get("namespace") == namespace and "hostPath" in item["spec"]]


def addresses(platform, store):
    """Of the store's Services and pods."""
    namespace = store["status"]["namespace"]
    services = [item["spec"]["clusterIP"] for item in platform.get("services", "--namespace", namespace)["items"]]
    pods = [item["status"].get("podIP") for item in platform.get("pods", "--namespace", namespace)["items"]]
    return [address for address in services + pods if address and address != "None"]


def packet_rules(words):
    """Those of the machine's packet rules that hold one of the words. The name of a chain is none: kube-proxy empties the chain of a Service
    that is gone at once, and removes it when some other Service changes next."""
    rules = []
    for command in (["iptables-save"], ["ip6tables-save"], ["nft", "--stateless", "list", "ruleset"]):
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        lines = [line.strip() for line in text.splitlines() if not line.strip().startswith("chain ")]
        rules += [line for line in lines if any(re.search(rf"(?<![0-9.]){re.escape(word)}(?![0-9])", line) for word in words)]
    return rules

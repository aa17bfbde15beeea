"""What there is of a store in Kubernetes, in a form in which two stores that came to be alike are equal."""

import base64
import gzip
import hashlib
import json
import re

STORE_LABEL = "storewright.dev/store"
OWNER = "storewright.dev/owner-name"

# Written by Kubernetes' own controllers, whenever they come to it.
_NOT_COMPARED = {"events", "endpoints", "endpointslices", "controllerrevisions", "leases"}
_DROPPED = {"resourceVersion", "uid", "creationTimestamp", "managedFields", "clusterIP", "clusterIPs", "volumeName", "status", "modifiedAt"}
_REPLACED = [
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "TIME"),
    (re.compile(r"\b[0-9a-f]{8,64}\b"), "HASH"),
    (re.compile(r"\b[0-4]-59/5 (?=\*)"), "MINUTE/5 "),  # each store's cron has its own minute
]


class Observer:
    """Looks at everything, as an administrator."""

    def __init__(self, plane):
        self._plane = plane
        self._admin = plane.admin
        resources = list(_resources(self._admin))
        self._namespaced = [r for r in resources if r[1]]
        self._all = resources

    def namespaces_of(self, name):
        """Every namespace that was ever made for a store of that name and still is."""
        return [{"kind": "Namespace", **ns} for ns in self._admin.items("/api/v1/namespaces", labelSelector=STORE_LABEL)
                if ns["metadata"].get("annotations", {}).get(OWNER) == name]

    def store(self, namespace, name):
        return self._admin.find(f"/apis/storewright.dev/v1alpha1/namespaces/{namespace}/stores/{name}")

    def state(self, tenant_namespace, name):
        """Everything of the store, as sorted lines of text."""
        store = self.store(tenant_namespace, name)
        namespaces = self.namespaces_of(name)
        reservations = [r for r in self._reservations() if r["spec"]["storeName"] == name]
        facts = [{**_plain(store), "status": _store_status(store["status"])}, *map(_described, namespaces), *map(_plain, reservations)]
        for namespace in namespaces:
            inside = namespace["metadata"]["name"]
            facts += [_described(item) for item in _without_runs(list(self._inside(inside)))]
            facts += [{"kind": "PersistentVolume", "claim": v["spec"]["claimRef"]["name"], "phase": v["status"]["phase"]}
                      for v in self._volumes(inside)]
        identity = {store["status"].get("id") or "-": "ID", name: "NAME"}
        return sorted(_anonymous(json.dumps(fact, sort_keys=True), identity) for fact in facts)

    def secret_values(self, name):
        """For each Secret that is created once: its UID and a digest of its values."""
        return {f"{secret['metadata']['namespace']}/{secret['metadata']['name']}": (secret["metadata"]["uid"], _digest(secret["data"]))
                for namespace in self.namespaces_of(name)
                for secret in self._admin.items(f"/api/v1/namespaces/{namespace['metadata']['name']}/secrets")
                if secret["type"] == "Opaque"}

    def leftovers(self, store):
        """Names of whatever is left of a store that was deleted; `store` is the object as it was."""
        labelled = f"{STORE_LABEL}={store['status']['id']}"
        namespace = store["status"]["namespace"]
        volumes = self._volumes(namespace)
        left = [f"{path}: {item['metadata']['name']}" for path, _, _ in self._all
                for item in self._admin.items(path, labelSelector=labelled)]
        left += [f"reservation {r['metadata']['name']}" for r in self._reservations() if r["spec"]["storeUID"] == store["metadata"]["uid"]]
        left += [f"namespace {ns['metadata']['name']}" for ns in self.namespaces_of(store["metadata"]["name"])]
        return left + [f"volume {v['metadata']['name']}" for v in volumes]

    def volume_directories(self, store):
        """Directories of the store's volumes on the node."""
        names = [v["metadata"]["name"] for v in self._volumes(store["status"]["namespace"])]
        return [self._plane.volumes / name for name in names]

    def _reservations(self):
        return self._admin.items("/apis/storewright.dev/v1alpha1/hostnamereservations")

    def _volumes(self, namespace):
        return [v for v in self._admin.items("/api/v1/persistentvolumes") if v["spec"].get("claimRef", {}).get("namespace") == namespace]

    def _inside(self, namespace):
        for path, _, kind in self._namespaced:
            group, _, resource = path.rpartition("/")
            if resource in _NOT_COMPARED:
                continue
            for item in self._admin.items(f"{group}/namespaces/{namespace}/{resource}"):
                yield {"kind": kind, **item}


def _resources(admin):
    """(path of all of them, whether namespaced, kind) of each resource that can be listed, in its preferred version."""
    versions = [g["preferredVersion"]["groupVersion"] for g in admin.get("/apis")["groups"]]
    for base in ["/api/v1"] + [f"/apis/{version}" for version in versions]:
        for resource in admin.get(base)["resources"]:
            if "list" in resource["verbs"] and "/" not in resource["name"]:
                yield f"{base}/{resource['name']}", resource["namespaced"], resource["kind"]


def _controller(item):
    """The ownerReference of what made the object, or {}."""
    return next((owner for owner in item["metadata"].get("ownerReferences", []) if owner.get("controller")), {})


def _without_runs(items):
    """Without what CronJobs made: it tells the time, nothing of the store."""
    runs = {item["metadata"]["uid"] for item in items if _controller(item).get("kind") == "CronJob"}
    return [item for item in items if item["metadata"]["uid"] not in runs and _controller(item).get("uid") not in runs]


def _described(item):
    """An object without what its server or its past decide; one that another object made is only counted, with its phase."""
    if controller := _controller(item):
        return {"kind": item["kind"], "of": controller["kind"], "phase": item.get("status", {}).get("phase")}
    plain = _plain(item)
    plain["applied"] = [entry["fieldsV1"] for entry in item["metadata"].get("managedFields", [])
                        if entry["manager"] == "storewright" and entry["operation"] == "Apply"]
    if item["kind"] == "Secret":
        plain["data"] = _release(item) if item["type"].startswith("helm.sh/") else sorted(item["data"])
    else:
        plain["status"] = _progress(item.get("status", {}))
    return plain


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(child) for key, child in value.items() if key not in _DROPPED}
    return [_plain(child) for child in value] if isinstance(value, list) else value


def _progress(status):
    """Counts, phase and conditions; not their times, nor what Kubernetes says of them in words."""
    kept = {key: value for key, value in status.items() if isinstance(value, (int, bool)) or key == "phase"}
    kept["conditions"] = sorted((c["type"], c["status"]) for c in status.get("conditions", []))
    return kept


def _store_status(status):
    """All of it: this is ours."""
    return {**status, "conditions": sorted(status["conditions"], key=lambda condition: condition["type"])}


def _release(secret):
    """Helm's own record of the release."""
    record = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
    return {field: record.get(field) for field in ("name", "namespace", "version", "config", "manifest", "hooks", "info")}


def _anonymous(text, identity):
    for value, placeholder in identity.items():
        text = text.replace(value, placeholder)
    for pattern, placeholder in _REPLACED:
        text = pattern.sub(placeholder, text)
    return text


def _digest(data):
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

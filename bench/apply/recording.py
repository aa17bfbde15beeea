"""What the controller writes for one store, as it stands on the wire: the objects that the others have to bring into being as well."""

import dataclasses
import json
import random
import re
import shutil
import string

from harness.installation import STORES
from harness.proxy import Proxy
from harness.waiting import wait_for

TENANT = "bench"
_OWNER = "storewright.dev/owner-"
# The platform's own books, not the store.
_BOOKS = ("/stores/", "/stores?", "/hostnamereservations", "/events", "/leases", "/sh.helm.release.")


@dataclasses.dataclass(frozen=True)
class Identity:
    """What is different from one store to the next; each always of the same length."""

    name: str
    id: str
    uid: str

    @property
    def namespace(self):
        return f"store-{self.id}"


class Recording:
    """Objects as {kind, metadata, ...}, in the order in which the controller wrote them, and the values of its release."""

    def __init__(self, identity, objects, values):
        self.identity = identity
        self.objects = objects
        self.values = values

    def __len__(self):
        return len(self.objects)

    @property
    def names(self):
        """(kind, name) of all but the namespace, which is named after the store."""
        return {(o["kind"], unhashed(o["metadata"]["name"])) for o in self.objects if o["kind"] != "Namespace"}

    def waves(self, identity):
        """The objects of another such store, for the floor: the namespace, what bounds it, everything else."""
        objects = self._of(self.objects, identity)
        namespace = [_disowned(o) for o in objects if o["kind"] == "Namespace"]
        guardrails = [o for o in objects if o["kind"] != "Namespace" and _is_guardrail(o)]
        return [namespace, guardrails, [o for o in objects if o not in guardrails and o["kind"] != "Namespace"]]

    def helm_values(self, identity):
        """Values for helm_chart()."""
        plan = {**self.values["plan"], **self._guardrail_plan()}
        return self._of({**self.values, "plan": plan, "dns": {}, "ingressController": {}}, identity)

    def helm_chart(self, engine_chart, guardrails_chart, directory):
        """One chart of the engine's templates, the guardrails' and what the controller adds: one `helm install` brings the same objects."""
        shutil.copytree(engine_chart, directory)
        # Its schema knows nothing of the guardrails' values.
        (directory / "values.schema.json").unlink(missing_ok=True)
        shutil.copytree(guardrails_chart / "templates", directory / "templates/guardrails")
        added = [o for o in self.objects if o["kind"] in ("Secret", "RoleBinding")]
        for number, each in enumerate(added):
            template = _replaced(json.dumps(each), {self.identity.id: "{{ .Values.store.id }}", self.identity.name: "{{ .Values.store.name }}"})
            (directory / f"templates/added-{number}.yaml").write_text(template)
        return directory

    def _guardrail_plan(self):
        quota = next(o for o in self.objects if o["kind"] == "ResourceQuota")["spec"]["hard"]
        limits = next(o for o in self.objects if o["kind"] == "LimitRange")["spec"]["limits"]
        largest = next(limit for limit in limits if limit["type"] == "PersistentVolumeClaim")["max"]["storage"]
        return {"quota": quota, "maxVolumeSize": largest,
                "internetEgress": ("NetworkPolicy", "allow-internet") in self.names}

    def _of(self, value, identity):
        old = self.identity
        return json.loads(_replaced(json.dumps(value), {old.uid: identity.uid, old.id: identity.id, old.name: identity.name}))


def unhashed(name):
    """Without what a Job's name carries of its spec, in which the store's id may stand."""
    return re.sub(r"-[0-9a-f]{8}$", "", name)


class Identities:
    """Names for stores that nothing else contains, and what else the controller would have drawn for them."""

    def __init__(self):
        self._count = 0

    def name(self):
        self._count += 1
        return f"bench{self._count:05}x"

    def draw(self):
        letters = string.ascii_lowercase + string.digits
        uid = f"{random.getrandbits(128):032x}"
        return Identity(self.name(), random.choice(string.ascii_lowercase) + "".join(random.choices(letters, k=9)),
                        "-".join((uid[:8], uid[8:12], uid[12:16], uid[16:20], uid[20:])))


def store_object(name, engine):
    """As the API creates it."""
    return {"apiVersion": "storewright.dev/v1alpha1", "kind": "Store", "metadata": {"name": name, "finalizers": ["storewright.dev/teardown"]},
            "spec": {"engine": engine, "plan": "small", "adminEmail": "owner@example.com"}}


def record(installation, namespace, name, engine):
    """Has the controller make one store, through a proxy that keeps what it sends."""
    plane = installation.plane
    proxy = Proxy(plane.port, plane.certificates.certificate("ca"), installation.token(), lambda: None)
    controller = installation.start_controller(proxy.origin)
    try:
        plane.admin.create(f"{STORES}/namespaces/{namespace}/stores", store_object(name, engine))

        def ready():
            store = plane.admin.get(f"{STORES}/namespaces/{namespace}/stores/{name}")
            return store if store.get("status", {}).get("phase") == "Ready" else None

        store = wait_for(ready, lambda: f"the store to record is not Ready\n{controller.log_tail()}", 120)
        identity = Identity(name, store["status"]["id"], store["metadata"]["uid"])
        values = json.loads(plane.run("helm", "get", "values", "store", "--namespace", identity.namespace, "--output", "json").stdout)
        return Recording(identity, _objects(proxy.calls()), values)
    finally:
        controller.stop()
        proxy.close()


def _objects(calls):
    objects = {}
    for call in calls:
        if call.method in ("POST", "PATCH") and call.status < 300 and not any(book in call.path for book in _BOOKS):
            written = json.loads(call.body)
            if not written["metadata"]["name"].startswith("sh.helm.release."):
                objects[written["kind"], written["metadata"]["name"]] = written
    return list(objects.values())


def _is_guardrail(written):
    return written["metadata"].get("labels", {}).get("app.kubernetes.io/component") == "guardrails"


def _disowned(namespace):
    """The same, but of no Store: the controller would take it for an orphan."""
    annotations = namespace["metadata"]["annotations"]
    renamed = {key.replace(_OWNER, "bench." + _OWNER): value for key, value in annotations.items()}
    return {**namespace, "metadata": {**namespace["metadata"], "annotations": renamed}}


def _replaced(text, words):
    for old, new in words.items():
        text = text.replace(old, new)
    return text

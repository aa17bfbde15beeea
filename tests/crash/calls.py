"""Names for the controller's calls, equal from one store to the next: POST secrets/store-admin, PUT stores/NAME/status #2."""

import collections
import json
import re

_NAMESPACE = re.compile(r"\bstore-([a-z][a-z0-9]{9})\b")
_HASH = re.compile(r"-[0-9a-f]{8,}$")  # what a Job's name carries of its spec
_PATH = re.compile(r"^/(?:api/v1|apis/[^/]+/[^/]+)(?:/namespaces/[^/]+(?=/))?/([^?]+)")


def label_of(call):
    """Method, resource and object, without what differs between stores."""
    what = _PATH.match(call.path)[1]
    if call.method == "POST":
        body = json.loads(call.body)
        # Events have random names; their reason tells them apart.
        what += "/" + (body["reason"] if what == "events" else body["metadata"]["name"])
    name = named_store(call)
    what = _HASH.sub("-HASH", _NAMESPACE.sub("store-ID", what))
    return f"{call.method} {what.replace(name, 'NAME') if name else what}"


def named_store(call):
    """The name of the store that the call itself tells, or None: in the store's namespace only the id is told."""
    resource, _, rest = _PATH.match(call.path)[1].partition("/")
    body = json.loads(call.body) if call.method == "POST" else {}
    if resource == "stores":
        return rest.split("/")[0]
    if resource == "hostnamereservations":
        return body["spec"]["storeName"] if body else re.split(r"[.-]", rest)[0]
    if resource == "events":
        return body["involvedObject"]["name"]
    if resource == "namespaces" and body:
        return body["metadata"]["annotations"]["storewright.dev/owner-name"]
    return None


class Attribution:
    """Which store a call is for."""

    def __init__(self):
        self._name_of = {}

    def store_of(self, call):
        name = named_store(call)
        if call.method == "POST" and name and call.path.startswith("/api/v1/namespaces?"):
            self._name_of[_NAMESPACE.search(json.loads(call.body)["metadata"]["name"])[1]] = name
        found = _NAMESPACE.search(call.path)
        return name or (found and self._name_of.get(found[1]))


class Occurrences:
    """Numbers equal calls. One that was answered 403 (rights that are not there yet) and is tried again is the same call."""

    def __init__(self):
        self._seen = collections.Counter()
        self._refused = set()

    def name(self, call):
        label = label_of(call)
        number = self._seen[label] + (label not in self._refused)
        return label if number == 1 else f"{label} #{number}"

    def answered(self, call):
        label = label_of(call)
        self._seen[label] += label not in self._refused
        (self._refused.add if call.status == 403 else self._refused.discard)(label)


class AtCall:
    """A target for Proxy.arm(): the call of that name for that store, on that side."""

    def __init__(self, store, name, side, attribution):
        self._store, self._name, self._side, self._attribution = store, name, side, attribution
        self._occurrences = Occurrences()

    def __call__(self, call, side):
        if self._attribution.store_of(call) != self._store:
            return False
        hit = side == self._side and self._occurrences.name(call) == self._name
        if call.status:
            self._occurrences.answered(call)
        return hit


class AtCount:
    """A target for Proxy.arm(): the n-th call for that store from now on, on that side."""

    def __init__(self, store, count, side, attribution):
        self._store, self._left, self._side, self._attribution = store, count, side, attribution

    def __call__(self, call, side):
        if side != self._side or self._attribution.store_of(call) != self._store:
            return False
        self._left -= 1
        return self._left == 0

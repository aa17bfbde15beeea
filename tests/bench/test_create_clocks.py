"""What a store's and a bare pod's clocks begin and end with, on watches that play back what is written down here."""

import contextlib
import types

import pytest
from create import apiserver, barepods, storetimes

TEMPLATE = {"metadata": {"labels": {"app.kubernetes.io/component": "backend", "app.kubernetes.io/name": "medusa"}},
            "spec": {"containers": [],
                     "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "other", "emptyDir": {}}]}}


class Server:
    """Its watches show nothing that was not asked for before; `asked` is in the order of what happened."""

    def __init__(self, events):
        self._events, self.asked = events, []

    def create(self, path, body):
        self.asked.append((path, body))

    @contextlib.contextmanager
    def watch(self, path):
        self.asked.append(("watch", path))
        yield Played(self._events.get(path, []))


class Played:
    def __init__(self, events):
        self._events = events

    def until(self, name, condition, what, seconds):
        return next(event for event in self._events if event[1]["metadata"]["name"] == name and condition(event[1]))

    def arrived(self):
        return self._events


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The request is sent at second 100 of a machine that is quiet."""
    monkeypatch.setattr(apiserver, "wait_until_quiet", lambda: None)
    monkeypatch.setattr(apiserver, "time", types.SimpleNamespace(monotonic=lambda: 100.0))


def pod(name, namespace="store-a", ready=True):
    return {"metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/component": name}},
            "status": {"conditions": [{"type": "Ready", "status": str(ready)}]}}


def store(name, phase):
    return {"metadata": {"name": name}, "status": {"phase": phase, "namespace": "store-a", "failure": {"reason": "NoImage"}}}


class Stores:
    path = "/stores"

    def __init__(self, server):
        self._server = server

    def ask(self, name, engine):
        self._server.create(self.path, (name, engine))


def test_a_store_is_timed_from_the_request_until_a_watch_that_was_there_before_shows_it_ready():
    events = [(99.0, store("other", "Ready")), (101.0, store("mine", "Provisioning")), (104.5, store("mine", "Ready"))]
    pods = [(103.0, pod("backend")), (103.0, pod("stranger", "store-b"))]
    server = Server({"/stores": events, "/api/v1/pods": pods})
    assert storetimes.measured(server, Stores(server), "mine", "medusa") == (4.5, {"backend": {"ready": 3.0}})
    assert server.asked == [("watch", "/api/v1/pods"), ("watch", "/stores"), ("/stores", ("mine", "medusa"))]


def test_a_store_that_fails_is_not_timed():
    server = Server({"/stores": [(101.0, store("mine", "Failed"))]})
    with pytest.raises(RuntimeError, match="store mine failed: .*NoImage"):
        storetimes.measured(server, Stores(server), "mine", "medusa")


def test_a_bare_pod_is_timed_alike_and_removed(monkeypatch):
    removed = []
    monkeypatch.setattr(barepods, "kubectl", lambda *arguments: removed.append(arguments[:5]))
    path = "/api/v1/namespaces/store-a/pods"
    server = Server({path: [(99.0, pod("backend")), (101.0, pod("bare-backend", ready=False)), (103.5, pod("bare-backend"))]})
    assert barepods.seconds_until_ready(server, "store-a", "backend", TEMPLATE) == 3.5
    assert [asked[0] for asked in server.asked] == ["watch", path]
    assert removed == [("delete", "pod", "-n", "store-a", "bare-backend")]


def test_a_bare_pod_is_nobodys_and_has_a_volume_of_its_own():
    made = barepods.bare_pod("backend", TEMPLATE)
    assert made["metadata"]["labels"]["app.kubernetes.io/component"] == "bare-backend"
    assert made["spec"]["volumes"] == [{"name": "data", "emptyDir": {}}, {"name": "other", "emptyDir": {}}]
    assert "persistentVolumeClaim" in TEMPLATE["spec"]["volumes"][0]

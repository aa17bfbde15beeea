"""A store: how long it takes from asking for it until it is Ready, and when its parts were what on the way."""

from . import podtimes
from .apiserver import clocked


def measured(server, stores, name, engine):
    """(seconds, {component: {moment: seconds}}). RuntimeError when the store fails.

    The clock begins with the request to the platform's API that `storewright store create` makes, and ends when a watch shows that the Store's
    status says Ready: `clocked`, as for a bare pod. What the command line adds for a person (a process, a look every 250 ms) is not in it."""
    with server.watch("/api/v1/pods") as pods, server.watch(stores.path) as watch:
        began, ended, store = clocked(watch, lambda: stores.ask(name, engine), name, lambda seen: _phase(seen) in ("Ready", "Failed"))
        seen = pods.arrived()
    if _phase(store) == "Failed":
        raise RuntimeError(f"store {name} failed: {store['status'].get('failure')}")
    return ended - began, podtimes.moments(seen, store["status"]["namespace"], began)


def _phase(store):
    return store.get("status", {}).get("phase")

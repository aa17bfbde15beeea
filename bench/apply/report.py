"""The table that people read, and the same as JSON."""

import os
import platform
import statistics

from .measure import requests_per_store

PLACES = ("storewright", "floor", "helm install", "SDK reconciler")


def facts(run):
    """Everything of one engine's run as plain data."""
    return {
        "engine": run.engine,
        "objects": len(run.recording),
        "target": run.target,
        "loadAverage": run.load,
        "memory": dict(zip(("residentBytes", "peakBytes"), run.memory)),
        "idleRequests": dict(run.idle),
        "contestants": {name: _facts_of(series) for name, series in run.series.items()},
    }


def machine():
    return {"cpus": os.cpu_count(), "kernel": platform.release()}


def spread(values):
    """Median, least, most."""
    return {"median": statistics.median(values), "least": min(values), "most": max(values), "values": values}


def _facts_of(series):
    most, mean, kinds, refused = requests_per_store(series)
    return {
        "storesPerSecond": spread(series.rates),
        "seconds": spread(series.latencies),
        "waitSeconds": spread(series.waits),
        "cpuSeconds": spread(series.cpu_seconds),
        "requests": {"mostOfASingleStore": most, "meanInBursts": mean, "byVerbAndResource": kinds, "refused": refused},
    }


def table(data):
    """Lines of text."""
    yield f"{data['engine']}: {data['objects']} objects a store; load average {', '.join(f'{x:.1f}' for x in data['loadAverage'])} before each round"
    yield f"  {'':34}" + "".join(f"{name:>26}" for name in PLACES) + f"{'ratio':>9}  target"
    rows = [
        ("1 stores applied per second", "storesPerSecond", 1, "{:.1f}", "at least 0.8 x the floor"),
        ("2 accept to all applied, ms", "seconds", 1000, "{:.0f}", "at most 1.5 x the floor"),
        ("  asked, to known to be done, ms", "waitSeconds", 1000, "{:.0f}", ""),
        ("4 CPU per store, ms", "cpuSeconds", 1000, "{:.1f}", "at most 20 ms, a tenth of helm's"),
    ]
    for title, field, factor, form, target in rows:
        # What is waited for is not the same for all: docs/performance.md.
        quotient = ratio(data, field, "floor") if target else None
        yield _line(data, title, lambda each: _with_spread(each[field], factor, form), quotient, target)
    yield _line(data, "3 requests per store: most, mean", lambda each: _requests(each["requests"]), None, f"at most {data['target']} (gate)")
    for verb in ("create", "patch", "update", "get", "list", "delete"):
        yield _line(data, f"    {verb}", lambda each: f"{_verb(each, verb):.2f}", None, "")
    yield _line(data, "    refused (403, 409), not counted", lambda each: f"{each['requests']['refused']:.2f}", None, "")
    yield from _remarks(data)


def ratio(data, field, other):
    contestants = data["contestants"]
    return contestants["storewright"][field]["median"] / contestants[other][field]["median"]


def _remarks(data):
    own = data["contestants"]["storewright"]
    yield f"  to helm install: {ratio(data, 'storesPerSecond', 'helm install'):.1f} x the stores per second, " \
          f"{ratio(data, 'seconds', 'helm install'):.2f} x the time of one, {ratio(data, 'cpuSeconds', 'helm install'):.3f} x the CPU"
    yield f"  controller's memory at the end: {data['memory']['residentBytes'] / 2**20:.0f} MiB resident, " \
          f"{data['memory']['peakBytes'] / 2**20:.0f} MiB at most"
    yield f"  with nothing to do, the controller asked for: {_listed(data['idleRequests']) or 'nothing'}   target: no write, no list (gate)"
    yield f"  the controller's requests per store in bursts: {_listed(own['requests']['byVerbAndResource'])}"


def _line(data, title, cell, quotient, target):
    cells = [cell(data["contestants"][name]) if name in data["contestants"] else "not measured" for name in PLACES]
    shown = "" if quotient is None else f"{quotient:.2f}"
    return f"  {title:34}" + "".join(f"{each:>26}" for each in cells) + f"{shown:>9}  {target}".rstrip()


def _with_spread(values, factor, form):
    median, least, most = (form.format(values[key] * factor) for key in ("median", "least", "most"))
    return f"{median} ({least} to {most})"


def _requests(requests):
    return f"{requests['mostOfASingleStore']}, {requests['meanInBursts']:.2f}"


def _verb(each, verb):
    return sum(count for text, count in each["requests"]["byVerbAndResource"].items() if text.split()[0] == verb)


def _listed(kinds):
    return ", ".join(f"{text} {count:g}" for text, count in kinds.items())

"""The tables that people read."""

import statistics

from . import podtimes

MACHINE_GIB = 24
PODS_PER_NODE = 110  # kubelet's default of maxPods
COLUMNS = ("bare pod", "baked store", "store from an empty database", "helm install --wait")
TARGET_BARE, AIM_BARE, TARGET_HELM = 1.5, 1.25, 5


def creation(engine, data):
    """Lines about how long a store of the engine takes."""
    yield f"{engine}: creation to Ready, seconds: median (least to most) of {len(data['seconds']['baked store'])}"
    for column in COLUMNS:
        values = data["seconds"].get(column)
        slowest = f" of {data['slowestPod']}" if column == "bare pod" else ""
        yield f"  {column + slowest:34}{_spread(values)}" if values else f"  {column:34}not measured"
    medians = {column: statistics.median(values) for column, values in data["seconds"].items()}
    to_bare = medians["baked store"] / medians["bare pod"]
    yield f"  baked store to bare pod: {to_bare:.2f} (at most {TARGET_BARE}, aim {AIM_BARE}){'' if to_bare <= TARGET_BARE else ': misses the target'}"
    if "helm install --wait" in medians:
        of_helm = medians["helm install --wait"] / medians["baked store"]
        yield f"  helm install --wait to baked store: {of_helm:.1f} (at least {TARGET_HELM} was asked for: decision 7)"
    yield from timeline(data["timelines"])
    yield from workloads(data["parts"], medians["baked store"])


def timeline(timelines):
    """Where the time of a baked store goes; every run went through the same steps."""
    steps = [step for step, _ in timelines[0]]
    medians = {step: statistics.median(dict(each)[step] for each in timelines) for step in steps}
    width = max(medians.values()) or 1
    yield "  where the time of the baked store goes:"
    for step, seconds in medians.items():
        yield f"    {step:10}{seconds:7.2f} s  {'█' * max(1, round(40 * seconds / width)) if seconds else ''}"


def workloads(rounds, seconds):
    """What its parts did in that time, and which of the spans that were waited for is the longest."""
    parts = podtimes.medians(rounds)
    yield "  its parts, seconds from the request, medians (as a watch showed them: kubelet may hear of a container's start a second late):"
    for component, seen in parts.items():
        yield f"    {component:12}" + ", ".join(f"{moment} {at:.2f}" for moment, at in seen.items())
    way = podtimes.spans(parts, seconds)
    yield "  waited for, one after the other:"
    for what, took in way:
        yield f"    {took:7.2f} s  {what}"
    longest, took = max(way, key=lambda span: span[1])
    yield f"    next to shrink: {longest} ({took:.2f} s)"


def density(engine, data, base_mebibytes):
    """Lines about what an idle store takes and how many fit."""
    parts = ", ".join(f"{component} {mebibytes:.0f}" for component, mebibytes in data["MiBByComponent"].items())
    asked = data["requested"]
    taken = data["MiB"] + data["shimMiB"]
    yield f"{engine}: an idle store, median of {data['stores']}: {taken:.0f} MiB ({parts}, containerd's shims {data['shimMiB']:.0f})"
    yield f"  set aside by the scheduler: {asked['MiB']:.0f} MiB, {asked['cores'] * 1000:.0f}m CPU, {asked['pods']} pods"
    room = MACHINE_GIB * 1024 - base_mebibytes
    fitting = [int(room // taken), int(room // asked["MiB"]), PODS_PER_NODE // asked["pods"]]
    yield f"  a machine of {MACHINE_GIB} GiB, {base_mebibytes:.0f} MiB of it taken before, would hold (extrapolated from {data['stores']} stores):"
    yield f"    {fitting[0]} by what they take, {fitting[1]} by what is set aside for them; " \
          f"{fitting[2]} by kubelet's limit of {PODS_PER_NODE} pods a node"
    if data["cronPodsAMinute"]:
        started = ", ".join(f"{stores * data['cronPodsAMinute']:.1f}" for stores in fitting)
        yield f"    so many start {started} pods a minute by their cron jobs, which are not counted in what a store takes"


def _spread(values):
    return f"{statistics.median(values):6.1f} ({min(values):.1f} to {max(values):.1f})"

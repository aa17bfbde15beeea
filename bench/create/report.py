"""The tables that people read."""

import statistics

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
    yield f"  baked store to bare pod: {medians['baked store'] / medians['bare pod']:.2f} (at most {TARGET_BARE}, aim {AIM_BARE})"
    if "helm install --wait" in medians:
        yield f"  helm install --wait to baked store: {medians['helm install --wait'] / medians['baked store']:.1f} (at least {TARGET_HELM})"
    yield from timeline(data["timelines"])


def timeline(timelines):
    """Where the time of a baked store goes; every run went through the same steps."""
    steps = [step for step, _ in timelines[0]]
    medians = {step: statistics.median(dict(each)[step] for each in timelines) for step in steps}
    width = max(medians.values()) or 1
    yield "  where the time of the baked store goes:"
    for step, seconds in medians.items():
        yield f"    {step:10}{seconds:7.2f} s  {'█' * max(1, round(40 * seconds / width)) if seconds else ''}"
    yield f"    next to shrink: {max(medians, key=medians.get)}"


def density(engine, data, base_mebibytes):
    """Lines about what an idle store takes and how many fit."""
    parts = ", ".join(f"{component} {mebibytes:.0f}" for component, mebibytes in data["MiBByComponent"].items())
    asked = data["requested"]
    taken = data["MiB"] + data["shimMiB"]
    yield f"{engine}: an idle store, median of {data['stores']}: {taken:.0f} MiB ({parts}, containerd's shims {data['shimMiB']:.0f})"
    yield f"  set aside by the scheduler: {asked['MiB']:.0f} MiB, {asked['cores'] * 1000:.0f}m CPU, {asked['pods']} pods"
    room = MACHINE_GIB * 1024 - base_mebibytes
    yield f"  a machine of {MACHINE_GIB} GiB, {base_mebibytes:.0f} MiB of it taken before, would hold (extrapolated from {data['stores']} stores):"
    yield f"    {int(room // taken)} by what they take, {int(room // asked['MiB'])} by what is set aside for them; " \
          f"{PODS_PER_NODE // asked['pods']} by kubelet's limit of {PODS_PER_NODE} pods a node"


def _spread(values):
    return f"{statistics.median(values):6.1f} ({min(values):.1f} to {max(values):.1f})"

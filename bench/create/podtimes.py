"""When the parts of a store were scheduled, started, and ready or, as jobs are, finished: what its step Workloads consists of.

Kubernetes keeps these moments to the second only. So they are those at which a watch showed them first; of a container's start kubelet may
hear a second late."""

import statistics

MOMENTS = ("scheduled", "started", "ready", "finished")
COMPONENT = "app.kubernetes.io/component"


def facts(pod):
    """Those of MOMENTS that have come. A job's pod is never ready: others do not wait for that."""
    status = pod.get("status", {})
    true = {condition["type"] for condition in status.get("conditions", []) if condition["status"] == "True"}
    states = [container.get("state", {}).keys() for container in status.get("containerStatuses", [])]
    of_a_job = any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences", []))
    if "PodScheduled" in true:
        yield "scheduled"
    if states and all(state & {"running", "terminated"} for state in states):
        yield "started"
    if "Ready" in true and not of_a_job:
        yield "ready"
    if status.get("phase") == "Succeeded":
        yield "finished"


def moments(events, namespace, began):
    """{component: {moment: seconds after `began`}} of a namespace's pods. `events` are (when, pod) in the order of their arrival."""
    found = {}
    for at, pod in events:
        if pod["metadata"]["namespace"] == namespace:
            component = pod["metadata"]["labels"][COMPONENT]
            for moment in facts(pod):
                found.setdefault(component, {}).setdefault(moment, at - began)
    return found


def medians(rounds):
    """The same of several stores, in the order of their starts, without what was not seen through in each: a cron job runs at its own time."""
    whole = [{component: seen for component, seen in each.items() if {"scheduled", "started"} < seen.keys()} for each in rounds]
    parts = {component: {moment: statistics.median(each[component][moment] for each in whole)
                         for moment in MOMENTS if all(moment in each[component] for each in whole)}
             for component in whole[0] if all(component in each for each in whole)}
    return dict(sorted(parts.items(), key=lambda part: part[1]["started"]))


def spans(parts, seconds):
    """[(what, seconds)]: one after the other, what was waited for until the store was Ready after so many seconds.

    It ends with the part that was done last. A server waits for jobs (docs/engines.md): before one that finished while it was starting, the
    job's own way is taken. What else waits for what cannot be seen from outside."""
    if not parts:
        return [("the store", seconds)]
    done = {component: seen.get("ready", seen.get("finished")) for component, seen in parts.items()}
    last = max(done, key=done.get)
    jobs = [component for component, seen in parts.items() if "finished" in seen and parts[last]["started"] < seen["finished"] < done[last]]
    first = max(jobs, key=done.get, default=last)
    seen = parts[first]
    way = [(f"until {first} is scheduled", seen["scheduled"]),
           (f"{first} from scheduled to started", seen["started"] - seen["scheduled"]),
           (f"{first} from started to {'finished' if 'finished' in seen else 'ready'}", done[first] - seen["started"])]
    if first != last:
        way.append((f"{last} from {first} finished to ready", done[last] - done[first]))
    return [*way, (f"the store from {last} {'finished' if 'finished' in parts[last] else 'ready'} to Ready", seconds - done[last])]

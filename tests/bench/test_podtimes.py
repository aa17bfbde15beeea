"""What the benchmark of creation makes of a store's pods, as a watch shows them."""

import pytest
from create import podtimes


def pod(component, namespace="store-a", owner="ReplicaSet", phase="Pending", conditions=(), containers=()):
    return {"metadata": {"namespace": namespace, "name": f"{component}-x", "ownerReferences": [{"kind": owner}],
                         "labels": {"app.kubernetes.io/component": component}},
            "status": {"phase": phase, "conditions": [{"type": each, "status": "True"} for each in conditions],
                       "containerStatuses": [{"state": {each: {}}} for each in containers]}}


def test_moments_are_those_at_which_they_were_seen_first():
    events = [
        (100.0, pod("backend")),
        (100.5, pod("backend", conditions=["PodScheduled"])),
        (101.0, pod("backend", conditions=["PodScheduled"], containers=["running", "waiting"])),
        (101.5, pod("backend", conditions=["PodScheduled"], containers=["running", "running"])),
        (103.0, pod("backend", conditions=["PodScheduled", "Ready"], containers=["running", "running"])),
        (104.0, pod("backend", conditions=["PodScheduled", "Ready"], containers=["running", "running"])),
    ]
    assert podtimes.moments(events, "store-a", 100.0) == {"backend": {"scheduled": 0.5, "started": 1.5, "ready": 3.0}}


def test_a_job_is_finished_and_never_ready():
    running = pod("setup", owner="Job", conditions=["PodScheduled", "Ready"], containers=["running"])
    done = pod("setup", owner="Job", phase="Succeeded", conditions=["PodScheduled"], containers=["terminated"])
    assert podtimes.moments([(1.0, running), (2.0, done)], "store-a", 0.0) == {"setup": {"scheduled": 1.0, "started": 1.0, "finished": 2.0}}


def test_other_namespaces_do_not_count():
    assert podtimes.moments([(1.0, pod("backend", namespace="store-b", conditions=["PodScheduled"]))], "store-a", 0.0) == {}


def test_medians_leave_out_what_was_not_there_each_time():
    backend = [{"scheduled": 0.5, "started": 1.0, "ready": ready} for ready in (3.0, 9.0, 4.0)]
    cron = {"scheduled": 0.1, "started": 0.2, "finished": 0.3}
    rounds = [{"backend": backend[0], "cron": cron}, {"backend": backend[1], "cron": {"scheduled": 0.1}}, {"backend": backend[2], "cron": cron}]
    assert podtimes.medians(rounds) == {"backend": {"scheduled": 0.5, "started": 1.0, "ready": 4.0}}


DATABASE = {"scheduled": 0.25, "started": 0.5, "ready": 1.0}
BACKEND = {"scheduled": 0.25, "started": 1.0, "ready": 4.0}


def test_the_way_is_that_of_the_part_that_was_done_last():
    assert podtimes.spans({"database": DATABASE, "backend": BACKEND}, 4.5) == [
        ("until backend is scheduled", 0.25),
        ("backend from scheduled to started", 0.75),
        ("backend from started to ready", 3.0),
        ("the store from backend ready to Ready", 0.5),
    ]


@pytest.mark.parametrize("finished", [2.0, 0.75])
def test_a_job_is_on_the_way_if_a_server_waited_for_it(finished):
    setup = {"scheduled": 0.25, "started": 0.5, "finished": finished}
    way = dict(podtimes.spans({"database": DATABASE, "setup": setup, "backend": BACKEND}, 4.5))
    assert ("setup from started to finished" in way) == ("backend from setup finished to ready" in way) == (finished > BACKEND["started"])
    assert sum(way.values()) == 4.5


def test_without_parts_the_store_is_all_that_is_known():
    assert podtimes.spans({}, 4.5) == [("the store", 4.5)]

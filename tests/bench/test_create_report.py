"""What the benchmark of creation prints of what it measured."""

import pytest
from create import density, report
from create.quantities import cores, mebibytes, runs_a_minute

PARTS = {
    "database": {"scheduled": 0.25, "started": 1.0, "ready": 1.5},
    "setup": {"scheduled": 0.25, "started": 1.25, "finished": 2.25},
    "backend": {"scheduled": 0.25, "started": 1.0, "ready": 5.75},
}
DENSITY = {"stores": 5, "MiB": 190.0, "MiBByComponent": {"backend": 150.0, "database": 40.0}, "shimMiB": 10.0,
           "requested": {"cores": 0.06, "MiB": 400.0, "pods": 2}, "cronPodsAMinute": 0.2}


def creation(**seconds):
    data = {"seconds": {name.replace("_", " "): values for name, values in seconds.items()}, "slowestPod": "backend", "parts": [PARTS],
            "timelines": [[("Accepted", 0.0), ("Applied", 0.25), ("Workloads", 5.5), ("Answering", 0.25)]]}
    return list(report.creation("medusa", data))


def line(lines, beginning):
    [found] = [each.strip() for each in lines if each.strip().startswith(beginning)]
    return found


def test_the_ratio_is_of_the_medians():
    lines = creation(bare_pod=[3.0, 4.0, 9.0], baked_store=[2.0, 6.0, 6.5])
    assert line(lines, "baked store to bare pod:") == "baked store to bare pod: 1.50 (at most 1.5, aim 1.25)"
    assert line(lines, "baked store  ") == f"{'baked store':34}   6.0 (2.0 to 6.5)".strip()


def test_a_missed_target_is_said():
    lines = creation(bare_pod=[4.0], baked_store=[6.1], **{"helm install --wait": [18.3]})
    assert line(lines, "baked store to bare pod:").endswith("1.52 (at most 1.5, aim 1.25): misses the target")
    assert line(lines, "helm install --wait to").endswith("3.0 (at least 5 was asked for: decision 7)")


def test_a_target_that_is_met_is_not_called_missed():
    assert not [each for each in creation(bare_pod=[4.0], baked_store=[6.0]) if "misses" in each]


def test_what_was_not_measured_is_said():
    assert line(creation(bare_pod=[4.0], baked_store=[6.0]), "helm install").split(maxsplit=3)[3] == "not measured"


def test_the_parts_and_the_longest_span_are_named():
    lines = creation(bare_pod=[4.0], baked_store=[6.0])
    assert line(lines, "setup") == "setup       scheduled 0.25, started 1.25, finished 2.25"
    assert line(lines, "next to shrink:") == "next to shrink: backend from setup finished to ready (3.50 s)"


def test_what_would_fit_is_called_extrapolated():
    lines = list(report.density("woocommerce", DENSITY, 1024.0))
    assert line(lines, "a machine of").endswith("would hold (extrapolated from 5 stores):")
    # 23 GiB are left: of 200 MiB each, of 400 MiB each; of two pods each.
    assert line(lines, "117 by") == "117 by what they take, 58 by what is set aside for them; 55 by kubelet's limit of 110 pods a node"
    assert line(lines, "so many start").startswith("so many start 23.4, 11.6, 11.0 pods a minute by their cron jobs")


def test_an_engine_without_cron_jobs_has_no_line_of_them():
    assert not [each for each in report.density("medusa", {**DENSITY, "cronPodsAMinute": 0}, 1024.0) if "cron" in each]


@pytest.mark.parametrize(("schedule", "expected"), [
    ("3-59/5 * * * *", 0.2), ("*/5 * * * *", 0.2), ("* * * * *", 1), ("0 * * * *", 1 / 60), ("1,31 * * * *", 2 / 60), ("50/5 * * * *", 2 / 60),
    ("10-12 3 * * *", 3 / 1440), ("0 */6 * * *", 4 / 1440),
])
def test_runs_a_minute(schedule, expected):
    assert runs_a_minute(schedule) == pytest.approx(expected)


def test_cron_pods_are_those_of_the_cluster(monkeypatch):
    jobs = [{"spec": {"schedule": "2-59/5 * * * *"}}, {"spec": {"schedule": "* * * * *", "suspend": True}}]
    monkeypatch.setattr(density, "objects", lambda *arguments: {("cronjobs", "-n", "store-a"): jobs}[arguments])
    assert density.cron_pods_a_minute("store-a") == pytest.approx(0.2)


def test_quantities():
    assert (mebibytes("400Mi"), mebibytes("1Gi"), mebibytes("2097152"), cores("250m"), cores("2")) == (400, 1024, 2, 0.25, 2)

"""The built-in cluster's own promises: a crashed part is noticed and comes back, and nothing is left after `make down` but the data."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.request

import pytest
from conftest import Tenant, require_engine
from engines import ENGINES
from waiting import until

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE_FILE = pathlib.Path("/run/storewright/cluster.json")

pytestmark = pytest.mark.skipif(not STATE_FILE.exists(), reason="these are promises of the built-in cluster, and another one is used")


def state():
    return json.loads(STATE_FILE.read_text())


def make(*arguments, **environment):
    return subprocess.run(["make", "-s", *arguments], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600)


def test_a_test_host_in_a_network_namespace_breaks_nothing(tenant):
    subprocess.run(["ip", "netns", "add", "storewright-test-host"], check=True)
    try:
        tenant.create("beside")
        tenant.delete("beside")
    finally:
        subprocess.run(["ip", "netns", "delete", "storewright-test-host"], check=True)


@pytest.mark.parametrize("part", ["coredns", "volumes", "kubelet", "kube-controller-manager"])
def test_a_crashed_part_is_named_and_comes_back(part):
    before = state()["parts"][part]
    os.kill(before["pid"], signal.SIGKILL)
    after = until(lambda: (now := state()["parts"][part])["restarts"] > before["restarts"] and now["state"] == "ready" and now, 60,
                  f"{part} being ready again")
    assert "killed" in after["lastEnd"]
    said = make("status")
    assert [line for line in said.stdout.splitlines() if line.startswith(part) and "killed" in line], said.stdout


@pytest.fixture
def demo(platform):
    """The tenant for which `make up` opens a store of each engine. What a test has it open is removed, and nothing else."""
    tenant = Tenant(platform, "demo")
    if tenant.stores():
        pytest.skip("the first stores of this cluster are there, and somebody's")
    yield tenant
    names = [store["name"] for store in tenant.stores()]
    for name in names:
        tenant.cli("store", "delete", name, "--yes")
    for name in names:
        tenant.delete(name)


def test_up_opens_a_store_of_each_engine_at_once(demo, platform):
    for engine in ENGINES:
        require_engine(platform, engine)
    up = make("up", FIRST_STORES=" ".join(ENGINES))
    assert up.returncode == 0, up.stderr
    stores = demo.stores()
    assert {store["name"]: store["status"]["phase"] for store in stores} == {f"{engine}-shop": "Ready" for engine in ENGINES}
    assert [store["name"] for store in stores if f"Shop      {store['status']['url']}\n" not in up.stdout] == []
    former, later = sorted((store["status"]["timings"] for store in stores), key=lambda timings: timings["accepted"])
    assert later["accepted"] < former["ready"], "one was begun when the other was done"


def test_another_checkout_is_told_whose_cluster_runs(tmp_path):
    running = state()
    said = subprocess.run([f"{running['bin']}/cluster", "up", f"--state={tmp_path}", f"--bin={running['bin']}", "--traefik=/bin/true",
                           "--pause-image=none", "--owner=/somewhere/else"], capture_output=True, text=True, timeout=60)
    assert said.returncode == 4
    assert f"make -C {running['owner']} down" in said.stderr
    assert state()["pid"] == running["pid"]


def left_on_the_machine(data):
    """What a cluster that is down must not leave: its processes, mounts, links, packet rules and control groups."""
    left = []
    for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "/run/storewright/containerd" in line or data in line:
            left.append(line[:100])
    left += [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if "/run/storewright" in line or "/kubelet/pods/" in line]
    left += [name for name in ("cni0", "kube0") if pathlib.Path("/sys/class/net", name).exists()]
    for command, words in (("iptables-save", ("STOREWRIGHT", "CNI-", "KUBE-")), ("nft list tables", ("kube-proxy", "storewright"))):
        text = subprocess.run(command.split(), capture_output=True, text=True, check=True).stdout
        left += [line for line in text.splitlines() if any(word in line for word in words)]
    return left + [str(path) for path in pathlib.Path("/sys/fs/cgroup").glob("*/storewright")] + [str(p) for p in [STATE_FILE] if p.exists()]


def test_down_leaves_nothing_and_up_finds_the_stores_again(tenant):
    tenant.create("kept", "static", "--display-name", "Still here")
    url = tenant.store("kept")["status"]["url"]
    data = state()["state"]
    down = make("down")
    assert down.returncode == 0, down.stderr
    assert left_on_the_machine(data) == []
    up = make("up", FIRST_STORES="")
    assert up.returncode == 0, up.stderr
    until(lambda: tenant.store("kept")["status"]["phase"] == "Ready", 60, "the store being ready again")
    until(lambda: page_of(url), 30, "its page")
    assert "Still here" in page_of(url)


def page_of(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except OSError:
        return None

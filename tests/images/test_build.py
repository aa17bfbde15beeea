"""build-images.sh and load-images.sh: what is built again and what is not, and what they say when it fails."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from container import wait_until

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = "ARG BASE_IMAGE\nFROM ${BASE_IMAGE} AS made\nCOPY . /made\n%s\nFROM scratch\nCOPY --from=made /made /\n"


def cache():
    """Where lib.sh says that the cache is."""
    shown = subprocess.run(["bash", "-c", "source scripts/lib.sh; cache_dir"], cwd=ROOT, text=True, capture_output=True)
    return Path(shown.stdout.strip())


@pytest.fixture
def checkout(tmp_path):
    """A repository with the script, the base image (whose archive the cache has) and one small image of its own."""
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    for script in ("build-images.sh", "load-images.sh", "lib.sh"):
        shutil.copy(ROOT / "scripts" / script, root / "scripts")
    shutil.copy(ROOT / "CMakeLists.txt", root)
    shutil.copytree(ROOT / "images/base", root / "images/base")
    (root / ".gitignore").write_text("node_modules/\n")
    subprocess.run(["git", "init", "--quiet", root], check=True)
    write_recipe(root)
    yield root
    for left in (cache() / "images").glob("probe[-.]*"):
        left.unlink()


def write_recipe(root, step=""):
    folder = root / "images/probe"
    folder.mkdir(exist_ok=True)
    (folder / "Containerfile").write_text(CONTAINERFILE % step)
    (folder / "content").write_text("one")


def build(root, *names, env=None):
    return subprocess.run(
        [root / "scripts/build-images.sh", *names], text=True, capture_output=True, env={**os.environ, **(env or {})}
    )


def built(root, name="probe", env=None):
    result = build(root, name, env=env)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip().split("\t")


def test_the_same_inputs_are_built_once(checkout):
    first = build(checkout, "probe")
    assert first.returncode == 0, first.stderr
    assert "building probe" in first.stderr
    name, reference, archive = first.stdout.strip().split("\t")
    assert name == "probe" and reference.startswith("localhost/storewright/probe:") and Path(archive).is_file()
    second = build(checkout, "probe")
    assert second.stdout == first.stdout
    assert second.stderr == ""


def test_every_input_counts_and_nothing_else(checkout, tmp_path):
    _, before, _ = built(checkout)
    ignored = checkout / "images/probe/node_modules"
    ignored.mkdir()
    (ignored / "heavy.js").write_text("x")
    (checkout / "README.md").write_text("not an input")
    os.utime(checkout / "images/probe/content", (1, 1))
    assert built(checkout)[1] == before
    (checkout / "images/probe/content").write_text("two")
    _, changed, _ = built(checkout)
    assert changed != before
    (checkout / "images/probe/content").chmod(0o755)
    assert built(checkout)[1] not in (before, changed)


def test_a_context_elsewhere_is_an_input_and_the_recipe_stays_in_reach(checkout):
    (checkout / "web/shop/node_modules").mkdir(parents=True)
    (checkout / "web/shop/node_modules/heavy.js").write_text("x")
    (checkout / "web/shop/page").write_text("shop")
    (checkout / "images/probe/context").write_text("web/shop\n")
    (checkout / "images/probe/Containerfile").write_text(
        "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY . /made\nCOPY --from=recipe content /recipe-content\n"
        "RUN test -f /made/page && test ! -e /made/node_modules && test -f /recipe-content\n"
    )
    _, before, _ = built(checkout)
    (checkout / "web/shop/page").write_text("another shop")
    assert built(checkout)[1] != before
    (checkout / "images/probe/context").write_text("web/none\n")
    missing = build(checkout, "probe")
    assert missing.returncode == 1 and "images/probe/context names 'web/none'" in missing.stderr


def write_context(root, script):
    path = root / "images/probe/context.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_what_cannot_be_had_leaves_out_the_image_and_what_stands_on_it(checkout):
    above = checkout / "images/above-it"
    above.mkdir()
    (above / "Containerfile").write_text("ARG PROBE_IMAGE\nFROM ${PROBE_IMAGE}\n")
    beside = checkout / "images/beside"
    beside.mkdir()
    (beside / "Containerfile").write_text("FROM scratch\nCOPY Containerfile /\n")
    write_context(checkout, "echo 'no parts: get some'; exit 3")
    result = build(checkout)
    assert result.returncode == 0, result.stderr
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert [line[:2] for line in lines if line[1] == "-"] == [["above-it", "-"], ["probe", "-"]]
    assert all(line[2] == "no parts: get some" for line in lines if line[1] == "-")
    assert [Path(line[2]).is_file() for line in lines if line[0] == "beside"] == [True]
    for left in (cache() / "images").glob("beside[-.]*"):
        left.unlink()


def test_what_is_wrong_ends_the_build_before_it_begins(checkout):
    write_context(checkout, "echo 'error: that is no plugin' >&2; exit 1")
    result = build(checkout, "probe")
    assert result.returncode == 1 and result.stdout == ""
    assert "that is no plugin" in result.stderr and "building" not in result.stderr


def test_a_failed_build_shows_its_log_and_leaves_no_archive(checkout):
    write_recipe(checkout, step="RUN echo the reason; exit 3")
    failed = build(checkout, "probe")
    assert failed.returncode == 1 and failed.stdout == ""
    assert "the reason" in failed.stderr and "probe.log" in failed.stderr
    again = build(checkout, "probe")
    assert again.returncode == 1, "a failed build was taken for a good one"


def test_packages_and_machine_settings_are_lent_not_kept(checkout):
    write_recipe(
        checkout,
        step="RUN apt-get -qq update && apt-get -qq install --no-install-recommends tini && test -d /root/.npm",
    )
    (checkout / "images/probe/Containerfile").write_text(
        (checkout / "images/probe/Containerfile").read_text().replace("FROM scratch\nCOPY --from=made /made /\n", "")
    )
    _, _, archive = built(checkout)
    names = subprocess.run(
        f"tar -xOf {archive} --wildcards '*.tar' | tar --ignore-zeros -tf -", shell=True, text=True, capture_output=True
    ).stdout.split("\n")
    assert any(name.endswith("bin/tini") for name in names)
    lent = ("etc/apt/sources.list.d/", "root/.npm", "var/lib/apt/lists/", "var/cache/apt/", "var/log/")
    kept = [name for name in names if name.removeprefix("./").startswith(lent) and not name.endswith(("/", "/lock"))]
    assert kept == []


def test_runs_at_the_same_time_build_once(checkout):
    (checkout / "images/probe/content").write_text("concurrent")
    runs = [
        subprocess.Popen([checkout / "scripts/build-images.sh", "probe"], text=True, stdout=-1, stderr=-1)
        for _ in range(3)
    ]
    outputs = [process.communicate(timeout=120) for process in runs]
    assert [process.returncode for process in runs] == [0, 0, 0], outputs
    assert len({stdout for stdout, _ in outputs}) == 1
    assert sum("built probe" in stderr for _, stderr in outputs) == 1


def test_a_killed_build_is_put_right_by_the_next(checkout):
    write_recipe(checkout, step="RUN echo now-sleeping >&2; sleep 8")
    log = cache() / "images/probe.log"
    log.unlink(missing_ok=True)
    process = subprocess.Popen(
        [checkout / "scripts/build-images.sh", "probe"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: log.exists() and "\nnow-sleeping" in log.read_text(), 120, "the build sleeps")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    write_recipe(checkout)
    assert Path(built(checkout)[2]).is_file()
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    assert [mount for mount in mounts if mount.startswith(f"{cache()}/buildah/")] == []


def test_old_archives_are_removed(checkout):
    archives = []
    for number in range(4):
        (checkout / "images/probe/content").write_text(f"content {number}")
        archives.append(Path(built(checkout)[2]))
    assert [archive.exists() for archive in archives] == [False, False, True, True]


def test_an_unknown_image_is_named(checkout):
    unknown = build(checkout, "prob")
    assert unknown.returncode == 1
    assert "there is no image 'prob' (there are: base probe)" in unknown.stderr


def load(lines, env, path=""):
    environment = {**os.environ, **env, "PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"]}
    return subprocess.run(
        [ROOT / "scripts/load-images.sh"], input=lines, text=True, capture_output=True, env=environment
    )


@pytest.fixture
def containerd(tmp_path):
    """A containerd of the test's own; gives its socket."""
    socket = tmp_path / "containerd.sock"
    (tmp_path / "config.toml").write_text(
        f'version = 2\nroot = "{tmp_path}/root"\nstate = "{tmp_path}/state"\n'
        f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "{socket}"\n'
    )
    with (tmp_path / "containerd.log").open("w") as log:
        daemon = subprocess.Popen(["containerd", "--config", tmp_path / "config.toml"], stdout=log, stderr=log)
    wait_until(socket.is_socket, 10, "containerd listens")
    yield socket
    daemon.terminate()
    daemon.wait(timeout=10)


def test_images_are_loaded_into_containerd_once(image, containerd):
    lines = subprocess.run(
        [ROOT / "scripts/build-images.sh", "pause", "static"], text=True, stdout=subprocess.PIPE, check=True
    ).stdout
    env = {"CLUSTER": "builtin", "STOREWRIGHT_CONTAINERD": str(containerd)}
    first = load(lines, env)
    assert first.returncode == 0, first.stderr
    listed = subprocess.run(
        ["ctr", "--address", containerd, "-n", "k8s.io", "images", "list", "-q"], text=True, capture_output=True
    ).stdout
    assert sorted(listed.split()) == sorted(line.split("\t")[1] for line in lines.splitlines())
    second = load(lines, env)
    assert second.returncode == 0 and "the cluster has all 2 images" in second.stderr


@pytest.fixture
def stub(tmp_path):
    """A function that puts a command into a folder for PATH that answers as told and records its calls."""
    folder = tmp_path / "stubs"
    folder.mkdir()

    def make(name, script):
        path = folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{tmp_path}/calls\n{script}\n')
        path.chmod(0o755)
        return folder

    make.calls = tmp_path / "calls"
    return make


@pytest.fixture
def lines(tmp_path):
    archive = tmp_path / "one.tar"
    archive.touch()
    return f"one\tlocalhost/storewright/one:1\t{archive}\ntwo\tlocalhost/storewright/two:2\t{archive}\n"


def test_k3s_gets_what_it_lacks(stub, lines, tmp_path):
    path = stub("k3s", 'case "$*" in *list*) echo localhost/storewright/one:1;; esac')
    assert load(lines, {"CLUSTER": "k3s"}, path).returncode == 0
    assert stub.calls.read_text().splitlines() == [
        "k3s ctr images list -q",
        f"k3s ctr images import {tmp_path}/one.tar",
    ]


def test_kind_gets_what_any_of_its_nodes_lacks(stub, lines, tmp_path):
    stub("kind", 'case "$*" in "get nodes"*) echo node-a; echo node-b;; esac')
    path = stub(
        "docker", 'echo localhost/storewright/two:2; case "$*" in *node-a*) echo localhost/storewright/one:1;; esac'
    )
    assert load(lines, {"CLUSTER": "kind", "KIND_CLUSTER_NAME": "shop"}, path).returncode == 0
    loads = [call for call in stub.calls.read_text().splitlines() if "load" in call]
    assert loads == [f"kind load image-archive {tmp_path}/one.tar --name shop"]


@pytest.mark.parametrize(
    ("env", "stdin", "message"),
    [
        (
            {"CLUSTER": "builtin", "STOREWRIGHT_CONTAINERD": "/nonexistent/sock"},
            "",
            "no containerd answers at /nonexistent/sock",
        ),
        ({"CLUSTER": "existing"}, "", "take images from a registry"),
        ({"CLUSTER": "swarm"}, "", "CLUSTER=swarm"),
        ({"CLUSTER": "k3s"}, "", "no images on stdin"),
        ({"CLUSTER": "k3s"}, "one\t-\tno plugin\n", "no images on stdin"),
        ({"CLUSTER": "k3s"}, "one\tref\t/nonexistent.tar\n", "the archive of one, /nonexistent.tar, is not there"),
    ],
)
def test_what_cannot_be_loaded_is_said(stub, env, stdin, message):
    result = load(stdin, env, stub("k3s", ":"))
    assert result.returncode == 1
    assert message in result.stderr


def test_a_failed_load_says_why(stub, lines):
    path = stub("k3s", 'case "$*" in *import*) echo disk full >&2; exit 1;; esac')
    result = load(lines, {"CLUSTER": "k3s"}, path)
    assert result.returncode == 1
    assert "loading one into the k3s cluster failed: disk full" in result.stderr

"""Which cluster is used, and what is asked of kind and k3s: stand-ins record it, as neither can be had where these tests run."""

import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def machine(tmp_path):
    """A machine with the named programs, each of which writes down how it was called and says what it is told to."""
    calls = tmp_path / "calls"
    programs = tmp_path / "bin"
    programs.mkdir()

    def install(name, answer=""):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >>"{calls}"\n{answer}\n')
        program.chmod(0o755)

    def run(script, stdin="", **environment):
        environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(tmp_path), "STOREWRIGHT_STATE": str(tmp_path / "state"), **environment}
        done = subprocess.run(["bash", "-c", script], cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, timeout=60)
        return done, calls.read_text().splitlines() if calls.exists() else []

    return install, run


CHOICE = "source scripts/lib.sh; cluster_kind"


@pytest.mark.parametrize("programs, chosen", [
    ([], "builtin"), (["k3s"], "k3s"), (["kind", "docker"], "kind"), (["kind"], "builtin"), (["docker"], "builtin"),
    (["k3s", "kind", "docker"], "k3s"),
])
def test_what_is_there_is_used(machine, programs, chosen):
    install, run = machine
    for name in programs:
        install(name)
    if "docker" not in programs and os.path.exists("/usr/bin/docker"):
        install("docker", "exit 1")
    done, _ = run(CHOICE)
    assert done.stdout.strip() == chosen


def test_an_unknown_kind_is_refused(machine):
    _, run = machine
    done, _ = run(CHOICE, CLUSTER="minikube")
    assert done.returncode != 0
    assert "minikube" in done.stderr and "builtin" in done.stderr


def test_kind_makes_its_cluster_once_and_loads_into_it(machine, tmp_path):
    install, run = machine
    archive = tmp_path / "a.tar"
    archive.write_text("")
    install("docker")
    install("kind", 'case "$1 $2" in "get nodes") echo node-1 ;; esac')
    done, calls = run("scripts/load-images.sh", stdin=f"a\tlocalhost/storewright/a:1\t{archive}\n", CLUSTER="kind")
    assert done.returncode == 0, done.stderr
    assert f"kind load image-archive {archive} --name storewright" in calls


def test_an_image_that_is_there_is_not_loaded_again(machine, tmp_path):
    install, run = machine
    archive = tmp_path / "a.tar"
    archive.write_text("")
    install("k3s", 'echo localhost/storewright/a:1')
    done, calls = run("scripts/load-images.sh", stdin=f"a\tlocalhost/storewright/a:1\t{archive}\n", CLUSTER="k3s")
    assert done.returncode == 0, done.stderr
    assert not [call for call in calls if "import" in call]


def test_k3s_imports_what_is_missing(machine, tmp_path):
    install, run = machine
    archive = tmp_path / "a.tar"
    archive.write_text("")
    install("k3s")
    done, calls = run("scripts/load-images.sh", stdin=f"a\tlocalhost/storewright/a:1\t{archive}\n", CLUSTER="k3s")
    assert done.returncode == 0, done.stderr
    assert f"k3s ctr images import {archive}" in calls

"""Which cluster is used, and what is asked of kind and k3s: stand-ins record it, as neither can be had where these tests run."""

import os

import pytest
from machine import machine  # a fixture

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

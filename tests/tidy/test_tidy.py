"""Rules of the source tree that no compiler holds."""

import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"


def tracked(*patterns):
    """Files git tracks or would: what a commit may hold."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def modules():
    """Module -> what it may include, from the storewright_module lines of src/CMakeLists.txt, followed through."""
    direct = {}
    for name, rest in re.findall(r"storewright_module\((\w+)([^)]*)\)", (SOURCE / "CMakeLists.txt").read_text()):
        depends = re.search(r"DEPENDS((?: [a-z]+)*)", rest)
        direct[name] = depends.group(1).split() if depends else []

    def reachable(name):
        return {name}.union(*(reachable(other) for other in direct[name]))

    return {name: reachable(name) for name in direct}


def includes(path):
    return re.findall(r'^#include ["<]([^">]+)[">]', path.read_text(), re.MULTILINE)


def test_modules_include_only_what_they_depend_on():
    allowed = modules()
    wrong = []
    for path in tracked("src/*.cpp", "src/*.hpp"):
        module = path.relative_to(SOURCE).parts[0]
        for header in includes(path):
            other = header.split("/")[0]
            if module in allowed and other in allowed and other not in allowed[module]:
                wrong.append(f"{path.relative_to(ROOT)} includes {header}")
    assert wrong == []


@pytest.mark.parametrize("forbidden", ["<boost/json", "<random>", '"base/random.hpp"', '"http/', '"kube/', "system_clock", "steady_clock", "getenv", "<iostream>", "<thread>"])
def test_deciding_is_pure(forbidden):
    """src/reconcile knows nothing but what it was given."""
    assert [str(p.relative_to(ROOT)) for p in tracked("src/reconcile/*") if forbidden in p.read_text() and not p.name.endswith("_test.cpp")] == []


def test_every_header_has_pragma_once():
    assert [str(p.relative_to(ROOT)) for p in tracked("src/*.hpp") if "#pragma once" not in p.read_text()] == []


def test_no_object_carries_the_path_of_its_checkout():
    """Compilations are shared between checkouts (scripts/build.sh): an object that names its own would send a test to another's files."""
    assert [str(p.relative_to(ROOT)) for p in tracked("src/*.cpp", "src/*.hpp", "tests/*.cpp", "bench/*.cpp") if "__FILE__" in p.read_text()] == []


def test_no_path_of_one_machine_and_no_registry_host():
    machine = re.compile(rb"(^|[^A-Za-z0-9_.$])/(work|farm)/|/root/\.(cache|pyenv)")
    registry = re.compile(rb"https?://[^/ ]*(npmjs|pypi|pythonhosted|proxy\.golang|crates\.io|maven|debian\.org)")
    found = []
    for path in tracked("."):
        if path.suffix in (".png", ".ico", ".woff2", ".jpg") or path == pathlib.Path(__file__):
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if machine.search(line) or registry.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert found == []


def test_no_file_grows_without_end():
    """500 lines are several things in one file; data and lock files aside."""
    code = tracked("*.cpp", "*.hpp", "*.go", "*.ts", "*.tsx", "*.py", "*.sh")
    assert [f"{p.relative_to(ROOT)}: {n}" for p in code if (n := len(p.read_text().splitlines())) > 500] == []


def test_only_the_dependency_script_installs_packages():
    """images/ installs inside images; anything else on the host goes through scripts/install-deps.sh."""
    allowed = {"scripts/install-deps.sh", "tests/tidy/test_tidy.py"}
    found = [str(p.relative_to(ROOT)) for p in tracked("*.sh", "*.py", "Makefile", ".ci/run") if re.search(r"apt(-get)?( -\S+)* install", p.read_text())]
    assert [name for name in found if name not in allowed and not name.startswith(("images/", "tests/images/"))] == []


def test_the_steps_in_the_architecture_are_those_of_the_code():
    described = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "ARCHITECTURE.md").read_text().split("## How a store comes to be")[1], re.MULTILINE)
    coded = [name for part in ("provision", "teardown") for name in re.findall(r'Step\{"([a-z-]+)"', (SOURCE / f"reconcile/{part}.cpp").read_text())]
    assert described == coded

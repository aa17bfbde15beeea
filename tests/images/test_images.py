"""What holds for every image, and the images that are too small for a file of their own."""

import json
import os
import signal
import stat
import subprocess

import pytest
from container import wait_until

from harness.processes import status_of

USERS = {
    "pause": 65535,
    "medusa": 10001,
    "storefront": 10002,
    "storewright": 10003,
    "static": 10004,
    "wordpress": 10011,
    "wordpress-database": 10022,
    "mariadb": 10022,
    "postgres": 10020,
    "medusa-database": 10020,
    "valkey": 10021,
}


@pytest.mark.parametrize("name", USERS)
def test_identity(image, name):
    config = image(name).config
    assert image(name).user == {"uid": USERS[name], "gid": USERS[name]}
    assert config["Labels"]["org.opencontainers.image.title"] == f"storewright-{name}"
    assert config["Labels"]["org.opencontainers.image.version"]
    assert config["created"].startswith("1970-01-01"), "the same inputs must give the same image"


@pytest.mark.parametrize("name", USERS)
def test_holds_nothing_of_the_machine_that_built_it(image, name):
    root = image(name).root
    assert not list(root.glob("etc/apt/sources.list*/*")) and not (root / "etc/apt/sources.list").exists()
    assert not list(root.glob("var/lib/apt/lists/*_*")), "package lists are in the image"
    assert not (root / "root/.npmrc").exists()
    keys = subprocess.run(["grep", "-rlI", "PRIVATE KEY-----", root / "etc"], text=True, capture_output=True).stdout
    assert keys == "", "a key that every container of the image would share"
    resolver = root / "etc/resolv.conf"
    assert not resolver.exists() or resolver.read_text() == ""


@pytest.mark.parametrize("name", ["postgres", "mariadb", "valkey", "storewright"])
def test_programs_find_their_libraries(image, name):
    root = image(name).root
    entry = {"postgres": "usr/lib/postgresql/17/bin", "mariadb": "usr/bin", "valkey": "usr/bin", "storewright": "usr/bin"}[name]
    checked = 0
    for program in (root / entry).iterdir():
        if program.is_symlink() or not program.is_file() or program.read_bytes()[:4] != b"\x7fELF":
            continue
        listed = subprocess.run(["chroot", root, "ldd", f"/{entry}/{program.name}"], text=True, capture_output=True)
        assert "not found" not in listed.stdout, f"{program.name}: {listed.stdout}"
        checked += 1
    assert checked > 0


@pytest.mark.parametrize("name", USERS)
def test_no_file_is_writable_by_its_user_outside_volumes(image, name):
    root, uid = image(name).root, USERS[name]
    volumes = ("var/lib/mysql", "var/lib/postgresql/data", "run/postgresql", "data")
    for folder, _, files in os.walk(root):
        for file in files:
            path = os.path.join(folder, file)
            relative = os.path.relpath(path, root)
            details = os.lstat(path)
            if stat.S_ISREG(details.st_mode) and not relative.startswith(volumes):
                assert details.st_uid != uid and not details.st_mode & stat.S_IWOTH, (
                    f"{relative} can be written by uid {uid}"
                )


def listens_for_its_end(container, program):
    """Whether the container's first process is the program, and no more one that SIGTERM would pass unnoticed."""
    state = container.runc("state", container.id).stdout
    pid = json.loads(state)["pid"] if state else 0
    if not pid:
        return False
    status = status_of(pid)
    handled = int(status["SigCgt"], 16) | int(status["SigBlk"], 16)
    return status["Name"].strip() == program and bool(handled >> (signal.SIGTERM - 1) & 1)


def test_pause_waits_and_stops_at_once(start):
    pause = start("pause")
    wait_until(lambda: listens_for_its_end(pause, "pause"), 5, "pause runs")
    pause.stop(2)


def test_static_serves_the_mounted_page(start, folder):
    pages = folder("pages")
    (pages / "index.html").write_text("<h1>Shoes</h1>")
    page = start("static", mounts={"/srv/www": (pages, "ro")})
    fetch = ("/bin/wget", "-q", "-O", "-", "http://127.0.0.1:8080/")
    wait_until(lambda: page.exec(*fetch).stdout == "<h1>Shoes</h1>", 5, "the page is served")
    page.stop(2)


@pytest.mark.parametrize(("token", "code"), [("tk_1", 0), ("", 1)])
def test_static_has_a_shell_for_jobs(start, secret, token, code):
    job = start(
        "static", command=["/bin/sh", "-c", "test -s /secrets/token"], mounts={"/secrets": (secret(token=token), "ro")}
    )
    assert job.wait() == code


def test_storewright_has_its_charts_and_starts(start, image):
    charts = image("storewright").root / "usr/share/storewright/charts"
    assert (charts / "guardrails/Chart.yaml").exists()
    assert not (charts / "storewright").exists()
    program = start("storewright", arguments=["--help"])
    assert program.wait() == 0, program.output()
    assert "store" in program.output()

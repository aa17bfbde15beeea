import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from container import Container, Image, run
from shop import BAKED, Shop

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def tools():
    assert os.geteuid() == 0, "these tests run containers: run them as root"
    absent = [tool for tool in ("buildah", "runc", "unshare", "ip") if not shutil.which(tool)]
    assert not absent, f"missing {absent}: run scripts/install-deps.sh images cluster"


@pytest.fixture(scope="session")
def image(tmp_path_factory):
    """A function that builds the named image, if need be, and unpacks its archive."""
    scratch = tmp_path_factory.mktemp("buildah")
    buildah = ["buildah", "--root", str(scratch / "storage"), "--runroot", str(scratch / "run")]
    unpacked = {}

    def unpack(name):
        if name not in unpacked:
            built = subprocess.run(
                [ROOT / "scripts/build-images.sh", name], text=True, stdout=subprocess.PIPE, check=True
            )
            _, reference, archive = built.stdout.strip().split("\t")
            if reference == "-":
                pytest.skip(f"the image {name} is unavailable: {archive}")
            run(*buildah, "pull", f"docker-archive:{archive}")
            container = run(*buildah, "from", "--pull-never", reference).strip()
            root = Path(run(*buildah, "mount", container).strip())
            details = json.loads(run(*buildah, "inspect", "--type", "image", reference))["OCIv1"]
            unpacked[name] = Image(name, reference, root, {**details["config"], "created": details["created"]})
        return unpacked[name]

    yield unpack
    if unpacked:
        run(*buildah, "umount", "--all")
        run(*buildah, "rm", "--all")
        run(*buildah, "rmi", "--all", "--force")


@pytest.fixture
def start(image, tmp_path):
    """A function that starts a container, removed after the test."""
    started = []

    def begin(name, **options):
        container = Container(image(name), tmp_path / "containers", **options).start()
        started.append(container)
        return container

    yield begin
    for container in started:
        container.remove()


@pytest.fixture
def folder(tmp_path):
    """A function that makes a folder as Kubernetes does for a volume: any user may write."""

    def make(name):
        path = tmp_path / name
        path.mkdir()
        path.chmod(0o777)
        return path

    return make


@pytest.fixture
def secret(tmp_path):
    """A function that writes a file as a mounted Secret; returns its folder."""

    def write(**files):
        path = tmp_path / "secret"
        path.mkdir(exist_ok=True)
        for name, value in files.items():
            (path / name).write_text(value)
        return path

    return write


@pytest.fixture
def baked(start, folder):
    """A function that gives a store whose database starts as a copy of the baked data."""

    def make(letter="a"):
        shop = Shop(start, folder, letter, "wordpress-database")
        shop.start_database({"BAKED_VERSION": BAKED})
        return shop

    return make

"""Where the WooCommerce plugin comes from, what is refused, and what is left out without it."""

import hashlib
import json
import os
import pathlib
import stat
import subprocess
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = (ROOT / "images/wordpress/woocommerce-version").read_text().strip()
MAIN = "<?php\n/**\n * Plugin Name: WooCommerce\n * Version: %s\n */\n"
UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture
def lay_out(tmp_path):
    """A function that runs the script with a cache of its own; gives what it did and where the plugin would be."""

    def run(publisher=UNREACHABLE, **environment):
        target = tmp_path / "plugin"
        settings = {"STOREWRIGHT_CACHE": str(tmp_path / "cache"), "WOOCOMMERCE_PUBLISHER": publisher, **environment}
        inherited = {name: value for name, value in os.environ.items() if name != "WOOCOMMERCE_ZIP"}
        done = subprocess.run(
            [ROOT / "scripts/woocommerce.sh", target], env={**inherited, **settings}, capture_output=True, text=True, timeout=60
        )
        return done, target

    return run


def files(version=VERSION):
    return {"woocommerce.php": MAIN % version, "includes/class.php": "<?php\n" * 500}


def make_zip(path, content, folder="woocommerce/"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items():
            archive.writestr(folder + name, text)
    return path


def test_a_zip_and_a_folder_are_laid_out_alike(lay_out, tmp_path):
    for number, given in enumerate((make_zip(tmp_path / "a.zip", files()), make_zip(tmp_path / "b.zip", files(), folder=""))):
        done, target = lay_out(WOOCOMMERCE_ZIP=str(given))
        assert done.returncode == 0, done.stderr
        assert (target / "includes/class.php").read_text() == files()["includes/class.php"], number
    folder = tmp_path / "folder"
    target.rename(folder)
    done, target = lay_out(WOOCOMMERCE_ZIP=str(folder))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in target.iterdir()) == ["includes", "woocommerce.php"]


def test_a_zip_that_was_given_is_there_without_being_given_again(lay_out, tmp_path):
    """Shops that run with it need it whenever the platform is set up anew."""
    assert lay_out(WOOCOMMERCE_ZIP=str(make_zip(tmp_path / "a.zip", files())))[0].returncode == 0
    (tmp_path / "a.zip").unlink()
    done, target = lay_out()
    assert done.returncode == 0 and (target / "woocommerce.php").is_file(), done.stdout + done.stderr
    assert [path.name for path in (tmp_path / "cache/downloads").iterdir()] == [f"woocommerce-{VERSION}.zip"]


def not_a_zip(path):
    path.write_text("<html>Not found</html>")


def truncated(path):
    make_zip(path, files())
    path.write_bytes(path.read_bytes()[:-60])


def damaged(path):
    make_zip(path, files())
    content = bytearray(path.read_bytes())
    at = content.index(b"woocommerce/includes/class.php") + len("woocommerce/includes/class.php") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)


def without_main(path):
    make_zip(path, {"readme.txt": "hello", "includes/a.php": ""})


def older(path):
    make_zip(path, files("9.8.0"))


def escaping(path):
    make_zip(path, files() | {"../../escaped.php": "out"})


def absolute(path):
    make_zip(path, files())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("/tmp/escaped.php", "out")


def linked(path):
    make_zip(path, files())
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("woocommerce/link.php")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")


def linked_folder(path):
    path.mkdir()
    (path / "woocommerce.php").write_text(MAIN % VERSION)
    (path / "link.php").symlink_to("/etc/passwd")


@pytest.mark.parametrize(("make", "message"), [
    (not_a_zip, "is no zip"), (truncated, "is a truncated zip"), (damaged, "is a damaged zip"), (without_main, "holds no woocommerce.php"),
    (older, f"is version 9.8.0, and the images are made for {VERSION}"), (escaping, "holds a path that leaves the plugin's folder"),
    (absolute, "holds a path that leaves the plugin's folder"), (linked, "holds a symbolic link, woocommerce/link.php"),
    (linked_folder, "holds a symbolic link, link.php"), (lambda path: None, "is not there"),
])
def test_what_is_not_the_plugin_is_refused_by_name(lay_out, tmp_path, make, message):
    given = tmp_path / "given.zip"
    make(given)
    done, target = lay_out(WOOCOMMERCE_ZIP=str(given))
    assert done.returncode == 1
    assert str(given) in done.stderr and message in done.stderr and "use the zip of version" in done.stderr
    assert not target.exists() and not list(tmp_path.rglob("escaped.php"))


def test_without_any_it_says_why_and_what_to_do(lay_out, tmp_path):
    done, target = lay_out()
    assert done.returncode == 3
    assert "cannot be reached" in done.stdout
    assert f"woocommerce-{VERSION}.zip into {tmp_path}/cache/downloads" in done.stdout and "WOOCOMMERCE_ZIP" in done.stdout
    assert not target.exists() and not list((tmp_path / "cache/downloads").iterdir())


def test_the_cache_is_used_and_a_given_one_goes_before(lay_out, tmp_path):
    downloads = tmp_path / "cache/downloads"
    downloads.mkdir(parents=True)
    make_zip(downloads / f"woocommerce-{VERSION}.zip", files())
    done, target = lay_out()
    assert done.returncode == 0 and target.is_dir(), done.stderr
    older(tmp_path / "given.zip")
    assert lay_out(WOOCOMMERCE_ZIP=str(tmp_path / "given.zip"))[0].returncode == 1


@pytest.fixture
def publisher(tmp_path):
    """A folder in place of WordPress.org, by a file address: the zip, and the checksums of these files."""

    def publish(content, checksums):
        folder = tmp_path / "published"
        (folder / "plugin").mkdir(parents=True)
        (folder / "plugin-checksums/woocommerce").mkdir(parents=True)
        make_zip(folder / f"plugin/woocommerce.{VERSION}.zip", content)
        sums = {name: {"sha256": hashlib.sha256(text.encode()).hexdigest()} for name, text in checksums.items()}
        (folder / f"plugin-checksums/woocommerce/{VERSION}.json").write_text(json.dumps({"files": sums}))
        return folder.as_uri()

    return publish


def test_a_download_is_checked_and_kept(lay_out, publisher, tmp_path):
    done, target = lay_out(publisher=publisher(files(), files()))
    assert done.returncode == 0, done.stderr
    assert (target / "woocommerce.php").is_file()
    assert [path.name for path in (tmp_path / "cache/downloads").iterdir()] == [f"woocommerce-{VERSION}.zip"]


@pytest.mark.parametrize(("content", "message"), [
    (files() | {"includes/class.php": "<?php evil();"}, "includes/class.php has another checksum"),
    (files() | {"evil.php": "<?php"}, "evil.php is surplus"),
    ({"woocommerce.php": MAIN % VERSION}, "includes/class.php is missing"),
])
def test_a_download_that_differs_from_what_was_published_is_refused(lay_out, publisher, tmp_path, content, message):
    done, target = lay_out(publisher=publisher(content, files()))
    assert done.returncode == 1 and message in done.stderr
    assert not target.exists() and not list((tmp_path / "cache/downloads").iterdir())


PLATFORM_VALUES = "source scripts/lib.sh; source scripts/platform.sh; cluster_kind() { echo existing; }; platform_values \"$1\""


def test_an_engine_without_its_images_is_told_as_unavailable(tmp_path):
    engine = tmp_path / "engine"
    engine.mkdir()
    (engine / "engine.yaml").write_text("engine: shop\nimages: [server, wordpress-database]\n")
    images = tmp_path / "images"
    images.write_text("storewright\tlocal/storewright:1\t/a.tar\nserver\tlocal/server:1\t/b.tar\nwordpress-database\t-\tthere is no plugin: get one\n")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", PLATFORM_VALUES, "values", str(images)], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "STOREWRIGHT_EXTRA_ENGINES": str(engine)},
    )
    assert done.returncode == 0, done.stderr
    shop = json.loads(done.stdout)["engines"]["shop"]
    assert shop == {"images": {"server": "local/server:1"}, "unavailable": "there is no plugin: get one"}

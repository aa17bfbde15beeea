#!/usr/bin/env python3
"""Checks a copy of the WooCommerce plugin, a zip or a folder, and lays it out as a folder.

Usage: woocommerce_plugin.py SOURCE VERSION DIR [--checksums FILE]
DIR must not be there. Nothing is written before the whole of SOURCE has been checked.
FILE: checksums as WordPress.org publishes them; the plugin must then be those files, and no others.
Exits with 1 and a line that says what is wrong with SOURCE.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import stat
import sys
import zipfile
import zlib
from pathlib import Path, PurePosixPath

MAIN = "woocommerce.php"
# The plugin has 5000 files and 80 MB: what is far beyond is not it.
MOST_FILES, MOST_BYTES = 40_000, 600_000_000


class Refused(Exception):
    pass


class Zip:
    """The files of a zip below its one folder (or at its top), by their path in the plugin."""

    def __init__(self, path):
        try:
            self._zip = zipfile.ZipFile(path)
        except zipfile.BadZipFile as error:
            with path.open("rb") as start:
                truncated = start.read(4) == b"PK\x03\x04"
            raise Refused("is a truncated zip: its directory is missing" if truncated else "is no zip") from error
        entries = self._zip.infolist()
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise Refused("is far larger than the plugin")
        for entry in entries:
            refuse_path(entry.filename)
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise Refused(f"holds a symbolic link, {entry.filename}")
        files = [entry for entry in entries if not entry.is_dir()]
        top = {entry.filename.split("/")[0] for entry in files}
        inside = f"{top.pop()}/" if len(top) == 1 and all("/" in entry.filename for entry in files) else ""
        self._entries = {entry.filename.removeprefix(inside): entry for entry in files}
        if len(self._entries) != len(files):
            raise Refused("holds two files of the same name")

    def names(self):
        return self._entries.keys()

    def read(self, name):
        try:
            return self._zip.read(self._entries[name])
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise Refused(f"is a damaged zip: {name} cannot be unpacked ({error})") from error


class Folder:
    """The files of a folder, by their path in the plugin."""

    def __init__(self, path):
        self._path = path
        self._names = []
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                found = Path(folder) / name
                mode = found.lstat().st_mode
                if stat.S_ISLNK(mode):
                    raise Refused(f"holds a symbolic link, {found.relative_to(path)}")
                if stat.S_ISREG(mode):
                    self._names.append(found.relative_to(path).as_posix())

    def names(self):
        return self._names

    def read(self, name):
        return (self._path / name).read_bytes()


def refuse_path(name):
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or re.match("[A-Za-z]:", name):
        raise Refused(f"holds a path that leaves the plugin's folder, {name!r}")


def check_version(plugin, version):
    if MAIN not in plugin.names():
        raise Refused(f"is not the plugin: it holds no {MAIN}")
    header = plugin.read(MAIN)[:8192].decode("utf-8", "replace")
    found = re.search(r"^[ \t/*#@]*Version:[ \t]*(\S+)", header, re.MULTILINE)
    if not found:
        raise Refused(f"is not the plugin: its {MAIN} names no version")
    if found[1] != version:
        raise Refused(f"is version {found[1]}, and the images are made for {version}")


def check_sums(plugin, sums):
    published = json.loads(sums.read_text())["files"]
    surplus = sorted(set(plugin.names()) - published.keys())
    absent = sorted(published.keys() - set(plugin.names()))
    if surplus or absent:
        raise Refused(f"differs from the published files, e.g. {(surplus or absent)[0]} is {'surplus' if surplus else 'missing'}")
    for name, expected in published.items():
        accepted = expected["sha256"]
        accepted = accepted if isinstance(accepted, list) else [accepted]
        if hashlib.sha256(plugin.read(name)).hexdigest() not in accepted:
            raise Refused(f"differs from the published files: {name} has another checksum")


def write(plugin, target):
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    for name in plugin.names():
        file = part / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(plugin.read(name))
        file.chmod(0o644)
    part.rename(target)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("source", type=Path)
    arguments.add_argument("version")
    arguments.add_argument("target", type=Path)
    arguments.add_argument("--checksums", type=Path)
    given = arguments.parse_args()
    try:
        if not given.source.exists():
            raise Refused("is not there")
        plugin = Folder(given.source) if given.source.is_dir() else Zip(given.source)
        check_version(plugin, given.version)
        for name in plugin.names():
            plugin.read(name)
        if given.checksums:
            check_sums(plugin, given.checksums)
        write(plugin, given.target)
    except Refused as refused:
        print(f"{given.source} {refused}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{given.source} cannot be read or laid out: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

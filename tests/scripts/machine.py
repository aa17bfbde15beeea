"""A machine with stand-ins for programs."""

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

"""What test folders share: a private control plane with the platform installed, for each module that asks for it."""

import pathlib
import tempfile

import pytest

from harness.control_plane import ROOT, ControlPlane
from harness.installation import Installation
from harness.proxy import Proxy


@pytest.fixture(scope="module")
def installation():
    """The platform with every engine chart that there is to try. Ends with its module, so that it slows no other down."""
    charts = [ROOT / "tests/engines/static", *sorted(chart.parent for chart in (ROOT / "charts").glob("*/engine.yaml"))]
    with tempfile.TemporaryDirectory(prefix="storewright-test-") as directory, ControlPlane(pathlib.Path(directory) / "state") as plane:
        yield Installation(plane, {chart.name: chart for chart in charts})


@pytest.fixture(scope="module")
def controller(installation):
    """A controller that every shop answers."""
    plane = installation.plane
    proxy = Proxy(plane.port, plane.certificates.certificate("ca"), installation.token(), kill=None)
    process = installation.start_controller(proxy.origin)
    yield process
    process.stop()
    proxy.close()

"""The cluster's API through `kubectl proxy`: every kind of kubeconfig works, and what is timed starts no process."""

import contextlib
import pathlib
import re
import tempfile
import time

from harness.kube import Kube
from harness.processes import Process

from .cluster import DEADLINE, wait_until_quiet

START_SECONDS = 30


@contextlib.contextmanager
def api_server():
    """A client, for as long as the proxy runs. AssertionError with what the proxy said when it does not start."""
    with tempfile.TemporaryDirectory(prefix="storewright-bench-") as directory:
        # Without the second option it leaves out the path that the kubeconfig's server may have.
        proxy = Process("kubectl proxy", ["kubectl", "proxy", "--port=0", "--append-server-path"], pathlib.Path(directory) / "log")
        try:
            yield Kube(proxy.wait_until(lambda: _port(proxy.log.read_text()), START_SECONDS))
        finally:
            proxy.stop()


def _port(log):
    said = re.search(r"^Starting to serve on 127\.0\.0\.1:(\d+)\n", log, re.MULTILINE)
    return said and int(said[1])


def clocked(watch, ask, name, condition):
    """(when it was asked for, when the watch showed that the object of that name meets the condition, the object then), on a machine that
    was quiet before.

    The watch was opened before, and `ask` is one HTTP request: the clock begins before it is sent, and ends when the event has arrived in
    this process. No process is started in between."""
    wait_until_quiet()
    began = time.monotonic()
    ask()
    return began, *watch.until(name, condition, "Ready", DEADLINE)

"""Child processes that never outlive the test run, and ports for them."""

import random
import signal
import socket
import subprocess

from .waiting import wait_for

# Below the range from which the kernel takes ports for outgoing connections, so that none is gone between choosing and listening.
_PORTS = range(20000, 32000)


def free_port():
    for port in random.sample(_PORTS, 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port on 127.0.0.1")


def status_of(pid):
    """The fields of /proc/PID/status, as they stand there (proc(5))."""
    with open(f"/proc/{pid}/status") as status:
        return dict(line.split(":", 1) for line in status)


class Process:
    """A program that runs until stop(), or until the test run ends however it ends."""

    def __init__(self, name, arguments, log, environment=None):
        self.name = name
        self.log = log
        with open(log, "ab") as output:
            # The kernel kills it when its parent is gone; setpriv makes that arrangement and becomes the program.
            self._child = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *map(str, arguments)], stdin=subprocess.DEVNULL,
                                           stdout=output, stderr=subprocess.STDOUT, env=environment)

    @property
    def pid(self):
        return self._child.pid

    def running(self):
        return self._child.poll() is None

    def wait_until(self, ready, seconds=60):
        """Waits for the condition; tells the end of the log when the process ends first or time runs out."""

        def look():
            if not self.running():
                raise AssertionError(f"{self.name} ended with {self._child.returncode}:\n{self.log_tail()}")
            return ready()

        return wait_for(look, lambda: f"{self.name} is not ready; its log ends with:\n{self.log_tail()}", seconds)

    def kill(self):
        """As abrupt as it gets; returns when it is gone."""
        self._child.kill()
        self._child.wait()

    def stop(self, seconds=20):
        """SIGTERM, and SIGKILL if that does not help in time."""
        if not self.running():
            return
        self._child.send_signal(signal.SIGTERM)
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def log_tail(self, lines=20):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

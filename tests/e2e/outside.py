"""A host outside the cluster, in a network namespace of this machine: it stands for the internet (a documentation address of RFC 5737) and
for a cloud's metadata service. Nothing that is sent to either address leaves the machine. It has these addresses alone and no networks: a
machine may use what is beside them, documentation or not."""

import contextlib
import secrets
import subprocess
import tempfile

INTERNET = "198.51.100.10"
METADATA = "169.254.169.254"
GATEWAY = "198.51.100.1"
PORT = 80


def ip(*arguments):
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True, timeout=30).stdout


class OutsideHost:
    def __init__(self, namespace):
        self.namespace = namespace

    def reaches(self, address, port):
        """Whether a TCP connection is made within 3 s."""
        attempt = ["timeout", "3", "bash", "-c", f"exec 3<>/dev/tcp/{address}/{port}"]
        return subprocess.run(["ip", "netns", "exec", self.namespace, *attempt], capture_output=True, timeout=30).returncode == 0


@contextlib.contextmanager
def outside_host():
    """Made, with a server at PORT of both addresses, and removed."""
    with tempfile.TemporaryDirectory(prefix="storewright-outside-") as empty:
        yield from _outside_host(empty)


def _outside_host(empty):
    name = f"swt{secrets.token_hex(3)}"
    here, there = f"{name}-a", f"{name}-b"
    ip("netns", "add", name)
    server = None
    try:
        ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
        ip("address", "add", GATEWAY, "peer", INTERNET, "dev", here)
        ip("link", "set", here, "up")
        for arguments in (["address", "add", INTERNET, "peer", GATEWAY, "dev", there], ["address", "add", f"{METADATA}/32", "dev", there],
                          ["link", "set", "lo", "up"], ["link", "set", there, "up"], ["route", "add", "default", "via", GATEWAY]):
            ip("-n", name, *arguments)
        ip("route", "add", f"{METADATA}/32", "dev", here)
        for address in (INTERNET, METADATA):
            assert f"dev {here}" in ip("route", "get", address), f"{address} would leave this machine"
        server = subprocess.Popen(["ip", "netns", "exec", name, "python3", "-m", "http.server", str(PORT)],
                                  cwd=empty, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield OutsideHost(name)
    finally:
        if server:
            server.kill()
            server.wait(timeout=10)
        # The links and routes go with it.
        ip("netns", "delete", name)

"""The cluster's API over the standard library, so that what is timed starts no process: by the kubeconfig's server and client certificate."""

import base64
import contextlib
import http.client
import json
import queue
import socket
import ssl
import tempfile
import threading
import time
import urllib.parse

from .cluster import DEADLINE, kubectl, wait_until_quiet

REQUEST_SECONDS = 30
WATCH_SECONDS = 2 * DEADLINE + REQUEST_SECONDS  # until the machine is quiet, and until what is watched for has come


class ApiServer:
    def __init__(self):
        config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        if not {"client-certificate-data", "client-key-data"} <= user.keys():
            raise RuntimeError("the kubeconfig holds no client certificate, by which this benchmark talks to the API server")
        self._address = urllib.parse.urlsplit(cluster["server"])
        self._tls = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        with tempfile.NamedTemporaryFile(prefix="storewright-bench-") as both:  # ssl takes it from a file only
            both.write(b"\n".join(base64.b64decode(user[f"client-{part}-data"]) for part in ("certificate", "key")))
            both.flush()
            self._tls.load_cert_chain(both.name)

    def connect(self):
        return http.client.HTTPSConnection(self._address.hostname, self._address.port or 443, context=self._tls, timeout=REQUEST_SECONDS)

    def create(self, path, body):
        """Returns when the object is accepted. RuntimeError when it is refused."""
        with contextlib.closing(self.connect()) as connection:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"POST {path}: {answer.status} {content.decode(errors='replace')}")

    def watch(self, path):
        return Watch(self.connect(), path)


class Watch(contextlib.AbstractContextManager):
    """One collection: what is there, and every change from now on, with the moment (time.monotonic()) at which it arrived here."""

    def __init__(self, connection, path):
        self._connection = connection
        connection.request("GET", f"{path}?watch=true&timeoutSeconds={WATCH_SECONDS}")
        self._answer = connection.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"watching {path}: {self._answer.status} {self._answer.read().decode(errors='replace')}")
        self._path, self._socket = path, connection.sock
        self._socket.settimeout(None)  # nothing may happen for long; until() has a deadline
        self._events = queue.SimpleQueue()  # (when, object); None at its end
        self._thread = threading.Thread(target=self._read, name="watch", daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._connection.close()

    def until(self, condition, what, seconds=DEADLINE):
        """(when, object) of the first that meets the condition. RuntimeError naming `what` when none comes in time."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                at, changed = self._next(max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise RuntimeError(f"{what}: not within {seconds} s") from None
            if condition(changed):
                return at, changed

    def arrived(self):
        """[(when, object)] of everything that has arrived and was not waited for."""
        events = []
        with contextlib.suppress(queue.Empty):
            while True:
                events.append(self._next(0))
        return events

    def _next(self, seconds):
        event = self._events.get(timeout=seconds)
        if event is None:
            raise RuntimeError(f"watching {self._path}: the API server ended it")
        return event

    def _read(self):
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):  # it is closed, here or there
            for line in self._answer:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    break
                self._events.put((time.monotonic(), event["object"]))
        self._events.put(None)


def clocked(watch, ask, condition, what):
    """(when it was asked for, when the watch showed that the condition is met, the object then), on a machine that was quiet before.

    The watch was opened before, and `ask` is one HTTP request: the clock begins before its connection is opened, and ends when the event
    has arrived in this process. No process is started in between."""
    wait_until_quiet()
    began = time.monotonic()
    ask()
    return began, *watch.until(condition, what)

"""Objects as a watch shows them, with the moment at which something was first seen of each."""

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time


class Watch(contextlib.AbstractContextManager):
    """Watches one collection from now on, on a thread of its own. `facts` yields what is true of an object: "applied", "ready"."""

    def __init__(self, plane, path, facts):
        self._facts = facts
        self._changed = threading.Condition()
        self._first_seen, self._latest = {}, {}
        self._closing = False
        version = plane.client("admin").get(path, limit=1)["metadata"]["resourceVersion"]
        pki = plane.certificates
        tls = ssl.create_default_context(cafile=pki.certificate("ca"))
        tls.load_cert_chain(pki.certificate("admin"), pki.key("admin"))
        self._connection = http.client.HTTPSConnection("127.0.0.1", plane.port, context=tls)
        self._connection.request("GET", f"{path}?watch=true&timeoutSeconds=3600&resourceVersion={version}")
        self._answer = self._connection.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"watching {path}: {self._answer.status} {self._answer.read()}")
        self._socket = self._connection.sock
        self._thread = threading.Thread(target=self._read, name="watch", daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        self._closing = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._connection.close()

    def reached(self, name, fact, seconds):
        """When (time.monotonic()) that was first seen of the object; waits for it."""
        with self._changed:
            if not self._changed.wait_for(lambda: (name, fact) in self._first_seen, seconds):
                raise RuntimeError(f"{name} is not {fact} after {seconds} s, last seen: {self._latest.get(name, {}).get('status')}")
            return self._first_seen[name, fact]

    def latest(self, name):
        with self._changed:
            return self._latest[name]

    def _read(self):
        try:
            for line in self._answer:
                self._saw(json.loads(line)["object"], time.monotonic())
        except (OSError, ValueError, http.client.HTTPException):
            if not self._closing:
                raise

    def _saw(self, changed, now):
        name = changed["metadata"]["name"]
        with self._changed:
            self._latest[name] = changed
            for fact in self._facts(changed):
                self._first_seen.setdefault((name, fact), now)
            self._changed.notify_all()

"""Objects as a watch shows them, with the moment at which each change arrived."""

import contextlib
import http.client
import itertools
import json
import socket
import threading
import time


class Watch(contextlib.AbstractContextManager):
    """Reads the answer of one watch on a thread of its own; every change is kept until the end. Kube.watch() opens it."""

    def __init__(self, connection, path):
        self._connection, self._path = connection, path
        connection.request("GET", path)
        self._answer = connection.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"watching {path}: {self._answer.status} {self._answer.read().decode(errors='replace')}")
        self._socket = connection.sock
        self._socket.settimeout(None)  # nothing may happen for long; until() has a deadline
        self._changed = threading.Condition()
        self._events, self._ended = [], False
        self._thread = threading.Thread(target=self._read, name="watch", daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._connection.close()

    def until(self, name, condition, what, seconds):
        """(when, object) of the first change after which the object of that name meets the condition; waits for it.

        RuntimeError naming `what` when it does not come in time or the watch has ended."""
        deadline = time.monotonic() + seconds
        last = {}
        for number in itertools.count():
            with self._changed:
                self._changed.wait_for(lambda: len(self._events) > number or self._ended, deadline - time.monotonic())
                if len(self._events) == number:
                    why = f"the API server ended the watch of {self._path}" if self._ended else f"not within {seconds} s"
                    raise RuntimeError(f"{name} is not {what}: {why}; last seen: {last.get('status')}")
                at, changed = self._events[number]
            if changed["metadata"]["name"] == name:
                last = changed
                if condition(changed):
                    return at, changed

    def arrived(self):
        """[(when, object)] of every change so far; `when` is of time.monotonic()."""
        with self._changed:
            return self._events.copy()

    def _read(self):
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):  # it is closed, here or there
            for line in self._answer:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    break
                self._note((time.monotonic(), event["object"]))
        self._note()

    def _note(self, *events):
        """No event stands for the end."""
        with self._changed:
            self._events += events
            self._ended = not events
            self._changed.notify_all()

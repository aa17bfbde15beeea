"""The API server's own record of who asked for what."""

import collections
import dataclasses
import datetime
import json
import os
import time

# Answers after which the same is asked again: a right not yet noticed, a quota's record that others were writing.
PASSING = (403, 409)
WRITES = ("create", "update", "patch", "delete", "deletecollection")
_UNCOUNTED = ("events", "leases")  # docs/performance.md, row 3
_WRITE_MARKS = tuple(f'"verb":"{verb}"' for verb in WRITES)


@dataclasses.dataclass(frozen=True)
class Request:
    """One request that counts."""

    user: str
    agent: str
    verb: str
    resource: str  # with the subresource: stores/status
    namespace: str
    name: str
    code: int
    received: float  # seconds since the epoch, by the API server's clock
    answered: float

    @property
    def text(self):
        return f"{self.verb} {self.resource}"


class AuditLog:
    """Reads what was appended since the last read. Only the requests of `users` are kept; all others are a measure of unrest."""

    def __init__(self, path, users):
        self._path = path
        self._marks = tuple(f'"username":"{user}"' for user in users)
        self._file = open(path)
        self._rest = ""

    def close(self):
        self._file.close()

    def read(self):
        """(requests of the users, number of writes by anybody) since the last call."""
        requests, writes = [], 0
        for line in self._lines():
            if '"stage":"ResponseComplete"' not in line or '"resource":"leases"' in line:
                continue
            writes += any(mark in line for mark in _WRITE_MARKS)
            if any(mark in line for mark in self._marks):
                request = _request(json.loads(line))
                if request:
                    requests.append(request)
        return requests, writes

    def settle(self, quiet_seconds, deadline_seconds=180, most_writes=3):
        """Waits until the cluster writes next to nothing for so long; the requests of the meantime."""
        requests = []
        deadline = time.monotonic() + deadline_seconds
        while True:
            time.sleep(quiet_seconds)
            more, writes = self.read()
            requests += more
            if writes <= most_writes:
                return requests
            if time.monotonic() > deadline:
                raise RuntimeError(f"the cluster does not come to rest: {writes} writes in the last {quiet_seconds} s after {deadline_seconds} s")

    def _lines(self):
        yield from self._complete_lines()
        if os.stat(self._path).st_ino != os.fstat(self._file.fileno()).st_ino:  # rotated
            yield from self._complete_lines()
            self._file.close()
            self._file, self._rest = open(self._path), ""
            yield from self._complete_lines()

    def _complete_lines(self):
        *lines, self._rest = (self._rest + self._file.read()).split("\n")
        return lines


def _request(event):
    reference = event.get("objectRef", {})
    if event["verb"] == "watch" or reference.get("resource") in _UNCOUNTED:
        return None
    resource = "/".join(filter(None, (reference.get("resource", event["requestURI"].split("?")[0]), reference.get("subresource"))))
    return Request(event["user"]["username"], event.get("userAgent", ""), event["verb"], resource, reference.get("namespace", ""),
                   reference.get("name", ""), event.get("responseStatus", {}).get("code", 0),
                   *(datetime.datetime.fromisoformat(event[name]).timestamp() for name in ("requestReceivedTimestamp", "stageTimestamp")))


def accepted_to_applied(ask, own, namespace):
    """Seconds from the moment at which a store was asked for until the last write into its namespace was answered.

    That moment is the answer to `ask`, the request that has a controller begin, or the first of the `own` requests, if that comes before:
    a watch may tell of an object sooner than whoever created it is answered."""
    begin = min(request.received for request in own if ask is None or request.received >= ask.received)
    if ask:
        begin = min(begin, ask.answered)
    return max(r.answered for r in own if r.namespace == namespace and r.verb in WRITES and r.code < 300) - begin


def by_kind(requests, stores):
    """{"verb resource": requests per store}, the most frequent first."""
    return {text: count / stores for text, count in collections.Counter(request.text for request in requests).most_common()}

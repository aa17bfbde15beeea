"""The benchmark's own requests: a stand-in of a few lines for the API server, and a script for `kubectl`."""

import http.server
import json
import os
import pathlib
import queue
import threading
import time

import pytest
from create import apiserver
from harness.kube import ApiError, Kube
from harness.waiting import wait_for

POD = {"metadata": {"name": "bare-backend", "namespace": "store-a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/pods?limit=1":
            return self._answer(200, b'{"metadata": {"resourceVersion": "7"}}')
        assert self.path.startswith("/pods?watch=true&") and self.path.endswith("&resourceVersion=7")
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while event := self.server.events.get(timeout=10):
            self._chunk(json.dumps(event).encode() + b"\n")
        self._chunk(b"")

    def do_POST(self):
        pod = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = pod["metadata"]["name"] == "refused"
        self._answer(422 if refused else 201, b"no such thing" if refused else b"{}")
        self.server.events.put({"type": "ADDED", "object": {**pod, "status": {}}})
        self.server.events.put({"type": "MODIFIED", "object": POD})

    def _answer(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _chunk(self, content):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))

    def log_message(self, *_):
        pass


@pytest.fixture
def stand_in():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.events = queue.Queue()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.events.put(None)
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(stand_in):
    return Kube(stand_in.server_port)


@pytest.fixture
def kubectl(tmp_path, monkeypatch):
    """Makes a program of that name out of lines of shell; returns the file that then holds its process id and its arguments."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    def program(lines):
        (tmp_path / "kubectl").write_text(f"#!/bin/sh\necho $$ $* >{tmp_path}/started\n{lines}\n")
        (tmp_path / "kubectl").chmod(0o755)
        return tmp_path / "started"

    return program


def has_ended(started):
    return not pathlib.Path("/proc", started.read_text().split()[0]).exists()


def is_ready(pod):
    return bool(pod["status"].get("conditions"))


def test_the_proxy_runs_as_long_as_the_benchmark(kubectl, stand_in):
    started = kubectl(f"echo a warning >&2; echo Starting to serve on 127.0.0.1:{stand_in.server_port}; exec sleep 60")
    with pytest.raises(KeyboardInterrupt), apiserver.api_server() as client:
        client.create("/pods", POD)
        assert started.read_text().split()[1:] == ["proxy", "--port=0", "--append-server-path"] and not has_ended(started)
        raise KeyboardInterrupt
    assert has_ended(started)


@pytest.mark.parametrize(("lines", "seconds", "message"), [
    ("echo error: no such context >&2; exit 1", 10, "kubectl proxy ended with 1:\nerror: no such context"),
    ("printf 'Starting to serve on 127.0.0.1:80'; exec sleep 60", 1, "kubectl proxy is not ready; .*\nStarting to serve on .*: not within 1 s"),
], ids=["dies", "says no whole line"])
def test_a_proxy_that_does_not_start_is_told_and_ended(kubectl, monkeypatch, lines, seconds, message):
    monkeypatch.setattr(apiserver, "START_SECONDS", seconds)
    started = kubectl(lines)
    with pytest.raises(AssertionError, match=message), apiserver.api_server():
        pass
    assert has_ended(started)


def test_the_clock_runs_from_the_request_until_the_event(client, monkeypatch):
    monkeypatch.setattr(apiserver, "wait_until_quiet", lambda: None)
    before = time.monotonic()
    with client.watch("/pods") as watch:
        began, ended, pod = apiserver.clocked(watch, lambda: client.create("/pods", {"metadata": {"name": "bare-backend"}}), "bare-backend", is_ready)
    assert before < began < ended < time.monotonic()
    assert pod == POD


def test_every_change_is_kept_with_its_moment(client):
    with client.watch("/pods") as watch:
        began = time.monotonic()
        client.create("/pods", {"metadata": {"name": "a"}})
        later, _ = watch.until("bare-backend", is_ready, "Ready", 10)
        at, pod = watch.until("a", lambda pod: True, "there", 10)
        assert began < at <= later <= time.monotonic()
        assert watch.arrived() == [(at, pod), (later, POD)]


def test_a_refusal_says_why(client):
    with pytest.raises(ApiError, match="POST /pods: 422 no such thing"):
        client.create("/pods", {"metadata": {"name": "refused"}})


def test_waiting_ends_with_its_deadline_and_tells_what_was_seen_last(client, stand_in):
    with client.watch("/pods") as watch:
        stand_in.events.put({"type": "ADDED", "object": {"metadata": {"name": "a"}, "status": {"phase": "Pending"}}})
        wait_for(watch.arrived, "the event", 10)
        with pytest.raises(RuntimeError, match="a is not Ready: not within 0.1 s; last seen: {'phase': 'Pending'}"):
            watch.until("a", is_ready, "Ready", 0.1)


@pytest.mark.parametrize("last", [None, {"type": "ERROR", "object": {"kind": "Status", "code": 410}}])
def test_a_watch_that_the_server_ends_is_not_waited_for(client, stand_in, last):
    with client.watch("/pods") as watch:
        stand_in.events.put(last)
        with pytest.raises(RuntimeError, match="a is not Ready: the API server ended the watch of /pods"):
            watch.until("a", is_ready, "Ready", 10)

"""The benchmark's own requests to an API server: a stand-in of a few lines that serves with TLS and asks for a client certificate."""

import base64
import http.server
import json
import queue
import ssl
import threading
import time

import pytest
from create import apiserver
from harness.certificates import Certificates
from harness.waiting import wait_for

POD = {"metadata": {"name": "bare-backend", "namespace": "store-a"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while event := self.server.events.get(timeout=10):
            self._chunk(json.dumps(event).encode() + b"\n")
        self._chunk(b"")

    def do_POST(self):
        pod = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refused = pod["metadata"]["name"] == "refused"
        content = b"no such thing" if refused else b"{}"
        self.send_response(422 if refused else 201)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        self.server.events.put({"type": "ADDED", "object": {**pod, "status": {}}})
        self.server.events.put({"type": "MODIFIED", "object": POD})

    def _chunk(self, content):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("pki") / "pki")
    made.issue("server", "server")
    made.issue("admin", "admin")
    return made


@pytest.fixture
def stand_in(certificates):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.certificate("ca"))
    tls.load_cert_chain(certificates.certificate("server"), certificates.key("server"))
    tls.verify_mode = ssl.CERT_REQUIRED
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.events = queue.Queue()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.events.put(None)
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(stand_in, certificates, monkeypatch):
    def encoded(path):
        return base64.b64encode(path.read_bytes()).decode()

    config = {"clusters": [{"cluster": {"server": f"https://127.0.0.1:{stand_in.server_port}",
                                        "certificate-authority-data": encoded(certificates.certificate("ca"))}}],
              "users": [{"user": {"client-certificate-data": encoded(certificates.certificate("admin")),
                                  "client-key-data": encoded(certificates.key("admin"))}}]}
    monkeypatch.setattr(apiserver, "kubectl", lambda *_: json.dumps(config))
    return apiserver.ApiServer()


def is_ready(pod):
    return bool(pod["status"].get("conditions"))


def test_the_clock_runs_from_the_request_until_the_event(client, monkeypatch):
    monkeypatch.setattr(apiserver, "wait_until_quiet", lambda: None)
    before = time.monotonic()
    with client.watch("/pods") as watch:
        began, ended, pod = apiserver.clocked(watch, lambda: client.create("/pods", {"metadata": {"name": "bare-backend"}}), is_ready, "ready")
    assert before < began < ended < time.monotonic()
    assert pod == POD


def test_what_arrives_and_is_not_waited_for_is_kept_with_its_moment(client):
    with client.watch("/pods") as watch:
        began = time.monotonic()
        client.create("/pods", {"metadata": {"name": "a"}})
        at, _ = watch.until(lambda pod: pod["metadata"]["name"] == "a", "a", 10)
        [(later, pod)] = wait_for(watch.arrived, "the second event", 10)
        assert began < at <= later <= time.monotonic()
        assert pod == POD and watch.arrived() == []


def test_a_refusal_says_why(client):
    with pytest.raises(RuntimeError, match="POST /pods: 422 no such thing"):
        client.create("/pods", {"metadata": {"name": "refused"}})


def test_waiting_ends_with_its_deadline(client):
    with client.watch("/pods") as watch, pytest.raises(RuntimeError, match="ready: not within 0.1 s"):
        watch.until(is_ready, "ready", 0.1)


@pytest.mark.parametrize("last", [None, {"type": "ERROR", "object": {"kind": "Status", "code": 410}}])
def test_a_watch_that_the_server_ends_is_not_waited_for(client, stand_in, last):
    with client.watch("/pods") as watch:
        stand_in.events.put(last)
        with pytest.raises(RuntimeError, match="watching /pods: the API server ended it"):
            watch.until(is_ready, "ready", 10)


def test_a_kubeconfig_without_a_certificate_is_refused(monkeypatch):
    monkeypatch.setattr(apiserver, "kubectl", lambda *_: json.dumps({"clusters": [{"cluster": {}}], "users": [{"user": {"token": "x"}}]}))
    with pytest.raises(RuntimeError, match="no client certificate"):
        apiserver.ApiServer()

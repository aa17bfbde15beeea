"""The Kubernetes API over the standard library: objects are dictionaries, paths are Kubernetes' own."""

import http.client
import json
import threading
import urllib.parse

from .watch import Watch

WATCH_SECONDS = 3600  # longer than anything that is waited for


class ApiError(Exception):
    """An answer of 400 or more; `status` is the HTTP status, `body` Kubernetes' Status object."""

    def __init__(self, method, path, status, body):
        self.status = status
        self.body = body
        super().__init__(f"{method} {path}: {status} {body.get('message', body) if isinstance(body, dict) else body}")


class Kube:
    """A client for one API server on loopback, or without TLS for a proxy to one. Thread-safe: each thread has a connection of its own."""

    def __init__(self, port, tls=None):
        self._port, self._tls = port, tls
        self._local = threading.local()

    def get(self, path, **query):
        return self.request("GET", path + _encoded(query))

    def items(self, path, **query):
        """The objects of a list."""
        return self.get(path, **query)["items"]

    def find(self, path):
        """The object, or None if there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def create(self, path, body):
        return self.request("POST", path, body)

    def replace(self, path, body):
        return self.request("PUT", path, body)

    def merge(self, path, patch):
        return self.request("PATCH", path, patch, "application/merge-patch+json")

    def apply(self, path, body, manager="tests"):
        return self.request("PATCH", f"{path}?fieldManager={manager}&force=true", body, "application/apply-patch+yaml")

    def delete(self, path):
        """Success also when it is gone already."""
        try:
            self.request("DELETE", path)
        except ApiError as error:
            if error.status != 404:
                raise

    def watch(self, path):
        """A Watch of what a list holds, from now on, by a connection of its own."""
        version = self.get(path, limit=1)["metadata"]["resourceVersion"]
        return Watch(self._connect(), path + _encoded({"watch": "true", "timeoutSeconds": WATCH_SECONDS, "resourceVersion": version}))

    def ready(self):
        """Whether the API server says that it is."""
        try:
            return self._exchange("GET", "/readyz", None, {})[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def request(self, method, path, body=None, content_type="application/json", headers=None):
        """The answer's object; ApiError for what Kubernetes refuses."""
        all_headers = {"Accept": "application/json", **({"Content-Type": content_type} if body is not None else {}), **(headers or {})}
        status, content = self._exchange(method, path, None if body is None else json.dumps(body).encode(), all_headers)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = content.decode(errors="replace")
        if status >= 400:
            raise ApiError(method, path, status, answer)
        return answer

    def _exchange(self, method, path, body, headers):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            self._local.connection = None
            raise

    def _connect(self):
        if self._tls is None:
            return http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        return http.client.HTTPSConnection("127.0.0.1", self._port, context=self._tls, timeout=30)


def _encoded(query):
    return "?" + urllib.parse.urlencode(query) if query else ""

"""JSON over HTTP, as a shop's own programs speak it."""

import json
import urllib.error
import urllib.request


class Site:
    """One origin, with headers that go with every request."""

    def __init__(self, url, headers=None):
        self.url, self.headers = url.rstrip("/"), dict(headers or {})

    def call(self, method, path, body=None, expect=200):
        status, answer = self.try_call(method, path, body)
        assert status == expect, f"{method} {path}: {status} instead of {expect}: {answer}"
        return answer

    def try_call(self, method, path, body=None):
        status, _, answer = self.exchange(method, path, body)
        return status, answer

    def exchange(self, method, path, body=None):
        """(status, headers, body) of the answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, method=method, data=data, headers={"Content-Type": "application/json", **self.headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, parsed(answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, parsed(answer.read())


def parsed(content):
    try:
        return json.loads(content or b"null")
    except ValueError:
        return content.decode(errors="replace")

"""A proxy between the controller and the API server: plain HTTP in, TLS and the controller's token out. It knows every call, and can
end the controller's life at any one of them.

A call counts when it reads or writes something on purpose: lists, watches, the Lease and the server's version go through uncounted."""

import contextlib
import dataclasses
import re
import socket
import ssl
import threading
import time

BEFORE = "before"  # the API server never hears of the call
AFTER = "after"  # it has carried the call out, but the answer is never heard


@dataclasses.dataclass(frozen=True)
class Call:
    """One counted exchange. `status` is 0 while there is no answer."""

    method: str
    path: str
    body: bytes = dataclasses.field(repr=False)
    status: int
    at: float

    @property
    def writes(self):
        return self.method != "GET"


class Proxy:
    """Listens on a free port of loopback and serves each connection on a thread of its own.

    arm() chooses a call and a side of it; when that call comes, `kill` is called, which must return only when the controller is dead,
    and nothing more of it is passed on. Then `struck` is set, and reopen() lets its successor in."""

    def __init__(self, port, authority, token, kill):
        self._upstream = port
        self._tls = ssl.create_default_context(cafile=authority)
        self._token = token
        self._kill = kill
        self._lock = threading.Lock()
        self._calls = []
        self._target = None
        self._open = True
        self._under_way = 0
        self._sockets = set()
        self.struck = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._sever()

    def arm(self, target):
        """`target` is a function of a Call and a side of it, true at the point where the controller is to die."""
        with self._lock:
            self._target = target
        self.struck.clear()

    def disarm(self):
        with self._lock:
            self._target = None

    def quiet(self):
        """Whether no counted call is under way."""
        with self._lock:
            return self._under_way == 0

    def reopen(self):
        """Lets a new controller through. What the dead one had under way must be over: quiet()."""
        self._sever()
        with self._lock:
            self._open = True

    def calls(self, since=0):
        """All so far but the first `since`, in the order of their answers."""
        with self._lock:
            return self._calls[since:]

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _sever(self):
        """Ends every connection, on both sides: also watches, whose threads sit waiting for the API server."""
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _serve(self, client):
        """One connection of the controller, with one of its own to the API server."""
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            self._hold(stack, client)
            plain = socket.create_connection(("127.0.0.1", self._upstream), timeout=None)
            server = self._tls.wrap_socket(plain, server_hostname="127.0.0.1")
            self._hold(stack, server)
            from_client, from_server = (stack.enter_context(each.makefile("rb")) for each in (client, server))
            while self._exchange(from_client, client, from_server, server):
                pass

    def _hold(self, stack, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stack.enter_context(connection)
        with self._lock:
            self._sockets.add(connection)
        stack.callback(lambda: self._sockets.discard(connection))

    def _exchange(self, from_client, client, from_server, server):
        """Passes one request on and its answer back; whether the connection goes on."""
        head = _read_head(from_client)
        body = _exactly(from_client, int(_header(head, b"content-length") or 0))
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        counts = _counts(method, path)
        if not self._admit(Call(method, path, body, 0, time.monotonic()), counts):
            return False
        try:
            server.sendall(self._with_token(head) + body)
            answer = _read_head(from_server)
            pieces = _body_pieces(answer, from_server)
            if counts:
                pieces = [b"".join(pieces)]
                if not self._answered(Call(method, path, body, int(answer.split(b" ", 2)[1]), time.monotonic())):
                    return False
        finally:
            with self._lock:
                self._under_way -= counts
        client.sendall(answer)
        for piece in pieces:
            client.sendall(piece)
        return True

    def _admit(self, call, counts):
        """Whether the call may go on to the API server."""
        with self._lock:
            if not self._open or (counts and self._hit(call, BEFORE)):
                return False
            self._under_way += counts
            return True

    def _answered(self, call):
        """Notes the call; whether the controller may hear the answer."""
        with self._lock:
            self._calls.append(call)
            return self._open and not self._hit(call, AFTER)

    def _hit(self, call, side):
        if self._target is None or not self._target(call, side):
            return False
        self._target = None
        self._open = False
        self._kill()
        self.struck.set()
        return True

    def _with_token(self, head):
        line, rest = head.split(b"\r\n", 1)
        return line + b"\r\nAuthorization: Bearer " + self._token.encode() + b"\r\n" + rest


def _counts(method, path):
    if "/leases" in path or "watch=true" in path or path == "/version":
        return False
    return method != "GET" or not re.search(r"[?&]limit=", path)


def _read_line(stream):
    line = stream.readline(65536)
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the other side has gone")
    return line


def _read_head(stream):
    lines = [_read_line(stream)]
    while lines[-1] != b"\r\n":
        lines.append(_read_line(stream))
    return b"".join(lines)


def _header(head, name):
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return None


def _exactly(stream, length):
    content = stream.read(length)
    if len(content) < length:
        raise ConnectionError("the other side has gone")
    return content


def _body_pieces(head, stream):
    """The body as it stands on the wire; a chunked one piece by piece, as it comes."""
    if _header(head, b"transfer-encoding") != b"chunked":
        yield _exactly(stream, int(_header(head, b"content-length") or 0))
        return
    length = None
    while length != 0:
        size = _read_line(stream)
        length = int(size.split(b";")[0], 16)
        yield size + _exactly(stream, length + 2)

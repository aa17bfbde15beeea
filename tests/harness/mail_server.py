"""A mail server that keeps what it gets."""

import asyncio
import email
import email.policy
import ssl
import threading

from aiosmtpd.smtp import SMTP, AuthResult


class MailServer:
    """Serves on a socket that listens already. `refusals` many messages are put off first, as a busy server does. With `certificate`,
    a (certificate, key) of files, it speaks TLS once it is asked to, and before that takes neither a password nor a message."""

    def __init__(self, socket, user=None, password=None, refusals=0, certificate=None):
        self._socket, self._login, self._refusals = socket, (user, password), refusals
        self._tls = context_of(*certificate) if certificate else None
        self.connections, self.logins, self.messages, self.tried = 0, [], [], 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _serve(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._loop.create_server(self._session, sock=self._socket))
        self._loop.run_forever()
        self._loop.run_until_complete(self._end_sessions())
        self._loop.close()
        self._socket.close()

    async def _end_sessions(self):
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    def _session(self):
        self.connections += 1
        needed, tls = self._login[0] is not None, self._tls is not None
        return SMTP(self, authenticator=self._check, auth_required=needed, tls_context=self._tls, require_starttls=tls, auth_require_tls=tls,
                    loop=self._loop)

    def _check(self, _server, _session, _envelope, _mechanism, given):
        right = tuple(text.encode() for text in self._login if text is not None)
        self.logins.append((given.login.decode(), given.password.decode()))
        # Not handled: the server answers a wrong one itself.
        return AuthResult(success=(given.login, given.password) == right, handled=False)

    async def handle_DATA(self, _server, _session, envelope):
        self.tried += 1
        if self.tried <= self._refusals:
            return "451 Come back later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append((envelope.rcpt_tos, message))
        return "250 OK"


def context_of(certificate, key):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context

"""The Valkey image's entry point: a queue that needs its password, forgets nothing and says when it is full."""

import subprocess

import pytest
from container import wait_until

PASSWORD = "p'a\"s\\s $x;--"
# The part of it that no quoting changes: what to look for where it must not be.
TRACE = "$x;--"


class Queue:
    def __init__(self, start, folder, secret):
        self._start, self._secret = start, secret
        self.data = folder("data")
        self.mounts = {
            "/data": (self.data, "rw"),
            "/tmp": (folder("tmp"), "rw"),
            "/secrets": (secret(password=PASSWORD), "ro"),
        }

    def start(self, env=None, password=PASSWORD):
        self._secret(password=password)
        return self._start(
            "valkey", env={"VALKEY_PASSWORD_FILE": "/secrets/password", **(env or {})}, mounts=self.mounts
        )

    def ready(self, **options):
        server = self.start(**options)

        def ready():
            assert server.running(), f"the server ended: {server.output()}"
            return server.exec("valkey-ready").returncode == 0

        wait_until(ready, 10, "Valkey answers")
        return server


def command(server, *words, password=PASSWORD):
    return server.exec(
        "valkey-cli", "--no-auth-warning", *words, env={"REDISCLI_AUTH": password} if password else None
    ).stdout.strip()


@pytest.fixture
def queue(start, folder, secret):
    return Queue(start, folder, secret)


def test_only_the_password_opens_it(queue):
    server = queue.ready()
    assert command(server, "ping") == "PONG"
    assert "NOAUTH" in command(server, "ping", password=None)
    for wrong in ("wrong", PASSWORD + " "):
        assert "NOAUTH" in command(server, "ping", password=wrong)


def test_the_password_is_nowhere_to_be_seen(queue):
    server = queue.ready()
    arguments = server.exec("bash", "-c", "cat /proc/[0-9]*/cmdline /proc/1/environ | tr '\\0' '\\n'").stdout
    assert "valkey-server" in arguments
    assert TRACE not in arguments and TRACE not in server.output()
    grep = [
        "grep",
        "-rlF",
        "--",
        TRACE,
        *(str(source) for target, (source, _) in queue.mounts.items() if target != "/secrets"),
    ]
    assert subprocess.run(grep, text=True, capture_output=True).stdout == ""


def test_a_changed_password_takes_effect_at_the_next_start(queue):
    assert queue.ready().stop() == 0
    server = queue.ready(password="another one\n")
    assert command(server, "ping", password="another one") == "PONG"
    assert "NOAUTH" in command(server, "ping")


def test_it_is_not_ready_with_another_password_than_its_secret(queue, secret):
    server = queue.ready()
    secret(password="rotated")
    assert server.exec("valkey-ready").returncode != 0


def test_jobs_survive_a_stop_and_a_kill_9(queue):
    server = queue.ready()
    assert command(server, "lpush", "jobs", "first") == "1"
    assert server.stop(5) == 0
    server = queue.ready()
    assert command(server, "lpush", "jobs", "second") == "2"
    wait_until(lambda: "aof_pending_bio_fsync:0" in command(server, "info", "persistence"), 5, "the log is written")
    server.kill()
    assert command(queue.ready(), "lrange", "jobs", "0", "-1").split() == ["second", "first"]


def test_a_full_queue_refuses_and_forgets_nothing(queue):
    server = queue.ready(env={"VALKEY_MAXMEMORY": "4mb"})
    assert command(server, "set", "kept", "1") == "OK"
    answers = [command(server, "rpush", "jobs", "x" * 100_000) for _ in range(50)]
    accepted = [answer for answer in answers if answer.isdigit()]
    assert 0 < len(accepted) < 50
    assert all(answer.startswith("OOM") for answer in answers[len(accepted) :])
    assert command(server, "llen", "jobs") == str(len(accepted))
    assert command(server, "get", "kept") == "1"


@pytest.mark.parametrize(
    ("env", "password", "message"),
    [
        ({"VALKEY_PASSWORD_FILE": ""}, PASSWORD, "VALKEY_PASSWORD_FILE is not set"),
        ({"VALKEY_PASSWORD_FILE": "/secrets/none"}, PASSWORD, "/secrets/none is not there"),
        ({}, "", "is empty"),
        ({}, "two\nlines", "control character"),
        ({"VALKEY_MAXMEMORY": "lots"}, PASSWORD, "VALKEY_MAXMEMORY must be a size"),
    ],
)
def test_bad_settings_are_named(queue, env, password, message):
    server = queue.start(env, password)
    assert server.wait() == 1
    assert message in server.output()

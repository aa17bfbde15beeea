"""The PostgreSQL image's entry point: what a store's database survives, and what it refuses."""

import subprocess
import threading
import time

import pytest
from container import wait_until
from moments import moments

PASSWORD = "p'a\"s\\s $x;--"
# The part of it that no quoting changes: what to look for where it must not be.
TRACE = "$x;--"


class Database:
    """One volume and its Secret, and the servers that are started on them one after the other."""

    def __init__(self, start, folder, secret):
        self._start, self._secret = start, secret
        self.volume = folder("volume")
        self.mounts = {
            "/var/lib/postgresql/data": (self.volume, "rw"),
            "/var/run/postgresql": (folder("run"), "rw"),
            "/tmp": (folder("tmp"), "rw"),
            "/secrets": (secret(password=PASSWORD), "ro"),
        }

    def start(self, env=None, arguments=()):
        environment = {"POSTGRES_PASSWORD_FILE": "/secrets/password", **(env or {})}
        return self._start("postgres", env=environment, mounts=self.mounts, arguments=list(arguments))

    def set_password(self, password):
        self._secret(password=password)

    def ready(self, seconds=15):
        server = self.start()
        wait_ready(server, seconds)
        return server


def wait_ready(server, seconds=15):
    def ready():
        assert server.running(), f"the server ended: {server.output()}"
        return server.exec("pg_isready", "-q", "-h", "127.0.0.1").returncode == 0

    wait_until(ready, seconds, "PostgreSQL accepts connections")


def query(server, sql, password=PASSWORD, user="medusa", database="medusa", host="127.0.0.1"):
    return server.exec(
        "psql",
        "-h",
        host,
        "-U",
        user,
        "-d",
        database,
        "-w",
        "-v",
        "ON_ERROR_STOP=1",
        "-Atc",
        sql,
        env={"PGPASSWORD": password},
    )


@pytest.fixture
def database(start, folder, secret):
    return Database(start, folder, secret)


def test_an_empty_volume_becomes_a_database(database, record_property):
    server = database.ready()
    taken = time.monotonic() - server.started
    record_property("seconds_to_ready", round(taken, 2))
    print(f"ready {taken:.2f} s after start")
    assert taken < 5
    assert query(server, "select current_user, current_database()").stdout == "medusa|medusa\n"
    assert query(server, "create table t (id int)").returncode == 0
    assert (
        query(server, "select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'medusa'").stdout
        == "f\n"
    )
    settings = "select name, setting from pg_settings where name in ('data_checksums', 'fsync', 'jit') order by name"
    assert query(server, settings).stdout == "data_checksums|on\nfsync|on\njit|off\n"


def test_only_the_password_opens_it(database):
    server = database.ready()
    for password in ("", "wrong", PASSWORD + " "):
        refused = query(server, "select 1", password=password)
        assert refused.returncode != 0
        assert "password" in refused.stderr
    superuser = query(server, "select 1", user="postgres", database="postgres")
    assert superuser.returncode != 0 and "pg_hba.conf rejects" in superuser.stderr
    # A process of the container itself may enter through the socket: for backups and repairs by kubectl exec.
    assert (
        query(server, "select 1", password="", host="/var/run/postgresql", user="postgres", database="postgres").stdout
        == "1\n"
    )
    assert query(server, "select 1", password="", host="/var/run/postgresql").stdout == "1\n"


def test_the_password_is_nowhere_to_be_seen(database):
    server = database.ready()
    arguments = server.exec("bash", "-c", "cat /proc/[0-9]*/cmdline /proc/1/environ | tr '\\0' '\\n'").stdout
    assert "config_file" in arguments
    assert TRACE not in arguments and TRACE not in server.output()
    grep = ["grep", "-rlF", "--", TRACE, str(database.volume)]
    assert subprocess.run(grep, text=True, capture_output=True).stdout == ""


def test_a_changed_password_takes_effect_at_the_next_start(database):
    server = database.ready()
    query(server, "create table kept as select 7 as n")
    assert server.stop() == 0
    database.set_password("another one\n")
    server = database.ready()
    assert query(server, "select n from kept", password="another one").stdout == "7\n"
    assert query(server, "select 1", password=PASSWORD).returncode != 0


def test_stopping_does_not_wait_for_open_connections(database):
    server = database.ready()
    client = threading.Thread(target=query, args=(server, "select pg_sleep(60)"))
    client.start()
    count = "select count(*) from pg_stat_activity where query like 'select pg_sleep%'"
    wait_until(lambda: query(server, count).stdout == "1\n", 5, "the client is connected")
    assert server.stop(5) == 0
    client.join(5)
    assert "database system is shut down" in server.output()


def test_what_was_committed_survives_kill_9(database):
    server = database.ready()
    query(server, "create table orders (id int)")
    for number in range(1, 4):
        assert query(server, f"insert into orders select generate_series(1, 1000); select {number}").returncode == 0
        server.kill()
        server = database.ready()
        assert query(server, "select count(*) from orders").stdout == f"{number * 1000}\n"


@pytest.mark.parametrize("delay", moments(n / 20 for n in range(2, 27, 2)))
def test_kill_9_during_initialisation_is_made_good(database, delay):
    server = database.start()
    time.sleep(delay)  # not a wait for anything: the moment of the kill is what is varied
    server.kill()
    staged = (database.volume / "pgdata.initialising").exists()
    complete = (database.volume / "pgdata").exists()
    print(f"killed after {delay} s: staged={staged} complete={complete}")
    server = database.ready()
    assert query(server, "create table t as select 1 as n; select n from t").stdout.endswith("1\n")
    assert not (database.volume / "pgdata.initialising").exists()


def test_every_half_initialised_state_is_made_good(database):
    """The states a kill can leave, made on purpose: no staging finished, and staging finished but not renamed."""
    staging, data = database.volume / "pgdata.initialising", database.volume / "pgdata"
    staging.mkdir(mode=0o700)
    (staging / "PG_VERSION").write_text("17\n")
    subprocess.run(["chown", "-R", "10020:10020", staging], check=True)
    server = database.ready()
    assert query(server, "select 1").stdout == "1\n"
    assert server.stop() == 0
    data.rename(staging)
    server = database.ready()
    assert query(server, "select 1").stdout == "1\n"
    assert not staging.exists()


def test_another_major_version_is_refused(database):
    data = database.volume / "pgdata"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("16\n")
    subprocess.run(["chown", "-R", "10020:10020", data], check=True)
    server = database.start()
    assert server.wait() == 1
    assert "holds data of PostgreSQL 16 and this is 17" in server.output()
    assert (data / "PG_VERSION").read_text() == "16\n"


def test_files_of_unknown_origin_are_left_alone(database):
    data = database.volume / "pgdata"
    data.mkdir(mode=0o777)
    (data / "precious").write_text("mine")
    server = database.start()
    assert server.wait() == 1
    assert "holds files but no database" in server.output()
    assert (data / "precious").read_text() == "mine"


def test_two_servers_never_share_a_volume(database):
    first = database.ready()
    second = database.start()
    assert second.wait(20) == 1
    assert "another server is still using the volume" in second.output()
    assert query(first, "select 1").stdout == "1\n"


@pytest.mark.parametrize(
    ("env", "password", "message"),
    [
        ({"POSTGRES_PASSWORD_FILE": ""}, PASSWORD, "POSTGRES_PASSWORD_FILE is not set"),
        ({"POSTGRES_PASSWORD_FILE": "/secrets/none"}, PASSWORD, "/secrets/none is not there"),
        ({}, "", "is empty"),
        ({}, "two\nlines", "control character"),
        ({"POSTGRES_USER": "postgres"}, PASSWORD, "POSTGRES_USER must not be postgres"),
        ({"POSTGRES_USER": 'a";drop'}, PASSWORD, "POSTGRES_USER must match"),
        ({"POSTGRES_DB": "Medusa Shop"}, PASSWORD, "POSTGRES_DB must match"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_written(database, env, password, message):
    database.set_password(password)
    server = database.start(env)
    assert server.wait() == 1
    assert message in server.output()
    assert list(database.volume.iterdir()) == []


def test_a_volume_of_another_user_name_is_named(database):
    assert database.ready().stop() == 0
    server = database.start({"POSTGRES_USER": "somebody"})
    assert server.wait() == 1
    assert "is the volume of another POSTGRES_USER?" in server.output()
    assert TRACE not in server.output(), "the failed statement, which holds the password, was logged"

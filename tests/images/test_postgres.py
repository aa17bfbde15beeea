"""The PostgreSQL image's entry point, beside what test_databases.py holds both databases to."""

import subprocess
import time

import pytest
from database import PASSWORD, TRACE, Postgres


@pytest.fixture
def database(start, folder, secret):
    return Postgres(start, folder, secret)


def test_an_empty_volume_becomes_a_database(database):
    server = database.ready()
    taken = time.monotonic() - server.started
    print(f"ready {taken:.2f} s after start")
    assert taken < 5
    assert database.query(server, "select current_user, current_database()").stdout == "medusa|medusa\n"
    assert database.query(server, "create table t (id int)").returncode == 0
    powers = "select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = 'medusa'"
    assert database.query(server, powers).stdout == "f\n"
    settings = "select name, setting from pg_settings where name in ('data_checksums', 'fsync', 'jit') order by name"
    assert database.query(server, settings).stdout == "data_checksums|on\nfsync|on\njit|off\n"


def test_only_the_password_opens_it(database):
    server = database.ready()
    for password in ("", "wrong", PASSWORD + " "):
        refused = database.query(server, "select 1", password=password)
        assert refused.returncode != 0
        assert "password" in refused.stderr
    superuser = database.query(server, "select 1", user="postgres", database="postgres")
    assert superuser.returncode != 0 and "pg_hba.conf rejects" in superuser.stderr
    # A process of the container itself may enter through the socket: for backups and repairs by kubectl exec.
    for user in ("postgres", "medusa"):
        assert database.query(server, "select 1", password="", host="/var/run/postgresql", user=user, database=user).stdout == "1\n"


def test_another_major_version_is_refused(database):
    data = database.volume / "pgdata"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text("16\n")
    subprocess.run(["chown", "-R", "10020:10020", data], check=True)
    server = database.start()
    assert server.wait() == 1
    assert "holds data of PostgreSQL 16 and this is 17" in server.output()
    assert (data / "PG_VERSION").read_text() == "16\n"


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"POSTGRES_USER": "postgres"}, "POSTGRES_USER must not be postgres"),
        ({"POSTGRES_USER": 'a";drop'}, "POSTGRES_USER must match"),
        ({"POSTGRES_DB": "Medusa Shop"}, "POSTGRES_DB must match"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_written(database, env, message):
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

"""What the entry points of both database images promise: what a store's database survives, and what it refuses."""

import subprocess
import threading
import time

import pytest
from container import wait_until
from database import PASSWORD, TRACE, MariaDB, Postgres
from moments import moments


@pytest.fixture(params=[MariaDB, Postgres], ids=lambda kind: kind.image)
def database(request, start, folder, secret):
    return request.param(start, folder, secret)


def test_the_password_is_nowhere_to_be_seen(database):
    server = database.ready()
    arguments = server.exec("bash", "-c", "cat /proc/[0-9]*/cmdline /proc/1/environ | tr '\\0' '\\n'").stdout
    assert database.argument in arguments
    assert TRACE not in arguments and TRACE not in server.output()
    writable = [str(folder) for folder, mode in database.mounts.values() if mode == "rw"]
    assert subprocess.run(["grep", "-rlF", "--", TRACE, *writable], text=True, capture_output=True).stdout == ""


def test_a_changed_password_takes_effect_at_the_next_start(database):
    server = database.ready()
    database.query(server, "create table kept as select 7 as n")
    assert server.stop() == 0
    database.set_password("another one\n")
    server = database.ready()
    assert database.query(server, "select n from kept", password="another one").stdout == "7\n"
    assert database.query(server, "select 1", password=PASSWORD).returncode != 0


def test_stopping_does_not_wait_for_open_connections(database):
    server = database.ready()
    client = threading.Thread(target=database.query, args=(server, database.sleep))
    client.start()
    wait_until(lambda: database.query(server, database.asleep).stdout == "1\n", 5, "the client is connected")
    assert server.stop(8) == 0
    client.join(5)
    assert database.last_words in server.output()


def test_what_was_committed_survives_kill_9(database):
    server = database.ready()
    database.query(server, "create table orders (id int)")
    for number in range(1, 4):
        assert database.query(server, f"insert into orders {database.thousand_rows}; select {number}").returncode == 0
        server.kill()
        server = database.ready()
        assert database.query(server, "select count(*) from orders").stdout == f"{number * 1000}\n"


@pytest.mark.parametrize("part", moments(n / 12 for n in range(1, 13)))
def test_kill_9_during_initialisation_is_made_good(database, part):
    server = database.start()
    time.sleep(part * database.initialises_in)  # not a wait for anything: the moment of the kill is what is varied
    server.kill()
    print(f"killed when there was {sorted(path.name for path in database.volume.iterdir())}")
    server = database.ready()
    assert database.query(server, "create table t as select 1 as n; select n from t").stdout.endswith("1\n")
    assert {path.name for path in database.volume.iterdir()} == {database.data, "lock"}


def test_every_half_initialised_state_is_made_good(database):
    """The states a kill can leave, made on purpose: no staging finished, and staging finished but not renamed."""
    database.half_made()
    subprocess.run(["chown", "-R", f"{database.uid}:{database.uid}", database.staging], check=True)
    server = database.ready()
    assert database.query(server, "select 1").stdout == "1\n"
    assert server.stop() == 0
    (database.volume / database.data).rename(database.staging)
    server = database.ready()
    assert database.query(server, "select 1").stdout == "1\n"
    assert not database.staging.exists()


def test_files_of_unknown_origin_are_left_alone(database):
    data = database.volume / database.data
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
    assert database.query(first, "select 1").stdout == "1\n"


@pytest.mark.parametrize(
    ("env", "password", "message"),
    [
        ({"PASSWORD_FILE": ""}, PASSWORD, "PASSWORD_FILE is not set"),
        ({"PASSWORD_FILE": "/secrets/none"}, PASSWORD, "/secrets/none is not there"),
        ({}, "", "is empty"),
        ({}, "two\nlines", "control character"),
    ],
)
def test_a_password_that_cannot_be_used_is_named_and_nothing_is_written(database, env, password, message):
    database.set_password(password)
    server = database.start({f"{database.prefix}_{name}": value for name, value in env.items()})
    assert server.wait() == 1
    assert message in server.output()
    assert list(database.volume.iterdir()) == []

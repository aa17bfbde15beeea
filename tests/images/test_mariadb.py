"""The MariaDB image's entry point: what a store's database survives, and what it refuses."""

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

    image = "mariadb"

    def __init__(self, start, folder, secret):
        self._start, self._secret = start, secret
        self.volume = folder("volume")
        self.mounts = {
            "/var/lib/mysql": (self.volume, "rw"),
            "/run/mysqld": (folder("run"), "rw"),
            "/tmp": (folder("tmp"), "rw"),
            "/secrets": (secret(password=PASSWORD), "ro"),
        }

    def start(self, env=None, arguments=()):
        environment = {"MARIADB_PASSWORD_FILE": "/secrets/password", **(env or {})}
        return self._start(self.image, env=environment, mounts=self.mounts, arguments=list(arguments))

    def set_password(self, password):
        self._secret(password=password)

    def ready(self, seconds=20, env=None):
        server = self.start(env)
        wait_ready(server, seconds)
        return server


def wait_ready(server, seconds=20):
    def ready():
        assert server.running(), f"the server ended: {server.output()}"
        return server.exec("mariadb-ready").returncode == 0

    wait_until(ready, seconds, "MariaDB answers")


def query(server, sql, password=PASSWORD, user="wordpress", database="wordpress", host="127.0.0.1"):
    return server.exec(
        "mariadb",
        "--no-defaults",
        f"--host={host}",
        f"--user={user}",
        f"--database={database}",
        "--batch",
        "--skip-column-names",
        f"--execute={sql}",
        env={"MYSQL_PWD": password},
    )


def as_server_user(server, sql):
    """What a process of the container itself may do by the socket, without a password."""
    return server.exec(
        "mariadb", "--no-defaults", "--socket=/run/mysqld/mysqld.sock", "--batch", "--skip-column-names", f"-e{sql}"
    )


@pytest.fixture
def database(start, folder, secret):
    return Database(start, folder, secret)


def test_an_empty_volume_becomes_a_database(database, record_property):
    server = database.ready()
    taken = time.monotonic() - server.started
    record_property("seconds_to_ready", round(taken, 2))
    print(f"ready {taken:.2f} s after start")
    assert query(server, "select substring_index(current_user(), '@', 1), database()").stdout == "wordpress\twordpress\n"
    assert query(server, "create table t (id int)").returncode == 0
    assert query(server, "select @@innodb_flush_log_at_trx_commit, @@log_bin").stdout == "1\t0\n"
    assert "starting from an empty database" in server.output()


def test_only_the_password_opens_it(database):
    server = database.ready()
    for password in ("", "wrong", PASSWORD + " "):
        refused = query(server, "select 1", password=password)
        assert refused.returncode != 0
        assert "Access denied" in refused.stderr
    for user in ("root", "mysql", "mariadb.sys", "PUBLIC", ""):
        assert query(server, "select 1", user=user, password="", database="mysql").returncode != 0, user
    assert as_server_user(server, "select 1").stdout == "1\n"
    accounts = as_server_user(server, "select concat(user, '@', host) from mysql.global_priv order by 1").stdout.split()
    assert accounts == ["mariadb.sys@localhost", "mysql@localhost", "wordpress@%"]


def test_the_shops_account_sees_the_shops_database_alone(database):
    server = database.ready()
    assert query(server, "show databases").stdout.split() == ["information_schema", "wordpress"]
    for sql in ("select * from mysql.global_priv", "create database another", "select load_file('/etc/passwd') + 1 is null"):
        answer = query(server, sql)
        assert answer.returncode != 0 or answer.stdout == "1\n", sql
    assert "another" not in as_server_user(server, "show databases").stdout


def test_the_password_is_nowhere_to_be_seen(database):
    server = database.ready()
    arguments = server.exec("bash", "-c", "cat /proc/[0-9]*/cmdline /proc/1/environ | tr '\\0' '\\n'").stdout
    assert "--init-file" in arguments
    assert TRACE not in arguments and TRACE not in server.output()
    for folder in database.mounts.values():
        if folder[1] == "rw":
            grep = subprocess.run(["grep", "-rlF", "--", TRACE, str(folder[0])], text=True, capture_output=True)
            assert grep.stdout == ""


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
    client = threading.Thread(target=query, args=(server, "select sleep(60)"))
    client.start()
    count = "select count(*) from information_schema.processlist where info = 'select sleep(60)'"
    wait_until(lambda: query(server, count).stdout == "1\n", 5, "the client is connected")
    assert server.stop(8) == 0
    client.join(5)
    assert "Shutdown complete" in server.output()


def test_what_was_committed_survives_kill_9(database):
    server = database.ready()
    query(server, "create table orders (id int) engine=innodb")
    for number in range(1, 4):
        assert query(server, f"insert into orders select seq from seq_1_to_1000; select {number}").returncode == 0
        server.kill()
        server = database.ready()
        assert query(server, "select count(*) from orders").stdout == f"{number * 1000}\n"


@pytest.mark.parametrize("delay", moments(n / 20 for n in range(2, 50, 4)))
def test_kill_9_during_initialisation_is_made_good(database, delay):
    server = database.start()
    time.sleep(delay)  # not a wait for anything: the moment of the kill is what is varied
    server.kill()
    print(f"killed after {delay} s: {sorted(path.name for path in database.volume.iterdir())}")
    server = database.ready()
    assert query(server, "create table t as select 1 as n; select n from t").stdout.endswith("1\n")
    assert sorted(path.name for path in database.volume.iterdir()) == ["data", "lock"]


@pytest.mark.parametrize("delay", moments(n / 50 for n in range(5, 27, 3)))
def test_kill_9_during_the_copy_of_baked_data_is_made_good(image, database, delay):
    database.image = "wordpress-database"
    wanted = {"BAKED_VERSION": (image(database.image).root / "usr/share/storewright/baked/version").read_text().strip()}
    server = database.start(wanted)
    time.sleep(delay)  # not a wait for anything: the moment of the kill is what is varied
    server.kill()
    print(f"killed after {delay} s: {sorted(path.name for path in database.volume.iterdir())}")
    server = database.ready(env=wanted)
    assert "empty database" not in server.output()
    assert query(server, "select count(*) from wp_posts where post_type = 'product'").stdout == "6\n"
    assert sorted(path.name for path in database.volume.iterdir()) == ["data", "lock"]


def test_every_half_initialised_state_is_made_good(database):
    """The states a kill can leave, made on purpose: no staging finished, and staging finished but not renamed."""
    staging, data = database.volume / "data.initialising", database.volume / "data"
    (staging / "mysql").mkdir(parents=True, mode=0o700)
    subprocess.run(["chown", "-R", "10022:10022", staging], check=True)
    server = database.ready()
    assert query(server, "select 1").stdout == "1\n"
    assert server.stop() == 0
    data.rename(staging)
    server = database.ready()
    assert query(server, "select 1").stdout == "1\n"
    assert not staging.exists()


def test_files_of_unknown_origin_are_left_alone(database):
    data = database.volume / "data"
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


def test_an_image_without_baked_data_says_why_the_database_is_empty(database):
    server = database.ready(env={"BAKED_VERSION": "shop-2"})
    said = "the image holds no baked data, this store wants shop-2"
    assert f"{said}: starting from an empty database" in server.output()
    comment = "select schema_comment from information_schema.schemata where schema_name = database()"
    assert query(server, comment).stdout == f"{said}\n"


@pytest.mark.parametrize(
    ("env", "password", "message"),
    [
        ({"MARIADB_PASSWORD_FILE": ""}, PASSWORD, "MARIADB_PASSWORD_FILE is not set"),
        ({"MARIADB_PASSWORD_FILE": "/secrets/none"}, PASSWORD, "/secrets/none is not there"),
        ({}, "", "is empty"),
        ({}, "two\nlines", "control character"),
        ({"MARIADB_USER": "root"}, PASSWORD, "MARIADB_USER must not be root"),
        ({"MARIADB_USER": "a'b"}, PASSWORD, "MARIADB_USER must match"),
        ({"MARIADB_DATABASE": "My Shop"}, PASSWORD, "MARIADB_DATABASE must match"),
        ({"MARIADB_BUFFER_POOL": "lots"}, PASSWORD, "MARIADB_BUFFER_POOL must be a size"),
        ({"MARIADB_MAX_CONNECTIONS": "-1"}, PASSWORD, "MARIADB_MAX_CONNECTIONS must be a number"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_written(database, env, password, message):
    database.set_password(password)
    server = database.start(env)
    assert server.wait() == 1
    assert message in server.output()
    assert list(database.volume.iterdir()) == []

"""The MariaDB image's entry point, beside what test_databases.py holds both databases to."""

import time

import pytest
from database import PASSWORD, MariaDB
from moments import moments


def as_server_user(server, sql):
    """What a process of the container itself may do by the socket, without a password."""
    return server.exec(
        "mariadb", "--defaults-file=/etc/mysql/my.cnf", "--batch", "--skip-column-names", f"-e{sql}"
    )


@pytest.fixture
def database(start, folder, secret):
    return MariaDB(start, folder, secret)


def test_an_empty_volume_becomes_a_database(database):
    server = database.ready()
    print(f"ready {time.monotonic() - server.started:.2f} s after start")
    who = "select substring_index(current_user(), '@', 1), database()"
    assert database.query(server, who).stdout == "wordpress\twordpress\n"
    assert database.query(server, "create table t (id int) engine=innodb").returncode == 0
    assert database.query(server, "select @@innodb_flush_log_at_trx_commit, @@log_bin").stdout == "1\t0\n"
    assert "starting from an empty database" in server.output()


def test_only_the_password_opens_it(database):
    server = database.ready()
    for password in ("", "wrong", PASSWORD + " "):
        refused = database.query(server, "select 1", password=password)
        assert refused.returncode != 0
        assert "Access denied" in refused.stderr
    for user in ("root", "mysql", "mariadb.sys", "PUBLIC", ""):
        assert database.query(server, "select 1", user=user, password="", database="mysql").returncode != 0, user
    assert as_server_user(server, "select 1").stdout == "1\n"
    accounts = as_server_user(server, "select concat(user, '@', host) from mysql.global_priv order by 1").stdout.split()
    assert accounts == ["mariadb.sys@localhost", "mysql@localhost", "wordpress@%"]


def test_the_shops_account_sees_the_shops_database_alone(database):
    server = database.ready()
    assert database.query(server, "show databases").stdout.split() == ["information_schema", "wordpress"]
    for sql in ("select * from mysql.global_priv", "create database another", "select load_file('/etc/passwd') + 1 is null"):
        answer = database.query(server, sql)
        assert answer.returncode != 0 or answer.stdout == "1\n", sql
    assert "another" not in as_server_user(server, "show databases").stdout


@pytest.mark.parametrize("delay", moments(n / 50 for n in range(5, 27, 3)))
def test_kill_9_during_the_copy_of_baked_data_is_made_good(image, database, delay):
    database.image = "wordpress-database"
    wanted = {"BAKED_VERSION": (image(database.image).root / "usr/share/storewright/baked/version").read_text().strip()}
    server = database.start(wanted)
    time.sleep(delay)  # not a wait for anything: the moment of the kill is what is varied
    server.kill()
    print(f"killed after {delay} s: {sorted(path.name for path in database.volume.iterdir())}")
    server = database.ready(wanted)
    assert "empty database" not in server.output()
    assert database.query(server, "select count(*) from wp_posts where post_type = 'product'").stdout == "6\n"
    assert sorted(path.name for path in database.volume.iterdir()) == ["data", "lock"]


def test_an_image_without_baked_data_says_why_the_database_is_empty(database):
    server = database.ready({"BAKED_VERSION": "shop-2"})
    said = "the image holds no baked data, this store wants shop-2"
    assert f"{said}: starting from an empty database" in server.output()
    comment = "select schema_comment from information_schema.schemata where schema_name = database()"
    assert database.query(server, comment).stdout == f"{said}\n"


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ({"MARIADB_USER": "root"}, "MARIADB_USER must not be root"),
        ({"MARIADB_USER": "a'b"}, "MARIADB_USER must match"),
        ({"MARIADB_DATABASE": "My Shop"}, "MARIADB_DATABASE must match"),
        ({"MARIADB_BUFFER_POOL": "lots"}, "MARIADB_BUFFER_POOL must be a size"),
        ({"MARIADB_MAX_CONNECTIONS": "-1"}, "MARIADB_MAX_CONNECTIONS must be a number"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_written(database, env, message):
    server = database.start(env)
    assert server.wait() == 1
    assert message in server.output()
    assert list(database.volume.iterdir()) == []

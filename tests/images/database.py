"""The servers of the database images on one volume, started one after the other, and a client of them."""

from container import wait_until

PASSWORD = "p'a\"s\\s $x;--"
# The part of it that no quoting changes: what to look for where it must not be.
TRACE = "$x;--"


class Database:
    """One volume and its Secret."""

    image: str
    prefix: str  # of the variables in its environment
    volume_path: str
    sockets_path: str
    uid: int
    data: str  # the folder in the volume that holds the database
    initialises_in: float  # seconds, about
    argument: str  # of the server
    last_words: str
    # SQL
    thousand_rows: str
    sleep: str
    asleep: str  # how many are

    def __init__(self, start, folder, secret):
        self._start, self._secret = start, secret
        self.volume = folder("volume")
        self.mounts = {
            self.volume_path: (self.volume, "rw"),
            self.sockets_path: (folder("run"), "rw"),
            "/tmp": (folder("tmp"), "rw"),
            "/secrets": (secret(password=PASSWORD), "ro"),
        }

    def start(self, env=None):
        return self._start(self.image, env={f"{self.prefix}_PASSWORD_FILE": "/secrets/password", **(env or {})}, mounts=self.mounts)

    def set_password(self, password):
        self._secret(password=password)

    def ready(self, env=None):
        server = self.start(env)

        def ready():
            assert server.running(), f"the server ended: {server.output()}"
            return self.answers(server)

        wait_until(ready, 20, f"{self.image} answers")
        return server

    @property
    def staging(self):
        """Where the database is made before it is renamed to its place."""
        return self.volume / f"{self.data}.initialising"

    def half_made(self):
        """What a kill leaves in `staging` early on."""
        raise NotImplementedError

    def answers(self, server):
        raise NotImplementedError

    def query(self, server, sql, password=PASSWORD):
        """Over the network, as the shop asks."""
        raise NotImplementedError


class Postgres(Database):
    image, prefix, uid = "postgres", "POSTGRES", 10020
    volume_path, sockets_path, data = "/var/lib/postgresql/data", "/var/run/postgresql", "pgdata"
    initialises_in, argument, last_words = 1.3, "config_file", "database system is shut down"
    thousand_rows = "select generate_series(1, 1000)"
    sleep = "select pg_sleep(60)"
    asleep = "select count(*) from pg_stat_activity where query like 'select pg_sleep%'"

    def half_made(self):
        self.staging.mkdir(mode=0o700)
        (self.staging / "PG_VERSION").write_text("17\n")

    def answers(self, server):
        return server.exec("pg_isready", "-q", "-h", "127.0.0.1").returncode == 0

    def query(self, server, sql, password=PASSWORD, user="medusa", database="medusa", host="127.0.0.1"):
        return server.exec(
            "psql", "-h", host, "-U", user, "-d", database, "-w", "-v", "ON_ERROR_STOP=1", "-Atc", sql, env={"PGPASSWORD": password}
        )


class MariaDB(Database):
    image, prefix, uid = "mariadb", "MARIADB", 10022
    volume_path, sockets_path, data = "/var/lib/mysql", "/run/mysqld", "data"
    initialises_in, argument, last_words = 2.4, "--init-file", "Shutdown complete"
    thousand_rows = "select seq from seq_1_to_1000"
    sleep = "select sleep(60)"
    asleep = "select count(*) from information_schema.processlist where info = 'select sleep(60)'"

    def half_made(self):
        (self.staging / "mysql").mkdir(parents=True, mode=0o700)

    def answers(self, server):
        return server.exec("mariadb-ready").returncode == 0

    def query(self, server, sql, password=PASSWORD, user="wordpress", database="wordpress"):
        return server.exec(
            "mariadb", "--defaults-file=/etc/mysql/my.cnf", "--host=127.0.0.1", f"--user={user}", f"--database={database}", "--batch",
            "--skip-column-names", f"--execute={sql}", env={"MYSQL_PWD": password},
        )  # fmt: skip

"""A store's database with its set-up, and a whole MedusaJS shop, of containers in one network, as the chart runs them, and a client of it."""

import json
import re
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from container import wait_until

from harness.mail_server import MailServer
from harness.network import enter, listen_in

IDENTITY = {
    "displayName": "Müller's \"Shoes\"",
    "adminEmail": "owner@example.com",
    "country": "DE",
    "currency": "EUR",
    "language": "de",
    "timezone": "Europe/Berlin",
    "url": "https://shoes.example",
    "hostnames": ["shoes.example"],
}
SECRETS = {
    "postgres": "p'a\"s\\s $x;--",
    "admin": "the owner's password",
    "jwt": "j" * 32,
    "cookie": "c" * 32,
    "key": "pk_" + "0123456789abcdef" * 4,
}
ULID = re.compile(r"(?<![A-Za-z0-9])(?:[a-z]+_)?[0-9A-HJKMNP-TV-Z]{26}(?![A-Za-z0-9])")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|\+00)?")
MAIL = {"enabled": True, "host": "127.0.0.1", "port": 2525, "security": "none", "username": "shop", "from": "shop@shoes.example"}
ADDRESS = {
    "first_name": "Ada", "last_name": "<b>O'Neil</b>", "address_1": "Weg 1", "city": "Berlin", "postal_code": "10115", "country_code": "de",
}  # fmt: skip
CUSTOMER = "customer@example.com"


class Store:
    """A store's database and the set-up jobs that run on it one after the other."""

    def __init__(self, start, tmp_path, number):
        self._start, self.folder = start, tmp_path / f"store{number}"
        self.folder.mkdir()
        self.folders("volume", "run", "tmp", "secrets", "store")
        self.secrets(**SECRETS)
        self.server = None

    def folders(self, *names):
        for name in names:
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)

    def secrets(self, **values):
        for name, value in values.items():
            (self.folder / "secrets" / name).write_text(value)

    def start(self, image="medusa-database", env=None):
        mounts = {
            "/var/lib/postgresql/data": (self.folder / "volume", "rw"),
            "/var/run/postgresql": (self.folder / "run", "rw"),
            "/tmp": (self.folder / "tmp", "rw"),
            "/secrets": (self.folder / "secrets", "ro"),
        }
        self.server = self._start(
            image, env={"POSTGRES_PASSWORD_FILE": "/secrets/postgres", **(env or {})}, mounts=mounts
        )
        return self.server

    def ready(self, seconds=20, **options):
        server = self.start(**options)

        def ready():
            assert server.running(), f"the server ended: {server.output()}"
            return server.exec("pg_isready", "-q", "-h", "127.0.0.1").returncode == 0

        wait_until(ready, seconds, "PostgreSQL accepts connections")
        return self

    def set_up(self, expected=0, **identity):
        """Runs the set-up job to its end; returns what it says in the log and to the owner."""
        (self.folder / "store/store.json").write_text(json.dumps({**IDENTITY, **identity}))
        told = self.folder / "told"
        told.write_text("")
        told.chmod(0o666)
        job = self.medusa(
            {"ADMIN_PASSWORD": "admin", "PUBLISHABLE_KEY": "key"},
            arguments=["setup"],
            mounts={"/dev/termination-log": (told, "rw")},
        )
        code = job.wait(180)
        seconds = time.monotonic() - job.started
        assert code == expected, job.output()
        return SimpleNamespace(seconds=seconds, log=job.output(), told=told.read_text())

    def medusa(self, files, env=None, mounts=None, **options):
        """Starts a program of Medusa's image beside the database. `files`: names of the secrets that stand in files, by setting."""
        files = {"DATABASE_PASSWORD": "postgres", "JWT_SECRET": "jwt", "COOKIE_SECRET": "cookie", **files}
        return self._start(
            "medusa",
            beside=self.server,
            env={
                "HOME": "/tmp",
                "DATABASE_HOST": "127.0.0.1",
                "STORE_FILE": "/etc/store/store.json",
                **{f"{variable}_FILE": f"/secrets/{file}" for variable, file in files.items()},
                **(env or {}),
            },
            mounts={
                "/tmp": (self.folder / "tmp", "rw"),
                "/secrets": (self.folder / "secrets", "ro"),
                "/etc/store": (self.folder / "store", "ro"),
                **(mounts or {}),
            },
            **options,
        )

    def query(self, sql, database="medusa"):
        """By the container's own user, through the socket."""
        done = self.server.exec(
            "psql", "-X", "-h", "/var/run/postgresql", "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-Atc", sql
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def content(self):
        """Every row of the shop, with ids replaced by what they stand for, and the time and the password's hash left out."""
        tables = self.query("select tablename from pg_tables where schemaname = 'public' order by 1")
        rows = []
        for line in self.query(
            " union all ".join(f"select json_build_array('{t}', to_json(x))::text from \"{t}\" x" for t in tables)
        ):
            line = re.sub(r'("password"\s*:\s*)"[^"]*"', r'\1"HASH"', TIME.sub("TIME", line))
            own = json.loads(line)[1].get("id")
            rows.append((own if isinstance(own, str) else None, line))
        means = {}
        for _ in range(4):
            means = {
                own: f"<{hash(ULID.sub(lambda m, own=own: 'SELF' if m[0] == own else means.get(m[0], '?'), line)):x}>"
                for own, line in rows
                if own
            }
        texts = [ULID.sub(lambda m: f"{m[0].split('_')[0]}{means.get(m[0], '?')}" if "_" in m[0] else "ID", line) for _, line in rows]
        return sorted(re.sub(r"(prefix|id)(\":\s*)\d+", r"\1\2N", text) for text in texts)


class Shop(Store):
    """A store whose backend runs. What talks to it does so from a thread that has entered its network."""

    def serve(self, authority=None):
        """With a certificate authority that Node is to know beside the world's."""
        self.prepare()
        self.start_cache()
        self.start_backend(authority)
        self.await_backend()
        return self

    def prepare(self):
        """All but the cache and the backend."""
        self.ready().set_up()
        self.folders("cache", "mail")
        self.secrets(valkey="cache secret")
        self.mail(enabled=False)

    def start_cache(self):
        self._start(
            "valkey",
            beside=self.server,
            env={"VALKEY_PASSWORD_FILE": "/secrets/valkey"},
            mounts={"/data": (self.folder / "cache", "rw"), "/tmp": (self.folder / "tmp", "rw"), "/secrets": (self.folder / "secrets", "ro")},
        )

    def start_backend(self, authority=None):
        if authority:
            (self.folder / "secrets/ca.crt").write_bytes(authority.read_bytes())
        self.backend = self.medusa(
            {"CACHE_PASSWORD": "valkey"},
            env={
                "CACHE_HOST": "127.0.0.1",
                "COOKIES_SECURE": "false",
                "MAIL_FILE": "/etc/store/mail.json",
                "MAIL_PASSWORD_FILE": "/run/secrets/mail/password",
                **({"NODE_EXTRA_CA_CERTS": "/secrets/ca.crt"} if authority else {}),
            },
            mounts={"/run/secrets/mail": (self.folder / "mail", "ro")},
        )
        self.inside = ThreadPoolExecutor(1, initializer=enter, initargs=(self.network,))

    def await_backend(self):
        def ready():
            assert self.backend.running(), self.backend.output()[-3000:]
            try:
                return self.call("GET", "/ready")["ready"]
            except (OSError, AssertionError):
                return False

        wait_until(ready, 60, "Medusa is ready")

    def mail(self, **changes):
        (self.folder / "store/mail.json").write_text(json.dumps({**MAIL, **changes}))

    def mail_password(self, password):
        (self.folder / "mail/password").write_text(password)

    def call(self, method, path, body=None, expect=200, **headers):
        headers = {"content-type": "application/json", "x-publishable-api-key": SECRETS["key"], **headers}
        data = None if body is None else json.dumps(body).encode()
        status, answer = self.inside.submit(
            ask, urllib.request.Request(f"http://127.0.0.1:9000{path}", method=method, data=data, headers=headers)
        ).result(60)
        assert status == expect, f"{method} {path}: {status} instead of {expect}: {answer}"
        return json.loads(answer) if answer.startswith("{") else answer

    @property
    def network(self):
        return f"/proc/{self.server.network.pid}/ns/net"

    def mail_server(self, **options):
        return MailServer(listen_in(self.network, "127.0.0.1", MAIL["port"]), **options)

    def order(self):
        region = self.call("GET", "/store/regions")["regions"][0]["id"]
        product = self.call("GET", f"/store/products?handle=mug&region_id={region}&fields=*variants")["products"][0]
        cart = self.call("POST", "/store/carts", {"region_id": region, "email": CUSTOMER})["cart"]["id"]
        self.call("POST", f"/store/carts/{cart}/line-items", {"variant_id": product["variants"][0]["id"], "quantity": 2})
        self.call("POST", f"/store/carts/{cart}", {"shipping_address": ADDRESS, "billing_address": ADDRESS})
        option = self.call("GET", f"/store/shipping-options?cart_id={cart}")["shipping_options"][0]["id"]
        self.call("POST", f"/store/carts/{cart}/shipping-methods", {"option_id": option})
        payment = self.call("POST", "/store/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
        self.call("POST", f"/store/payment-collections/{payment}/payment-sessions", {"provider_id": "pp_system_default"})
        return self.call("POST", f"/store/carts/{cart}/complete")["order"]


def ask(request):
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.read().decode()

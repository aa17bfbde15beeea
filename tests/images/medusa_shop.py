"""A MedusaJS shop of containers in one network, as the chart runs them, and a client of it."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from container import wait_until
from test_medusa_database import SECRETS, Store

from harness.mail_server import MailServer
from harness.network import enter, listen_in

MAIL = {"enabled": True, "host": "127.0.0.1", "port": 2525, "security": "none", "username": "shop", "from": "shop@shoes.example"}
ADDRESS = {
    "first_name": "Ada", "last_name": "<b>O'Neil</b>", "address_1": "Weg 1", "city": "Berlin", "postal_code": "10115", "country_code": "de",
}  # fmt: skip
CUSTOMER = "customer@example.com"


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
        for name in ("cache", "mail"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
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
        files = {"DATABASE_PASSWORD": "postgres", "JWT_SECRET": "jwt", "COOKIE_SECRET": "cookie", "CACHE_PASSWORD": "valkey"}
        self.backend = self._start(
            "medusa",
            beside=self.server,
            env={
                "HOME": "/tmp",
                "DATABASE_HOST": "127.0.0.1",
                "CACHE_HOST": "127.0.0.1",
                "COOKIES_SECURE": "false",
                "STORE_FILE": "/etc/store/store.json",
                "MAIL_FILE": "/etc/store/mail.json",
                "MAIL_PASSWORD_FILE": "/run/secrets/mail/password",
                **{f"{variable}_FILE": f"/secrets/{file}" for variable, file in files.items()},
                **({"NODE_EXTRA_CA_CERTS": "/secrets/ca.crt"} if authority else {}),
            },
            mounts={
                "/tmp": (self.folder / "tmp", "rw"),
                "/secrets": (self.folder / "secrets", "ro"),
                "/etc/store": (self.folder / "store", "ro"),
                "/run/secrets/mail": (self.folder / "mail", "ro"),
            },
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

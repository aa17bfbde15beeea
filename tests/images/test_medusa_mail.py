"""The mails of a running Medusa: what a customer and an owner get, and what happens while there is no mail server."""

import json
import re
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from container import wait_until
from test_medusa_database import SECRETS, Store

from harness.certificates import Certificates
from harness.mail_server import MailServer
from harness.network import enter, listen_in

PASSWORD = "smtp secret"
MAIL = {"enabled": True, "host": "127.0.0.1", "port": 2525, "security": "none", "username": "shop", "from": "shop@shoes.example"}
ADDRESS = {
    "first_name": "Ada", "last_name": "<b>O'Neil</b>", "address_1": "Weg 1", "city": "Berlin", "postal_code": "10115", "country_code": "de",
}  # fmt: skip
CUSTOMER = "customer@example.com"


class Shop(Store):
    """A store whose backend runs. What talks to it does so from a thread that has entered its network."""

    def serve(self, authority=None):
        """With a certificate authority that Node is to know beside the world's."""
        self.ready().set_up()
        for name in ("cache", "mail"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        self.secrets(valkey="cache secret")
        self._start(
            "valkey",
            beside=self.server,
            env={"VALKEY_PASSWORD_FILE": "/secrets/valkey"},
            mounts={"/data": (self.folder / "cache", "rw"), "/tmp": (self.folder / "tmp", "rw"), "/secrets": (self.folder / "secrets", "ro")},
        )
        self.mail(enabled=False)
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

        def ready():
            assert self.backend.running(), self.backend.output()[-3000:]
            try:
                return self.call("GET", "/ready")["ready"]
            except (OSError, AssertionError):
                return False

        wait_until(ready, 60, "Medusa is ready")
        return self

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


@pytest.fixture
def shop(start, tmp_path):
    return Shop(start, tmp_path, 0).serve()


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content()


def test_mail_follows_its_settings_without_a_restart(shop):
    token = shop.call("POST", "/auth/user/emailpass", {"email": "owner@example.com", "password": SECRETS["admin"]})["token"]
    as_owner = {"Authorization": f"Bearer {token}"}

    # Off: orders go through, the admin is told.
    assert shop.call("GET", "/admin/mail", **as_owner) == {"mail": {"enabled": False}}
    shop.order()
    assert shop.query("select count(*) from notification") == ["0"]

    shop.mail()
    shop.mail_password(PASSWORD)
    assert shop.call("GET", "/admin/mail", **as_owner) == {"mail": {"enabled": True}}
    with shop.mail_server(user="shop", password=PASSWORD, refusals=1) as server:
        order = shop.order()
        wait_until(lambda: server.messages, 30, "the customer has mail")
        [(recipients, message)] = server.messages
        assert server.tried == 2, "a server that asks to come back later is asked again"
        assert recipients == [CUSTOMER] == [message["to"].addresses[0].addr_spec]
        assert message["subject"] == f"Ihre Bestellung {order['display_id']} bei Müller's \"Shoes\""
        assert (message["from"].addresses[0].display_name, message["from"].addresses[0].addr_spec) == ("Müller's \"Shoes\"", MAIL["from"])
        assert "2 × Steinzeugbecher" in text_of(message) and "Ada <b>O'Neil</b>" in text_of(message)
        assert "Ada &lt;b&gt;O&#39;Neil&lt;/b&gt;" in text_of(message, "html") and "<b>" not in text_of(message, "html")

        server.messages.clear()
        shop.call("POST", "/auth/user/emailpass/reset-password", {"identifier": "owner@example.com"}, expect=201)
        wait_until(lambda: server.messages, 30, "the owner has mail")
        [(recipients, message)] = server.messages
        assert recipients == ["owner@example.com"]
        link = next(line for line in text_of(message).splitlines() if line.startswith("https://"))
        assert link.startswith("https://shoes.example/app/reset-password?token=")
        token = link.split("token=")[1].split("&")[0]
        shop.call("POST", "/auth/user/emailpass/update", {"password": "a new one"}, Authorization=f"Bearer {token}")
        shop.call("POST", "/auth/user/emailpass", {"email": "owner@example.com", "password": "a new one"})
        assert token not in json.dumps(shop.query("select to_json(n)::text from notification n")), "the link is kept nowhere"
        assert token not in shop.backend.output() and PASSWORD not in shop.backend.output()


def test_a_customer_who_forgot_the_password_chooses_another(shop):
    account = "/auth/customer/emailpass"
    token = shop.call("POST", f"{account}/register", {"email": CUSTOMER, "password": "forgotten"})["token"]
    shop.call("POST", "/store/customers", {"email": CUSTOMER}, Authorization=f"Bearer {token}")
    shop.mail(username="")
    with shop.mail_server() as server:
        shop.call("POST", f"{account}/reset-password", {"identifier": CUSTOMER}, expect=201)
        wait_until(lambda: server.messages, 30, "the customer has mail")
        [(recipients, message)] = server.messages
    assert recipients == [CUSTOMER]
    token = re.search(r"https://shoes.example/account/reset-password\?token=([^&\s]+)&", text_of(message))[1]
    shop.call("POST", f"{account}/update", {"password": "remembered"}, Authorization=f"Bearer {token}")
    shop.call("POST", account, {"email": CUSTOMER, "password": "remembered"})


def test_a_mail_server_that_says_no_costs_no_order(shop):
    shop.mail()
    shop.mail_password("wrong")
    with shop.mail_server(user="shop", password=PASSWORD) as server:
        shop.order()
        wait_until(lambda: "a mail was not sent" in shop.backend.output(), 30, "the refusal is logged")
        assert server.messages == []
        assert shop.query("select template, status from notification") == ["order-placed|failure"]


def test_a_mail_servers_password_is_given_to_no_other_server(start, tmp_path):
    good, bad = (Certificates(tmp_path / name) for name in ("good", "bad"))
    for certificates in (good, bad):
        certificates.issue("mail", "mail")
    shop = Shop(start, tmp_path, 0).serve(good.certificate("ca"))
    shop.mail(security="starttls")
    shop.mail_password(PASSWORD)
    with shop.mail_server(user="shop", password=PASSWORD, certificate=(bad.certificate("mail"), bad.key("mail"))) as server:
        shop.order()
        wait_until(lambda: "could not be sent" in shop.backend.output() or "was not sent" in shop.backend.output(), 30, "the refusal is logged")
    assert server.connections and (server.logins, server.messages) == ([], [])
    with shop.mail_server(user="shop", password=PASSWORD, certificate=(good.certificate("mail"), good.key("mail"))) as server:
        wait_until(lambda: server.messages, 60, "the customer has mail")
        assert server.logins == [("shop", PASSWORD)]

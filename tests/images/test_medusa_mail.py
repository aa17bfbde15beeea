"""The mails of a running Medusa: what a customer and an owner get, and what happens while there is no mail server."""

import json
import re

import pytest
from container import wait_until
from medusa_shop import CUSTOMER, MAIL, SECRETS, Shop

from harness.certificates import Certificates

PASSWORD = "smtp secret"


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

"""The mails of a running shop of each engine, on their way to servers outside the cluster: by settings of the store, by settings of its
plan, and by none."""

import contextlib
import html
import json
import re
import subprocess
import urllib.parse
import urllib.request

import browser
import medusa
import outside
import pytest
import woocommerce
from conftest import available_engines, credentials_of, new_tenant, remove_tenant
from engines import ENGINES
from http_json import Site
from waiting import until

from harness.mail_server import MailServer
from harness.network import listen_in

SERVERS = {"medusa": ("deployment/backend", "backend"), "woocommerce": ("deployment/wordpress", "php")}
PLAN = "with-mail"
USER, PASSWORD = "shops", "the operator's password"
# Of the store's own server, and of the plan's.
PORT, PLAN_PORT = 2525, 587
FROM, PLAN_FROM = "shop@example.com", "shops@example.net"
SYSTEM = "storewright-system"
SECRET = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "test-mail", "namespace": SYSTEM}, "stringData": {"password": PASSWORD}}


def release(platform):
    """(revision, values) of the platform's release."""
    said = [platform.helm(*words, "storewright", "--namespace", SYSTEM, "-o", "json", *more).stdout
            for words, more in ((["status"], []), (["get", "values"], ["--all"]))]
    status, values = map(json.loads, said)
    return status["version"], values


@contextlib.contextmanager
def plan_with_mail(platform, scratch):
    """The small plan once more, with a mail server that only the operator's network has; gone again in the end."""
    before, operators = release(platform)
    small = next(plan for plan in operators["plans"] if plan["name"] == "small")
    mail = {"host": outside.INTERNET, "port": PLAN_PORT, "security": "none", "username": USER, "from": PLAN_FROM,
            "passwordSecret": {"name": "test-mail", "key": "password"}, "egress": [f"{outside.INTERNET}/32"]}
    values = scratch / "values.json"
    values.write_text(json.dumps({"plans": [*operators["plans"], {**small, "name": PLAN, "displayName": "With mail", "mail": mail}]}))
    platform.kubectl("apply", "-f", "-", stdin=json.dumps(SECRET))
    try:
        # Under another label than the installer's, which would take what is left of a killed test for its own work.
        platform.helm("upgrade", "storewright", "charts/storewright", "--namespace", SYSTEM, "--reuse-values", "--values", str(values),
                      "--labels", "inputs=test-mail", "--wait", "--timeout", "120s")
        wait_for_platform(platform)
        yield
    finally:
        # Not what somebody has installed meanwhile.
        if release(platform)[0] == before + 1:
            platform.helm("rollback", "storewright", str(before), "--namespace", SYSTEM, "--wait", "--timeout", "120s")
            wait_for_platform(platform)
        platform.kubectl("delete", "secret", "test-mail", "--namespace", SYSTEM)


def wait_for_platform(platform):
    """Until none answers that has other settings."""
    wanted = platform.get("deployment", "storewright", "--namespace", SYSTEM)["spec"]["replicas"]
    ours = ["pods", "--namespace", SYSTEM, "-l", "app.kubernetes.io/name=storewright"]
    until(lambda: len(platform.get(*ours)["items"]) == wanted, 60, "the end of old pods")
    until(lambda: platform.cli("plan", "list", check=False).returncode == 0, 60, "an answer of the platform")


@pytest.fixture(scope="module")
def host():
    with outside.outside_host() as made:
        yield made


@pytest.fixture(scope="module")
def owner(platform, tmp_path_factory):
    with plan_with_mail(platform, tmp_path_factory.mktemp("plan")):
        tenant = new_tenant(platform, "p")
        platform.cli("tenant", "create", tenant.name, "--plan", "small", "--plan", PLAN, "--max-stores", "4")
        try:
            yield tenant
        finally:
            remove_tenant(tenant)


@pytest.fixture(scope="module")
def shops(owner, platform):
    """One of each engine, made without mail; what follows changes it as it runs."""
    return owner.open({engine: engine for engine in available_engines(platform)})


@pytest.fixture(scope="module")
def shop(shops, engine):
    return shops[engine]


def mail_server(host, port, **options):
    return MailServer(listen_in(f"/run/netns/{host.namespace}", outside.INTERNET, port), **options)


def servers(platform, shop):
    """The pods that serve, by uid, with the restarts of each."""
    pods = platform.get("pods", "--namespace", shop["status"]["namespace"], "-l", "app.kubernetes.io/component notin (setup, cron)")["items"]
    return {pod["metadata"]["uid"]: sum(c["restartCount"] for c in pod["status"]["containerStatuses"]) for pod in pods}


def file_in(platform, shop, engine, path):
    where, container = SERVERS[engine]
    said = platform.kubectl("exec", where, "--container", container, "--namespace", shop["status"]["namespace"], "--", "cat", path, check=False)
    return said.stdout if said.returncode == 0 else ""


def mail_settings_reach(platform, shop, engine, **wanted):
    def arrived():
        return wanted.items() <= json.loads(file_in(platform, shop, engine, "/etc/store/mail.json") or "{}").items()

    # A kubelet that nobody tells looks again after a minute or so.
    until(arrived, 15, f"the settings {wanted} in the shop's pod")


def said_of_mail(owner, name):
    return re.search(r"^Mail +(.*)$", owner.cli("store", "get", name).stdout, re.M)[1]


def text_of(message):
    body = html.unescape(message.get_body(("plain", "html")).get_content())
    return re.sub(r"\s+", " ", f"{message['subject']} {body}")


def mail_to(server, recipient):
    """The one mail to an address."""
    found = until(lambda: [message for recipients, message in server.messages if recipients == [recipient]], 60, f"a mail to {recipient}")
    assert len(found) == 1
    return found[0]


def number_of(order):
    return order.get("display_id") or order["id"]


def order_and_its_mail(platform, shop, engine, server, buyer):
    order = ENGINES[engine].place_order(platform, shop, buyer)
    message = mail_to(server, buyer)
    assert re.search(rf"\b{number_of(order)}\b", text_of(message)), text_of(message)
    return message


def ask_for_a_new_password(shop, engine, login):
    if engine == "medusa":
        Site(shop["status"]["url"]).call("POST", "/auth/user/emailpass/reset-password", {"identifier": login}, expect=201)
        return
    form = urllib.parse.urlencode({"user_login": login}).encode()
    with urllib.request.urlopen(f"{shop['status']['url']}/wp-login.php?action=lostpassword", data=form, timeout=30) as answer:
        assert "checkemail=confirm" in answer.url


def assert_order_and_password_mails_arrive(platform, shop, engine, server, sender):
    message = order_and_its_mail(platform, shop, engine, server, "buyer@example.com")
    assert message["from"].addresses[0].addr_spec == sender
    server.messages.clear()
    ask_for_a_new_password(shop, engine, "owner@example.com")
    message = mail_to(server, "owner@example.com")
    page = {"medusa": "/app/reset-password?token=", "woocommerce": "/wp-login.php?"}[engine]
    assert shop["status"]["url"] + page in text_of(message)


@pytest.mark.parametrize("arguments, field", [
    pytest.param(["--smtp-port", "26"], "spec.mail.port", id="a port that is no mail server's"),
    pytest.param(["--smtp-security", "none", "--smtp-username", USER, "--smtp-password-file", "{password}"], "spec.mail.security",
                 id="a password in the clear"),
    pytest.param(["--smtp-username", USER], "spec.mail.passwordSecret", id="a user name without a password"),
    pytest.param(["--smtp-username", USER, "--smtp-password-file", "{missing}"], "--smtp-password-file", id="a file that is not there"),
])
def test_what_cannot_be_meant_is_refused_by_name(owner, tmp_path, arguments, field):
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    given = [word.format(password=password, missing=tmp_path / "missing") for word in arguments]
    said = owner.create("refused", "static", "--smtp-host", "smtp.example.com", "--smtp-from", FROM, *given, wait=False, check=False)
    assert said.returncode != 0
    assert field in said.stderr
    assert PASSWORD not in said.stdout + said.stderr
    assert "refused" not in [store["name"] for store in owner.stores()]


def test_without_a_mail_server_store_and_admin_say_that_mail_is_off(shop, owner, engine):
    assert said_of_mail(owner, engine) == "off (no SMTP is set on plan or store)"
    credentials = credentials_of(owner, engine)
    if engine == "medusa":
        # That its pages show it is seen in test_medusa.py.
        assert medusa.admin(shop, credentials).call("GET", "/admin/mail") == {"mail": {"enabled": False}}
        return
    with browser.page() as page:
        woocommerce.open_admin(page, shop, credentials)
        page.get_by_text("Mail is off").wait_for()


def test_a_server_that_is_set_reaches_the_running_shop(shop, owner, engine, platform, host):
    before = servers(platform, shop)
    owner.cli("store", "set", engine, "--smtp-host", outside.INTERNET, "--smtp-port", str(PORT), "--smtp-security", "none",
              "--smtp-from", FROM, "--wait")
    assert said_of_mail(owner, engine) == f"{outside.INTERNET}:{PORT} as {FROM}"
    mail_settings_reach(platform, shop, engine, enabled=True, host=outside.INTERNET, port=PORT)
    with mail_server(host, PORT) as server:
        assert_order_and_password_mails_arrive(platform, shop, engine, server, FROM)
    assert servers(platform, shop) == before


def test_the_plans_server_is_logged_into_with_the_operators_password(shop, owner, engine, platform, host):
    owner.cli("store", "set", engine, "--plan", PLAN, "--no-smtp", "--wait")
    assert said_of_mail(owner, engine) == f"{outside.INTERNET}:{PLAN_PORT} as {PLAN_FROM}"
    mail_settings_reach(platform, shop, engine, port=PLAN_PORT, username=USER)
    until(lambda: file_in(platform, shop, engine, "/run/secrets/mail/password") == PASSWORD, 15, "the plan's password in the shop's pod")
    with mail_server(host, PLAN_PORT, user=USER, password=PASSWORD) as server:
        assert_order_and_password_mails_arrive(platform, shop, engine, server, PLAN_FROM)
        assert set(server.logins) == {(USER, PASSWORD)}


def test_a_server_that_takes_another_password_gets_no_mail(shop, engine, platform, host):
    with mail_server(host, PLAN_PORT, user=USER, password="another") as server:
        ENGINES[engine].place_order(platform, shop, "refused@example.com")
        until(lambda: server.logins, 30, "the shop trying to log in")
    assert server.messages == []


def test_a_password_is_given_to_no_server_that_cannot_show_who_it_is(shop, owner, engine, platform, host, tmp_path):
    before = servers(platform, shop)
    password = tmp_path / "password"
    password.write_text("the owner's password\n")
    owner.cli("store", "set", engine, "--smtp-host", outside.INTERNET, "--smtp-port", str(PORT), "--smtp-security", "starttls",
              "--smtp-from", FROM, "--smtp-username", "owner", "--smtp-password-file", str(password), "--wait")
    mail_settings_reach(platform, shop, engine, security="starttls", username="owner")
    until(lambda: file_in(platform, shop, engine, "/run/secrets/mail/password") == "the owner's password", 15, "the password in the shop's pod")
    with mail_server(host, PORT, user="owner", password="the owner's password", certificate=self_signed(tmp_path)) as server:
        ENGINES[engine].place_order(platform, shop, "buyer@example.com")
        until(lambda: server.connections, 30, "the shop turning to the server")
    assert (server.logins, server.messages) == ([], [])
    assert servers(platform, shop) == before


def self_signed(directory):
    certificate, key = directory / "mail.crt", directory / "mail.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                    "-subj", "/CN=mail", "-addext", f"subjectAltName=IP:{outside.INTERNET}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True, timeout=60)
    return certificate, key


def test_mail_that_is_taken_away_is_off_again(shop, owner, engine, platform):
    owner.cli("store", "set", engine, "--plan", "small", "--no-smtp", "--wait")
    assert said_of_mail(owner, engine) == "off (no SMTP is set on plan or store)"
    mail_settings_reach(platform, shop, engine, enabled=False)

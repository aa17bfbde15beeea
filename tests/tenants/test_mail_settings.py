"""What a shop sends mail with: its own server, its plan's or none; and where the password is, and is not."""

import base64

import pytest

from harness.installation import NAMESPACE
from harness.waiting import wait_for

OWN = {"host": "smtp.example.com", "port": 465, "security": "tls", "username": "shop", "from": "shop@example.com",
       "passwordSecret": {"name": "own-smtp", "key": "password"}}
PASSWORD = "correct horse battery"


def condition(platform, name):
    found = {c["type"]: c for c in platform.tenant.status(name).get("conditions", [])}
    return found.get("MailConfigured", {})


def put_secret(platform, name, namespace, type_="storewright.dev/smtp", password=PASSWORD):
    platform.admin.create(f"/api/v1/namespaces/{namespace}/secrets", {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "type": type_, "stringData": {"password": password}})


def wait_mail(platform, name, reason):
    wait_for(lambda: condition(platform, name).get("reason") == reason, lambda: f"{reason}: {platform.tenant.status(name)}", 90)
    return condition(platform, name)


def copied(platform, status):
    secret = platform.admin.find(f"/api/v1/namespaces/{status['namespace']}/secrets/store-mail")
    return secret and base64.b64decode(secret["data"]["password"]).decode()


def policy(platform, status):
    found = platform.admin.find(f"/apis/networking.k8s.io/v1/namespaces/{status['namespace']}/networkpolicies/allow-mail")
    return found and found["spec"]["egress"][0]


def test_without_smtp_mail_is_off_and_says_so(platform):
    status = platform.open("silent")
    assert condition(platform, "silent")["status"] == "False"
    assert condition(platform, "silent")["message"] == "off (no SMTP is set on plan or store)"
    assert policy(platform, status) is None and copied(platform, status) is None


def test_a_store_sends_with_its_own_server(platform):
    put_secret(platform, "own-smtp", platform.tenant.namespace)
    status = platform.open("mailer", mail=OWN)
    assert wait_mail(platform, "mailer", "Set")["message"] == "smtp.example.com:465 as shop@example.com"
    assert copied(platform, status) == PASSWORD
    rule = policy(platform, status)
    assert rule["ports"] == [{"protocol": "TCP", "port": 465}]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"], "a tenant must not reach the operator's network"


def test_a_password_that_is_missing_turns_mail_off_and_nothing_else(platform):
    wanted = {**OWN, "passwordSecret": {"name": "later-smtp"}}
    status = platform.open("early", mail=wanted)
    said = wait_mail(platform, "early", "MailSecretMissing")
    assert "later-smtp does not exist" in said["message"] and "smtp-password-file" in said["message"]
    assert policy(platform, status) is None and copied(platform, status) is None
    put_secret(platform, "later-smtp", platform.tenant.namespace)
    wait_mail(platform, "early", "Set")
    assert copied(platform, platform.tenant.status("early")) == PASSWORD

    def told():
        events = platform.admin.items(f"/api/v1/namespaces/{platform.tenant.namespace}/events")
        return [e["type"] for e in events if e["reason"] == "MailSecretMissing"]

    wait_for(told, "the event", 30)
    assert told() == ["Warning"]


def test_a_secret_that_was_not_made_for_mail_is_not_sent_anywhere(platform):
    put_secret(platform, "token", platform.tenant.namespace, "Opaque", "of something else")
    status = platform.open("thief", mail={**OWN, "passwordSecret": {"name": "token", "key": "password"}})
    assert "is not of type storewright.dev/smtp" in wait_mail(platform, "thief", "MailSecretMissing")["message"]
    assert copied(platform, status) is None


def test_a_plan_has_a_server_for_its_stores(platform):
    put_secret(platform, "plan-smtp", NAMESPACE, "Opaque")
    status = platform.open("planned", plan="mailing")
    assert wait_mail(platform, "planned", "Set")["message"] == "smtp.internal.example:2500 as shops@example.com"
    assert copied(platform, status) == PASSWORD
    assert policy(platform, status) == {"to": [{"ipBlock": {"cidr": "10.9.8.7/32"}}], "ports": [{"protocol": "TCP", "port": 2500}]}


def test_turning_mail_off_removes_the_password_and_closes_the_port(platform):
    put_secret(platform, "passing-smtp", platform.tenant.namespace)
    platform.open("passing", mail={**OWN, "passwordSecret": {"name": "passing-smtp"}})
    wait_mail(platform, "passing", "Set")
    platform.change("passing", mail=None)
    status = platform.wait_revision("passing", 2)
    assert condition(platform, "passing")["reason"] == "NotSet"
    assert policy(platform, status) is None and copied(platform, status) is None


@pytest.mark.parametrize("change, field", [
    ({"port": 22}, "spec.mail.port"),
    ({"security": "ssl"}, "spec.mail.security"),
    ({"security": "none"}, "spec.mail.security must be starttls or tls"),
    ({"host": "localhost"}, "spec.mail.host"),
    ({"from": "nobody"}, "spec.mail.from"),
    ({"username": None}, "username and passwordSecret come together"),
    ({"password": "x"}, "spec.mail.password"),
])
def test_bad_settings_are_refused_with_their_field(platform, change, field):
    ok, said = platform.tenant.try_to_create(platform.tenant.manifest("bad", mail={k: v for k, v in {**OWN, **change}.items() if v is not None}))
    assert not ok and field in said, said


def test_the_password_is_in_no_release_record_nor_log(platform):
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    log = platform.log()
    assert "reconciling" in log
    assert PASSWORD not in log and encoded not in log
    for store in platform.admin.items(f"/apis/storewright.dev/v1alpha1/namespaces/{platform.tenant.namespace}/stores"):
        for secret in platform.admin.items(f"/api/v1/namespaces/{store['status']['namespace']}/secrets", fieldSelector="type=helm.sh/release.v1"):
            assert PASSWORD not in platform.release(secret)

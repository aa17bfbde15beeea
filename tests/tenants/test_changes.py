"""What is changed on a running store reaches its pods, also when the controller dies meanwhile."""

from harness.proxy import AFTER
from harness.waiting import wait_for


def test_pods_are_told_of_changed_settings_and_are_not_restarted(platform):
    before = platform.pods(platform.open("told"))
    assert set(before.values()) == {None}, "a creation has nobody to tell"
    platform.change("told", displayName="Another name")
    after = platform.pods(status := platform.wait_revision("told", 2))
    assert after == dict.fromkeys(before, status["release"]["configDigest"])


def test_pods_are_left_alone_when_no_file_of_theirs_changed(platform):
    platform.open("quiet")
    platform.change("quiet", hostnames=["quiet.changes.example"])
    assert set(platform.pods(platform.wait_revision("quiet", 2)).values()) == {None}


def test_pods_are_told_even_if_the_controller_dies_before_it_could(platform):
    platform.open("dying")
    platform.proxy.arm(lambda call, side: side == AFTER and call.method == "PATCH" and "/configmaps/" in call.path)
    platform.change("dying", displayName="Another name")
    platform.restart_when_struck()
    status = platform.wait_revision("dying", 2)
    assert set(platform.pods(status).values()) == {status["release"]["configDigest"]}


def test_the_login_that_is_told_follows_the_address_and_the_password_stays(platform):
    status = platform.open("login")
    password = platform.secret(status, "store-admin", "password")
    platform.change("login", adminEmail="new@example.com")
    platform.wait_revision("login", 2)
    assert platform.secret(status, "store-admin", "email") == "new@example.com"
    assert platform.secret(status, "store-admin", "password") == password


def test_a_hostname_is_reserved_served_and_given_up(platform):
    status = platform.open("hosts")
    reservation = "/apis/storewright.dev/v1alpha1/hostnamereservations/hosts.changes.example"
    ingress = f"/apis/networking.k8s.io/v1/namespaces/{status['namespace']}/ingresses/page"
    platform.change("hosts", hostnames=["hosts.changes.example"])
    after = platform.wait_revision("hosts", 2)
    assert after["hostnames"] == [rule["host"] for rule in platform.admin.get(ingress)["spec"]["rules"]]
    assert platform.admin.get(reservation)["spec"]["storeName"] == "hosts"
    assert after["url"] == status["url"]
    platform.change("hosts", hostnames=None)
    platform.wait_revision("hosts", 3)
    wait_for(lambda: platform.admin.find(reservation) is None, "the hostname being free again", 10)
    assert platform.tenant.patch("hosts", {"spec": {"hostnames": ["shop.elsewhere.example"]}})[0] is False

"""Stores of both engines side by side: what each has of its own, what it survives, many at once."""

import base64
import contextlib
import http.client
import os
import signal
import threading
import time
import urllib.request

import medusa
import pytest
import woocommerce
from conftest import available_engines, credentials_of, new_tenant, remove_tenant
from engines import ENGINES
from http_json import Site
from test_survival import STATE_FILE, state
from waiting import until


@pytest.fixture(scope="module")
def pairs(owner, platform):
    """Two stores of each engine there is, of one owner."""
    engines = available_engines(platform)
    made = owner.open({f"{engine[:3]}-{which}": engine for engine in engines for which in ("one", "two")})
    return {engine: [store for store in made.values() if store["spec"]["engine"] == engine] for engine in engines}


@pytest.fixture(scope="module")
def pair(pairs, engine):
    return pairs[engine]


def secret_values(platform, store):
    """All that was generated for the store."""
    values = {}
    for secret in ("store-admin", "store-internal"):
        data = platform.get("secret", secret, "--namespace", store["status"]["namespace"])["data"]
        values.update({key: base64.b64decode(value).decode() for key, value in data.items() if key != "email"})
    return values


def test_two_stores_share_no_secret(pair, platform):
    one, two = (secret_values(platform, store) for store in pair)
    assert one.keys() == two.keys()
    everything = [*one.values(), *two.values()]
    assert len(set(everything)) == len(everything)


def test_an_owner_logs_into_no_other_store(pair, owner, engine):
    one, two = pair
    for store, other in ((one, two), (two, one)):
        own, foreign = (credentials_of(owner, s["name"]) for s in (store, other))
        assert ENGINES[engine].logs_in(store, own["email"], own["password"])
        assert not ENGINES[engine].logs_in(store, foreign["email"], foreign["password"])


@pytest.mark.parametrize("engine", ["medusa"], indirect=True)
def test_who_is_logged_in_is_a_stranger_to_another_store(pair, owner):
    """By the token that programs have, and by the cookie of a session. WooCommerce's sessions: tests/images/test_wordpress.py."""
    one, two = pair
    for store, other in ((one, two), (two, one)):
        credentials = credentials_of(owner, store["name"])
        for proof in (medusa.admin(store, credentials).headers, {"Cookie": medusa.session(store, credentials)}):
            answers = [Site(s["status"]["url"], proof).try_call("GET", "/admin/orders?limit=1")[0] for s in (store, other)]
            assert answers == [200, 401], list(proof)


def test_a_key_opens_no_other_store(pair, platform, engine):
    one, two = pair
    answers = {"medusa": store_api_answers, "woocommerce": owner_api_answers}[engine]
    for store, other in ((one, two), (two, one)):
        assert answers(platform, store, key_of=store) == 200
        assert answers(platform, store, key_of=other) in (400, 401)


def store_api_answers(platform, store, key_of):
    site = medusa.Site(store["status"]["url"], {"x-publishable-api-key": medusa.publishable_key(platform, key_of)})
    return site.try_call("GET", "/store/products?limit=1")[0]


def owner_api_answers(platform, store, key_of):
    return woocommerce.try_owner_call(store, woocommerce.rest_key(platform, key_of), "GET", "/orders?per_page=1")[0]


# Each reads the password from its standard input and asks over the network, as the shop does.
LOGIN = {
    "medusa": ("postgres-0", 'read -r PGPASSWORD; export PGPASSWORD; exec psql -h "$(hostname -i)" -U medusa -d medusa -tAc "SELECT 1"'),
    "woocommerce": ("mariadb-0", 'read -r MYSQL_PWD; export MYSQL_PWD; exec mariadb -h "$(hostname -i)" -u wordpress -Ne "SELECT 1" wordpress'),
}


def test_a_database_password_opens_no_other_database(pair, platform, engine):
    one, two = pair
    key = {"medusa": "postgres-password", "woocommerce": "database-password"}[engine]
    passwords = [secret_values(platform, store)[key] for store in pair]
    pod, command = LOGIN[engine]
    for store, opens in ((one, [True, False]), (two, [False, True])):
        tried = [platform.kubectl("exec", "-i", "--namespace", store["status"]["namespace"], pod, "--", "sh", "-c", command,
                                  stdin=f"{password}\n", check=False) for password in passwords]
        assert [done.returncode == 0 for done in tried] == opens, [done.stderr for done in tried]


def servers(platform, store):
    """The pods that serve, by component."""
    pods = platform.get("pods", "--namespace", store["status"]["namespace"])["items"]
    return {pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod for pod in pods
            if pod["status"]["phase"] not in ("Succeeded", "Failed") and pod["metadata"]["ownerReferences"][0]["kind"] != "Job"}


def is_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


def replaced(platform, store, component, uid):
    pod = servers(platform, store).get(component)
    return pod and pod["metadata"]["uid"] != uid and is_ready(pod)


def restarts(platform, store):
    """Of any of its servers: a crash that a restart hides is still a crash."""
    counts = {component: sum(c["restartCount"] for c in pod["status"]["containerStatuses"]) for component, pod in servers(platform, store).items()}
    return {component: count for component, count in counts.items() if count}


def found(platform, owner, engine, store, orders):
    """Whether the owner finds each order, by who placed it."""
    credentials = credentials_of(owner, store["name"])
    for email, order in orders.items():
        assert ENGINES[engine].email_of_order(platform, store, credentials, order) == email
    return True


def test_any_pod_may_be_killed(pair, owner, platform, engine, subtests):
    """Nobody does anything for it: the shop is back by itself, with every order that was placed. The other pods cope without ending."""
    store = pair[0]
    orders = {}
    for component, pod in servers(platform, store).items():
        with subtests.test(component):
            orders[f"{component}@example.com"] = ENGINES[engine].place_order(platform, store, f"{component}@example.com")
            platform.kubectl("delete", "pod", pod["metadata"]["name"], "--namespace", store["status"]["namespace"], "--grace-period=0", "--force")
            until(lambda: replaced(platform, store, component, pod["metadata"]["uid"]), 120, f"another pod of {component} being ready")
            until(lambda: owner.store(store["name"])["status"]["phase"] == "Ready", 120, "the store being ready again")
            orders["after@example.com"] = ENGINES[engine].place_order(platform, store, "after@example.com")
            assert found(platform, owner, engine, store, orders)
            assert restarts(platform, store) == {}


def node_is_ready(platform):
    conditions = platform.get("nodes")["items"][0]["status"]["conditions"]
    return next(c["status"] for c in conditions if c["type"] == "Ready") == "True"


def kubelet():
    return state()["parts"]["kubelet"]


@contextlib.contextmanager
def no_kubelet(seconds):
    """The kubelet is killed, and for at least that long none does anything: the one that is started in its place is halted within a fraction of
    a second, and killed in the end."""
    killed = kubelet()["pid"]
    until_then = time.monotonic() + seconds
    os.kill(killed, signal.SIGKILL)
    halted = until(lambda: (pid := kubelet().get("pid")) != killed and pid, 60, "another kubelet being started")
    os.kill(halted, signal.SIGSTOP)
    try:
        yield
        time.sleep(max(0, until_then - time.monotonic()))
    finally:
        os.kill(halted, signal.SIGKILL)


@pytest.mark.skipif(not STATE_FILE.exists(), reason="kills the kubelet of the built-in cluster, and another one is used")
def test_a_kubelet_that_is_dead_for_a_minute_is_survived(pairs, owner, platform, subtests):
    """By a store of each engine there is, all in the same minute. The kubelet that comes after it knows nothing of them but what is written."""
    stores = {engine: pair[1] for engine, pair in pairs.items()}
    orders = {engine: ENGINES[engine].place_order(platform, store, "before@example.com") for engine, store in stores.items()}
    before = {engine: uids(platform, store) for engine, store in stores.items()}
    starts = kubelet()["restarts"]
    with no_kubelet(60):
        until(lambda: not node_is_ready(platform), 120, "the node being known not to be ready")
    until(lambda: node_is_ready(platform), 60, "the node being ready again")
    assert kubelet()["restarts"] == starts + 2, kubelet()
    # A kubelet that has just begun takes no pod for ready before it has asked it.
    until(lambda: platform.cli("engine", "list", check=False).returncode == 0, 60, "the platform answering again")
    for engine, store in stores.items():
        with subtests.test(engine):
            until(lambda: owner.store(store["name"])["status"]["phase"] == "Ready" and all(map(is_ready, servers(platform, store).values())),
                  120, "the store being ready again")
            after = ENGINES[engine].place_order(platform, store, "after@example.com")
            assert found(platform, owner, engine, store, {"before@example.com": orders[engine], "after@example.com": after})
            assert uids(platform, store) == before[engine]
            assert restarts(platform, store) == {}


def uids(platform, store):
    return {component: pod["metadata"]["uid"] for component, pod in servers(platform, store).items()}


class Customer(threading.Thread):
    """Looks at a shop again and again, and keeps what went wrong."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url, self.ended, self.visits, self.failures = url, threading.Event(), 0, []

    def run(self):
        while not self.ended.wait(0.5):
            self.visits += 1
            try:
                with urllib.request.urlopen(self.url, timeout=20) as answer:
                    answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(str(error))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(timeout=30)


def test_six_at_once_while_one_is_deleted(platform):
    """Three of each engine (six of one, if there is one), beside a shop that is open all the while."""
    crowd = new_tenant(platform, "c")
    try:
        engines = available_engines(platform)
        goner = crowd.open(dict.fromkeys(("open", "goner"), engines[-1]))["goner"]
        names = [f"{engine[:3]}-{number}" for engine in engines for number in range(6 // len(engines))]
        with Customer(crowd.store("open")["status"]["url"]) as customer:
            for name in names:
                crowd.create(name, next(e for e in engines if e.startswith(name[:3])), wait=False)
            crowd.delete("goner")
            for name in names:
                crowd.cli("store", "wait", name)
        stores = [crowd.store(name) for name in names]
        assert [store["status"]["phase"] for store in stores] == ["Ready"] * 6
        assert customer.visits > 5 and customer.failures == []
        assert platform.kubectl("get", "namespace", goner["status"]["namespace"], check=False).returncode != 0
        assert {store["name"]: counts for store in [*stores, crowd.store("open")] if (counts := restarts(platform, store))} == {}
    finally:
        remove_tenant(crowd)

"""A real MedusaJS shop: created, bought from over its API and in a browser, broken, and removed."""

import json
import os
import pathlib
import re
import time
import urllib.request

import browser
import medusa
import pytest
import traces
from conftest import credentials_of
from waiting import until, until_empty

SCREENSHOTS = os.environ.get("STOREWRIGHT_SCREENSHOTS")


@pytest.fixture(scope="module")
def shop(owner):
    owner.create("shoes", "medusa", "--display-name", "Ada's shoes", "--country", "US", "--currency", "USD")
    return owner.store("shoes")


@pytest.fixture(scope="module")
def credentials(shop, owner):
    return json.loads(owner.cli("store", "credentials", "shoes", "-o", "json").stdout)["entries"]


def take_picture(page, name):
    if SCREENSHOTS:
        page.screenshot(path=pathlib.Path(SCREENSHOTS) / f"{name}.png", full_page=True)


def test_it_is_ready_at_its_generated_url(shop, owner):
    assert shop["status"]["phase"] == "Ready"
    assert shop["status"]["url"] == f"http://shoes-{owner.name}.storewright.localhost"


def test_an_order_over_the_store_api_is_found_by_the_admin_api(shop, platform, credentials):
    order = medusa.place_order(platform, shop, "buyer@example.com")
    found = medusa.order_in_admin(medusa.admin(shop, credentials), order["id"])
    assert order["total"] > 0
    assert (found["email"], found["total"], found["currency_code"]) == ("buyer@example.com", order["total"], "usd")


def test_an_order_in_a_browser_is_seen_in_the_admin(shop, credentials):
    with browser.page() as page:
        number = buy(page, shop["status"]["url"])
        take_picture(page, "confirmation")
    with browser.page() as page:
        open_orders(page, shop, credentials)
        page.get_by_text(f"#{number}", exact=True).first.wait_for()
        take_picture(page, "admin-orders")


def open_orders(page, shop, credentials):
    page.goto(shop["status"]["adminURL"])
    page.get_by_placeholder("Email").fill(credentials["email"])
    page.get_by_placeholder("Password").fill(credentials["password"])
    page.get_by_role("button", name=re.compile("log ?in|continue", re.I)).first.click()
    page.wait_for_url(re.compile("/app/(?!login)"))
    page.goto(shop["status"]["adminURL"] + "/orders")


def buy(page, url):
    """Goes through the shop as a customer does; returns the order's number."""
    page.goto(f"{url}/products")
    take_picture(page, "catalogue")
    page.get_by_role("main").get_by_role("listitem").filter(has_text="$").get_by_role("link").first.click()
    page.get_by_role("button", name="Add to cart").wait_for()
    take_picture(page, "product")
    page.get_by_role("button", name="Add to cart").click()
    page.get_by_role("link", name="View cart").click()
    page.get_by_role("region", name="Order summary").wait_for()
    take_picture(page, "cart")
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("textbox", name="Email").fill("browser@example.com")
    address = page.get_by_role("region", name="Shipping address")
    for label, value in (("First name", "Grace"), ("Last name", "Hopper"), ("Street and house number", "1 Compiler Way"),
                         ("City", "Springfield"), ("ZIP code", "62701")):
        address.get_by_label(label).fill(value)
    address.get_by_label("State").select_option(label="Illinois")
    take_picture(page, "checkout")
    page.get_by_role("button", name="Continue to delivery").click()
    page.get_by_role("group", name="Delivery method").wait_for()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("button", name="Place order").click()
    page.get_by_role("heading", name="Thank you for your order").wait_for()
    return re.sub(r"\D", "", page.get_by_test_id("order-number").inner_text())


def test_another_identity_arrives_without_a_restart(shop, owner, platform, credentials):
    namespace = shop["status"]["namespace"]
    before = servers(platform, namespace)
    name = f"shoes.{owner.name}.example.com"
    owner.cli("store", "set", "shoes", "--display-name", "Ada's boots", "--admin-email", "ada@example.com", "--hostname", name, "--wait")
    store = owner.store("shoes")
    address = urllib.request.Request(f"{store['status']['url']}/", headers={"Host": name})
    until(lambda: "Ada&#x27;s boots" in fetch(address), 30, "the new name on the page, under the new hostname")
    assert servers(platform, namespace) == before
    assert credentials_of(owner, "shoes") == {**credentials, "email": "ada@example.com"}
    assert medusa.logs_in(store, "ada@example.com", credentials["password"])
    assert not medusa.logs_in(store, credentials["email"], credentials["password"])
    site = medusa.admin(store, credentials_of(owner, "shoes"))
    assert site.call("GET", "/admin/stores")["stores"][0]["name"] == "Ada's boots"
    owner.cli("store", "set", "shoes", "--admin-email", credentials["email"], "--wait")
    assert medusa.logs_in(store, credentials["email"], credentials["password"])


def fetch(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode()


def servers(platform, namespace):
    """Those pods that serve, by uid, with the restarts of each."""
    return {pod["metadata"]["uid"]: sum(c["restartCount"] for c in pod["status"]["containerStatuses"])
            for pod in platform.get("pods", "--namespace", namespace)["items"]
            if pod["metadata"]["labels"]["app.kubernetes.io/component"] != "setup"}


def test_without_a_mail_server_the_admin_says_so(shop, credentials):
    assert medusa.admin(shop, credentials).call("GET", "/admin/mail") == {"mail": {"enabled": False}}
    with browser.page() as page:
        open_orders(page, shop, credentials)
        page.get_by_text("Mail is off").wait_for()
        take_picture(page, "admin-mail-off")


def test_nothing_of_it_restarts(shop, platform):
    """A crash that a restart hides is still a crash."""
    restarts = {p["metadata"]["name"]: sum(c["restartCount"] for c in p["status"].get("containerStatuses", []))
                for p in platform.get("pods", "--namespace", shop["status"]["namespace"])["items"]}
    assert {name: count for name, count in restarts.items() if count} == {}


def test_a_plan_whose_volumes_cannot_be_had_changes_nothing(shop, owner, platform, credentials):
    """The built-in cluster's volumes do not grow. A bad change, taken back, leaves a healthy shop."""
    namespace = shop["status"]["namespace"]
    before = workloads(platform, namespace)
    owner.cli("store", "set", "shoes", "--plan", "medium")
    failure = until(lambda: owner.store("shoes")["status"].get("failure"), 60, "the refusal")
    assert "postgres-data" in failure["message"] and "resize" in failure["message"]
    assert workloads(platform, namespace) == before
    medusa.place_order(platform, shop, "meanwhile@example.com")
    owner.cli("store", "set", "shoes", "--plan", "small", "--wait")
    assert owner.store("shoes")["status"]["phase"] == "Ready"
    assert workloads(platform, namespace) == before


def workloads(platform, namespace):
    """What tells whether any workload's wanted state has changed."""
    return {item["metadata"]["name"]: item["metadata"]["generation"]
            for item in platform.get("deployments,statefulsets", "--namespace", namespace)["items"]}


def test_helm_reads_its_release(shop, platform):
    namespace = shop["status"]["namespace"]
    assert "kind: StatefulSet" in platform.helm("get", "manifest", "store", "--namespace", namespace).stdout
    history = json.loads(platform.helm("history", "store", "--namespace", namespace, "-o", "json").stdout)
    assert {r["chart"].split("-")[0] for r in history} == {"medusa"}
    assert namespace in platform.helm("list", "--all-namespaces").stdout


def test_helm_test_passes(shop, platform):
    said = platform.helm("test", "store", "--namespace", shop["status"]["namespace"], "--timeout", "120s", check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_deletion_leaves_no_trace(shop, owner, platform):
    directories = traces.volume_directories(platform, shop)
    words = [shop["status"]["namespace"], *traces.addresses(platform, shop)]
    assert directories and traces.packet_rules(words)
    begun = time.monotonic()
    owner.delete("shoes")
    assert time.monotonic() - begun < 15, "it waited for its pods, of which some may take a minute to end"
    assert traces.in_cluster(platform, shop) == []
    assert not [d for d in directories if d.exists()]
    until_empty(lambda: traces.packet_rules(words), 60, "the store's packet rules going")

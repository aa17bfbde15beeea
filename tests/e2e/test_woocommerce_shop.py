"""A real WooCommerce shop: created, bought from over its API and in a browser, renamed, and removed."""

import html
import itertools
import os
import pathlib
import re
import urllib.request

import browser
import pytest
import traces
import woocommerce
from conftest import credentials_of, require_engine
from waiting import until, until_empty

SCREENSHOTS = os.environ.get("STOREWRIGHT_SCREENSHOTS")


@pytest.fixture(scope="module")
def shop(owner, platform):
    require_engine(platform, "woocommerce")
    owner.create("boots", "woocommerce", "--display-name", "Grace's boots & søn", "--country", "US", "--currency", "USD")
    return owner.store("boots")


@pytest.fixture(scope="module")
def credentials(shop, owner):
    return credentials_of(owner, "boots")


def take_picture(page, name):
    if SCREENSHOTS:
        page.screenshot(path=pathlib.Path(SCREENSHOTS) / f"{name}.png", full_page=True)


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return html.unescape(answer.read().decode())


def test_it_is_ready_at_its_generated_url(shop, owner):
    assert shop["status"]["phase"] == "Ready"
    assert shop["status"]["url"] == f"http://boots-{owner.name}.storewright.localhost"
    assert shop["status"]["adminURL"].endswith("/wp-admin/")


def test_the_shop_is_open_and_bears_its_name(shop):
    page = fetch(shop["status"]["url"])
    assert "<title>Grace's boots & søn" in page
    assert "coming soon" not in page.lower()


def test_an_order_over_the_store_api_is_found_by_the_owners_programs_and_in_its_own_tables(shop, platform):
    order = woocommerce.place_order(platform, shop, "buyer@example.com")
    found = woocommerce.owner_call(shop, woocommerce.rest_key(platform, shop), "GET", f"/orders/{order['id']}")
    assert order["total"] > 0
    assert (found["billing"]["email"], float(found["total"]), found["currency"]) == ("buyer@example.com", order["total"], "USD")
    assert (found["payment_method"], found["status"]) == ("cod", "processing")
    # Orders have tables of their own (HPOS), and are no longer posts.
    rows = woocommerce.sql(platform, shop, f"SELECT billing_email, total_amount, payment_method FROM wp_wc_orders WHERE id = {order['id']}")
    assert [(email, float(total), method) for email, total, method in rows] == [("buyer@example.com", order["total"], "cod")]
    assert woocommerce.sql(platform, shop, "SELECT COUNT(*) FROM wp_posts WHERE post_type = 'shop_order'") == [["0"]]


def test_a_shop_made_over_the_api_sells_too(owner, platform):
    spec = {"engine": "woocommerce", "plan": "small", "adminEmail": "api@example.com", "country": "DE", "currency": "EUR", "language": "de"}
    status, headers, _ = platform.api("POST", f"/tenants/{owner.name}/stores", {"name": "api-made", "spec": spec})
    assert status == 202 and headers["Location"]
    owner.cli("store", "wait", "api-made")
    store = owner.store("api-made")
    order = woocommerce.place_order(platform, store, "kunde@example.com", woocommerce.GERMAN_ADDRESS)
    assert order["currency"] == "EUR"
    assert woocommerce.email_of_order(platform, store, None, order) == "kunde@example.com"
    owner.delete("api-made")
    assert traces.in_cluster(platform, store) == []


def test_an_order_in_a_browser_is_seen_in_the_admin(shop, credentials):
    with browser.page() as page:
        number = buy(page, shop["status"]["url"])
        take_picture(page, "woocommerce-confirmation")
    with browser.page() as page:
        woocommerce.open_admin(page, shop, credentials)
        take_picture(page, "woocommerce-admin")
        page.goto(shop["status"]["adminURL"] + "admin.php?page=wc-orders")
        page.get_by_role("link", name=re.compile(rf"#{number}\b")).first.wait_for()
        take_picture(page, "woocommerce-admin-orders")


def buy(page, url):
    """Goes through the shop as a customer does; returns the order's number."""
    page.goto(url)
    take_picture(page, "woocommerce-shop")
    page.get_by_role("main").get_by_role("heading").get_by_role("link").first.click()
    page.get_by_role("button", name="Add to cart", exact=True).first.click()
    page.get_by_role("link", name="View cart").first.click()
    page.get_by_role("link", name="Proceed to Checkout").click()
    # The page sends the address on its own, a moment after it was typed, and takes no order meanwhile.
    with page.expect_response(lambda answer: answer.request.method == "POST" and "62701" in (answer.request.post_data or "")):
        fill_in_address(page)
    page.get_by_label("Cash on delivery").check()
    take_picture(page, "woocommerce-checkout")
    page.get_by_role("button", name="Place Order").click()
    page.wait_for_url(re.compile("/order-received/"))
    page.get_by_text("Thank you. Your order has been received").wait_for()
    return re.search(r"/order-received/(\d+)", page.url)[1]


def fill_in_address(page):
    page.get_by_label("Email address").fill("browser@example.com")
    address = page.get_by_role("group", name="Shipping address")
    for label, value in (("First name", "Grace"), ("Last name", "Hopper"), ("Address", "1 Compiler Way"), ("City", "Springfield"), ("ZIP Code", "62701")):
        address.get_by_label(label, exact=True).fill(value)
    address.get_by_label("State").select_option(label="Illinois")


def test_another_identity_arrives_without_a_restart(shop, owner, platform, credentials):
    namespace = shop["status"]["namespace"]
    before = servers(platform, namespace)
    name = f"boots.{owner.name}.example.com"
    owner.cli("store", "set", "boots", "--display-name", "Ada's boots", "--admin-email", "ada@example.com", "--hostname", name, "--wait")
    store = owner.store("boots")
    until(lambda: "<title>Ada's boots" in fetch(store["status"]["url"]), 30, "the new name on the page")
    assert servers(platform, namespace) == before
    assert credentials_of(owner, "boots") == {**credentials, "email": "ada@example.com"}
    assert woocommerce.logs_in(store, "ada@example.com", credentials["password"])
    with_name = urllib.request.Request(f"{store['status']['url']}/wp-json/wc/store/v1/products?per_page=1", headers={"Host": name})
    with urllib.request.urlopen(with_name, timeout=20) as answer:
        assert f"//{name}/" in answer.read().decode().replace("\\/", "/")


def servers(platform, namespace):
    """Those pods that serve, by uid, with the restarts of each."""
    return {pod["metadata"]["uid"]: sum(c["restartCount"] for c in pod["status"]["containerStatuses"])
            for pod in platform.get("pods", "--namespace", namespace, "-l", "app.kubernetes.io/component in (wordpress,mariadb)")["items"]}


# A post that should have been published long ago, as WordPress has it when the owner gives it a date.
OVERDUE = """
$id = wp_insert_post(['post_title' => 'Overdue', 'post_status' => 'draft']);
$wpdb->update($wpdb->posts, ['post_status' => 'future', 'post_date' => '2020-01-01 00:00:00', 'post_date_gmt' => '2020-01-01 00:00:00'], ['ID' => $id]);
wp_schedule_single_event(time() - 60, 'publish_future_post', [$id]);
"""


def test_cron_does_the_timed_work(shop, platform):
    """The Job's end does not tell: WordPress answers it before it begins, and does nothing while another run is at work."""
    namespace = shop["status"]["namespace"]
    woocommerce.php(platform, shop, OVERDUE)
    published = "SELECT post_status FROM wp_posts WHERE post_title = 'Overdue' AND post_status = 'publish'"
    number = itertools.count()

    def done_by_a_job():
        job = f"cron-now-{next(number)}"
        platform.kubectl("create", "job", job, "--from=cronjob/cron", "--namespace", namespace)
        platform.kubectl("wait", "--for=condition=Complete", f"job/{job}", "--namespace", namespace, "--timeout=60s")
        platform.kubectl("delete", "job", job, "--namespace", namespace)
        return woocommerce.sql(platform, shop, published)

    # WordPress lets a run that died be in the way for a minute.
    until(done_by_a_job, 100, "what is due being done")


def test_helm_test_passes(shop, platform):
    said = platform.helm("test", "store", "--namespace", shop["status"]["namespace"], "--timeout", "120s", check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_nothing_of_it_restarts(shop, platform):
    """A crash that a restart hides is still a crash."""
    restarts = {p["metadata"]["name"]: sum(c["restartCount"] for c in p["status"].get("containerStatuses", []))
                for p in platform.get("pods", "--namespace", shop["status"]["namespace"])["items"]}
    assert {name: count for name, count in restarts.items() if count} == {}


def test_deletion_leaves_no_trace(shop, owner, platform):
    directories = traces.volume_directories(platform, shop)
    words = [shop["status"]["namespace"], *traces.addresses(platform, shop)]
    assert directories and traces.packet_rules(words)
    owner.delete("boots")
    assert traces.in_cluster(platform, shop) == []
    assert not [d for d in directories if d.exists()]
    until_empty(lambda: traces.packet_rules(words), 60, "the store's packet rules going")

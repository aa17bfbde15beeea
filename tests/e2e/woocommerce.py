"""Buying in a WooCommerce store over its Store API, and looking at orders as its owner's programs do: over wc/v3, and in its tables."""

import base64
import hashlib
import hmac
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request

from http_json import Site

CARTS = "/wp-json/wc/store/v1"
OWNER = "/wp-json/wc/v3"
ADDRESS = {"first_name": "Ada", "last_name": "Lovelace", "address_1": "1 Analytical Row", "city": "Springfield", "state": "IL",
           "postcode": "62701", "country": "US", "phone": "+1 217 555 0100"}

GERMAN_ADDRESS = {"first_name": "Konrad", "last_name": "Zuse", "address_1": "Methfesselstraße 7", "city": "Berlin", "state": "DE-BE",
                  "postcode": "10965", "country": "DE", "phone": "+49 30 5550100"}


def internal_secret(platform, store, key):
    secret = platform.get("secret", "store-internal", "--namespace", store["status"]["namespace"])
    return base64.b64decode(secret["data"][key]).decode()


def rest_key(platform, store):
    return internal_secret(platform, store, "rest-consumer-key"), internal_secret(platform, store, "rest-consumer-secret")


def place_order(platform, store, email, address=ADDRESS):
    """Buys one of the first product, cash on delivery, without a cookie; returns the order with what it cost in cents."""
    url = store["status"]["url"]
    product = Site(url).call("GET", f"{CARTS}/products?per_page=1")[0]
    status, headers, _ = Site(url).exchange("GET", f"{CARTS}/cart")
    assert status == 200 and headers["Cart-Token"]
    shop = Site(url, {"Cart-Token": headers["Cart-Token"]})
    shop.call("POST", f"{CARTS}/cart/add-item", {"id": product["id"], "quantity": 1}, expect=201)
    billing = {**address, "email": email}
    cart = shop.call("POST", f"{CARTS}/cart/update-customer", {"billing_address": billing, "shipping_address": address})
    order = shop.call("POST", f"{CARTS}/checkout", {"billing_address": billing, "shipping_address": address, "payment_method": "cod"})
    assert order["payment_result"]["payment_status"] == "success", order
    totals = cart["totals"]
    return {"id": order["order_id"], "total": int(totals["total_price"]) / 10 ** totals["currency_minor_unit"], "currency": totals["currency_code"]}


def email_of_order(platform, store, credentials, order):
    """As the owner's programs find it."""
    return owner_call(store, rest_key(platform, store), "GET", f"/orders/{order['id']}")["billing"]["email"]


def owner_call(store, key, method, path, expect=200):
    status, answer = try_owner_call(store, key, method, path)
    assert status == expect, f"{method} {path}: {status} instead of {expect}: {answer}"
    return answer


def try_owner_call(store, key, method, path):
    """A request to wc/v3. Over plain HTTP the shop takes no key in the clear, only a signature made with it (OAuth 1.0a)."""
    url = f"{store['status']['url']}{OWNER}{path}"
    if url.startswith("https:"):
        basic = base64.b64encode(":".join(key).encode()).decode()
        return Site(url, {"Authorization": f"Basic {basic}"}).try_call(method, "")
    return Site(signed(method, url, *key)).try_call(method, "")


def signed(method, url, consumer_key, consumer_secret):
    address, _, query = url.partition("?")
    fields = dict(urllib.parse.parse_qsl(query))
    fields |= {"oauth_consumer_key": consumer_key, "oauth_nonce": secrets.token_hex(16), "oauth_signature_method": "HMAC-SHA256",
               "oauth_timestamp": str(int(time.time()))}
    text = "&".join(f"{escaped(name)}={escaped(fields[name])}" for name in sorted(fields))
    base = "&".join([method, escaped(address), escaped(text)])
    signature = hmac.new(f"{consumer_secret}&".encode(), base.encode(), hashlib.sha256).digest()
    return f"{address}?{text}&oauth_signature={escaped(base64.b64encode(signature).decode())}"


def escaped(text):
    return urllib.parse.quote(text, safe="-._~")


def sql(platform, store, statement):
    """Rows of a query, asked inside the database's pod as the server's own user."""
    said = platform.kubectl("exec", "--namespace", store["status"]["namespace"], "mariadb-0", "--", "mariadb", "--batch", "--skip-column-names",
                            "--execute", statement, "wordpress").stdout
    return [line.split("\t") for line in said.splitlines()]


def php(platform, store, code):
    """Runs PHP in the shop's pod, with WordPress loaded."""
    platform.kubectl("exec", "--namespace", store["status"]["namespace"], "deployment/wordpress", "--container", "php", "--",
                     "php", "-r", f"require '/var/www/html/wp-load.php'; {code}")


def logs_in(store, login, password):
    """Whether WordPress lets that person in."""
    form = urllib.parse.urlencode({"log": login, "pwd": password, "testcookie": "1"}).encode()
    request = urllib.request.Request(f"{store['status']['url']}/wp-login.php", data=form, headers={"Cookie": "wordpress_test_cookie=WP%20Cookie%20check"})
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=30) as answer:
            assert answer.status == 200, answer.status
            return False
    except urllib.error.HTTPError as answer:
        with answer:
            assert answer.code == 302, f"the login page answered {answer.code}"
            return any(cookie.startswith("wordpress_logged_in_") for cookie in answer.headers.get_all("Set-Cookie", []))


def open_admin(page, store, credentials):
    """Logs into WP admin in a browser."""
    page.goto(store["status"]["adminURL"])
    page.get_by_label("Username or Email Address").fill(credentials["email"])
    page.locator("#user_pass").fill(credentials["password"])
    page.get_by_role("button", name="Log In").click()
    page.wait_for_url(re.compile("/wp-admin/"))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None

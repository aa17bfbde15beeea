"""Buying in a Medusa store over its Store API, and looking at orders over its Admin API."""

import base64

from http_json import Site

ADDRESS = {"first_name": "Ada", "last_name": "Lovelace", "address_1": "1 Analytical Row", "city": "Springfield", "province": "us-il",
           "postal_code": "62701", "country_code": "us"}


def publishable_key(platform, store):
    secret = platform.get("secret", "store-internal", "--namespace", store["status"]["namespace"])
    return base64.b64decode(secret["data"]["publishable-key"]).decode()


def place_order(platform, store, email):
    """Buys one of the first product; returns the order."""
    shop = Site(store["status"]["url"], {"x-publishable-api-key": publishable_key(platform, store)})
    region = shop.call("GET", "/store/regions")["regions"][0]
    product = shop.call("GET", f"/store/products?limit=1&region_id={region['id']}&fields=*variants.calculated_price")["products"][0]
    cart = shop.call("POST", "/store/carts", {"region_id": region["id"], "email": email})["cart"]["id"]
    shop.call("POST", f"/store/carts/{cart}/line-items", {"variant_id": product["variants"][0]["id"], "quantity": 1})
    shop.call("POST", f"/store/carts/{cart}", {"email": email, "shipping_address": ADDRESS, "billing_address": ADDRESS})
    shipping = shop.call("GET", f"/store/shipping-options?cart_id={cart}")["shipping_options"][0]
    shop.call("POST", f"/store/carts/{cart}/shipping-methods", {"option_id": shipping["id"]})
    collection = shop.call("POST", "/store/payment-collections", {"cart_id": cart})["payment_collection"]["id"]
    shop.call("POST", f"/store/payment-collections/{collection}/payment-sessions", {"provider_id": "pp_system_default"})
    done = shop.call("POST", f"/store/carts/{cart}/complete")
    assert done["type"] == "order", done
    return done["order"]


def admin(store, credentials):
    """The Admin API, logged in as the store's owner."""
    site = Site(store["status"]["url"])
    token = site.call("POST", "/auth/user/emailpass", {"email": credentials["email"], "password": credentials["password"]})["token"]
    return Site(store["status"]["url"], {"Authorization": f"Bearer {token}"})


def session(store, credentials):
    """The cookie of the same owner's session, as a browser has it."""
    status, headers, answer = admin(store, credentials).exchange("POST", "/auth/session")
    assert status == 200, answer
    return headers["Set-Cookie"].partition(";")[0]


def order_in_admin(site, order_id):
    return site.call("GET", f"/admin/orders/{order_id}?fields=id,display_id,email,total,currency_code")["order"]


def email_of_order(platform, store, credentials, order):
    return order_in_admin(admin(store, credentials), order["id"])["email"]


def logs_in(store, login, password):
    """Whether the admin lets that person in."""
    status, answer = Site(store["status"]["url"]).try_call("POST", "/auth/user/emailpass", {"email": login, "password": password})
    assert status in (200, 401), answer
    return status == 200

"""The WordPress image: its set-up, its servers, and what it keeps closed."""

import time

import pytest
from container import wait_until
from shop import HOST, Shop


@pytest.fixture
def shop(start, folder):
    return Shop(start, folder)


def test_an_empty_database_becomes_a_shop_that_sells(shop, record_property):
    shop.start_database({"BAKED_VERSION": "woocommerce-9.9.5"})
    job = shop.set_up()
    print(job.output())
    reason = "set up from an empty database: the image holds no baked data, this store wants woocommerce-9.9.5"
    assert shop.termination_log.read_text() == reason
    shop.open()

    order = shop.order()
    assert order["status"] == "processing" and order["payment_method"] == "cod"
    found = shop.rest(f"/wp-json/wc/v3/orders/{order['order_id']}")
    assert found.status == 200, found.text
    assert found.json()["total"] == "28.80", "two mugs and the flat rate"
    assert found.json()["currency"] == "EUR"
    assert shop.sql(f"select concat(status, ' ', total_amount) from wp_wc_orders where id = {order['order_id']}").startswith("wc-processing 28.80")

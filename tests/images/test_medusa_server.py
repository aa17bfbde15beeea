"""The start of Medusa's server."""

import re
import time

from container import wait_until
from medusa_shop import Shop


def test_it_waits_for_its_cache(start, tmp_path):
    """The cache may come much later than the rest, as when its volume does."""
    shop = Shop(start, tmp_path, 0)
    shop.prepare()
    shop.start_backend()

    def waits():
        assert shop.backend.running(), shop.backend.output()[-3000:]
        return "waiting: the cache answers" in shop.backend.output()

    wait_until(waits, 30, "it says what it waits for")
    # Longer than Medusa itself tries to connect.
    until = time.monotonic() + 20
    while time.monotonic() < until:
        assert waits() and shop.call("GET", "/health") == {"status": "alive"}
    shop.start_cache()
    shop.await_backend()


def test_it_visits_its_own_shop_before_anybody_does(start, tmp_path):
    """What runs for the first time takes long: not the first customer is to wait for it."""
    shop = Shop(start, tmp_path, 0).serve()
    visits = re.compile(r'"path":"(/store/[^"?]+)[^"]*","status":200')
    wait_until(lambda: visits.findall(shop.backend.output()) == ["/store/regions", "/store/products"], 15, "it asks for its own products")
    assert "first visit" not in shop.backend.output()

"""Stores whose baked data is of another version: they start from an empty database, take longer, say why, and sell as any other.
Their engines are those of tests/engines/empty.sh."""

import json

import medusa
import pytest
import woocommerce
from conftest import available_engines, credentials_of, require_engine
from waiting import until

ENGINES = {"medusa-empty": medusa, "woocommerce-empty": woocommerce}
WHY = "set up from an empty database: baked data is for "


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, platform):
    require_engine(platform, request.param)
    return request.param


@pytest.fixture(scope="module")
def shops(owner, platform):
    return owner.open({engine: engine for engine in available_engines(platform, ENGINES)})


@pytest.fixture(scope="module")
def shop(shops, engine):
    return shops[engine]


def test_it_comes_up_and_says_why_it_took_longer(shop, owner, engine):
    assert shop["status"]["phase"] == "Ready"
    ready = next(condition for condition in shop["status"]["conditions"] if condition["type"] == "Ready")
    assert WHY in ready["message"]

    def is_told():
        told = json.loads(owner.cli("store", "events", engine, "-o", "json").stdout)
        return any(WHY in event["message"] for event in told)

    # Events are written when the platform has nothing better to do.
    until(is_told, 30, "an event that says why")


def test_it_sells(shop, owner, engine, platform):
    engine_of = ENGINES[engine]
    order = engine_of.place_order(platform, shop, "buyer@example.com")
    assert engine_of.email_of_order(platform, shop, credentials_of(owner, engine), order) == "buyer@example.com"

import pytest
from changes import Platform
from tenant import Tenant

from harness.installation import STORES
from harness.waiting import wait_for


@pytest.fixture(scope="module")
def tenants(installation):
    """Two tenants, each with a person who has the rights that the platform's chart has for tenants."""
    return [Tenant(installation, "acme", ["acme.example"]), Tenant(installation, "rival", ["rival.example", "acme.example"])]


@pytest.fixture(scope="module")
def acme(tenants):
    return tenants[0]


@pytest.fixture(scope="module")
def rival(tenants):
    return tenants[1]


@pytest.fixture(scope="module")
def victim(acme, controller):
    """A store that is open, and not the attacker's."""
    acme.create("victim", hostnames=["shop.acme.example"])
    wait_for(lambda: acme.status("victim").get("phase") == "Ready", lambda: f"the victim's shop: {acme.status('victim')}", 60)
    return acme.admin.get(f"{STORES}/namespaces/{acme.namespace}/stores/victim")


@pytest.fixture(scope="module")
def platform(installation):
    made = Platform(installation)
    yield made
    made.close()

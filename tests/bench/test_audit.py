"""What the benchmark makes of the API server's audit log."""

import pytest
from apply.audit import Request, accepted_to_applied


def request(verb, namespace, received, answered, code=200):
    return Request("someone", "agent", verb, "secrets", namespace, "name", code, received, answered)


OWN = [
    request("create", "", 2.0, 2.1),
    request("create", "store-a", 3.0, 3.5, code=403),
    request("patch", "store-a", 4.0, 4.5),
    request("get", "store-a", 5.0, 5.5),
    request("update", "tenant-a", 6.0, 6.5),
]


@pytest.mark.parametrize(
    ("ask", "seconds"),
    [
        (None, 2.5),
        (request("create", "tenant-a", 1.0, 1.5), 3.0),
        (request("create", "tenant-a", 1.0, 2.9), 2.5),
    ],
    ids=["a program", "asked for", "begun before the one who asked was answered"],
)
def test_from_the_acceptance_to_the_last_write_into_the_namespace(ask, seconds):
    assert accepted_to_applied(ask, OWN, "store-a") == pytest.approx(seconds)


def test_what_went_before_the_asking_does_not_count():
    earlier = request("patch", "store-b", 0.1, 0.2)
    assert accepted_to_applied(request("create", "tenant-a", 1.0, 1.5), [earlier, *OWN], "store-a") == pytest.approx(3.0)

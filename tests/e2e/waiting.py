"""Waiting for what happens on a real cluster: the harness's wait, at a pace that leaves the API server alone."""

from harness.waiting import wait_for

PACE_SECONDS = 0.2


def until(condition, seconds, what):
    """Calls condition() until it returns something true, and returns that; fails naming what was waited for."""
    return wait_for(condition, what, seconds, every=PACE_SECONDS)


def until_empty(list_them, seconds, what):
    """Calls list_them() until it returns nothing; fails naming what is left."""
    wait_for(lambda: not list_them(), lambda: f"{what} (left: {list_them()})", seconds, every=PACE_SECONDS)

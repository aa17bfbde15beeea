"""Waiting for a condition, with a deadline."""

import time


def until(condition, seconds, what):
    """Calls condition() until it returns something true, and returns that; fails naming what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.2)


def until_empty(list_them, seconds, what):
    """Calls list_them() until it returns nothing; fails naming what is left."""
    deadline = time.monotonic() + seconds
    while left := list_them():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s; left: {left}"
        time.sleep(0.2)

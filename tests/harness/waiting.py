"""Waiting for a condition, never for a while."""

import time


def wait_for(condition, what, seconds, every=0.05):
    """The condition's first true value. AssertionError naming `what` when the time is over; `what` may be a function."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what() if callable(what) else what}: not within {seconds} s")
        time.sleep(every)

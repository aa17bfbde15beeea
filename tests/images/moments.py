"""Moments at which a container is killed."""

import os
import random


def moments(delays, parts=3):
    """All of them in `make test-long`, else one out of each part of them, drawn anew for each run. The name of a test holds its moment:
    `STOREWRIGHT_LONG=1 pytest -k` finds it among all."""
    delays = list(delays)
    if os.environ.get("STOREWRIGHT_LONG"):
        return delays
    bounds = [len(delays) * n // parts for n in range(parts + 1)]
    return [random.choice(delays[begin:end]) for begin, end in zip(bounds, bounds[1:])]

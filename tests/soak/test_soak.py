"""Stores that come, change, are harmed and go, for ten minutes in `make test-long` (STOREWRIGHT_SOAK_MINUTES: as many as it says) and for a
few rounds in `make test`: afterwards nothing is left of them, and the controller holds no more than it did."""

import os
import random
import time

from churn import Churn, Usage

STORES_A_ROUND = 12
WARM_UP = 2  # rounds after which caches, connections and the allocator's pools have their size
FEW = 1
MINUTES = float(os.environ.get("STOREWRIGHT_SOAK_MINUTES", 10)) if os.environ.get("STOREWRIGHT_LONG") else 0
# What the allocator may still keep for the next round. A leak of some 10 KiB a store is above it after ten minutes.
GROWTH = 4 * 2**20
SLACK = 3  # threads and files: connections come and go


def test_nothing_is_left_of_stores_that_came_and_went(installation, controller, capsys):
    seed = int(os.environ.get("SOAK_SEED", random.randrange(10**6)))
    churn = Churn(installation.plane.admin, installation.add_tenant("soak", domains=["example.com"]), seed)
    samples = []

    def a_round():
        churn.round(STORES_A_ROUND)
        assert controller.running(), controller.log_tail()
        assert not any(churn.left_behind().values()), churn.left_behind()
        samples.append(Usage.of(controller.pid))

    for _ in range(WARM_UP + FEW):
        a_round()
    end = time.monotonic() + 60 * MINUTES
    while time.monotonic() < end:
        a_round()

    warm, last = samples[WARM_UP - 1], samples[-1]
    with capsys.disabled():
        print(f"\nsoak: {len(samples)} rounds of {STORES_A_ROUND} stores, SOAK_SEED={seed}; resident {warm.resident / 2**20:.1f} to "
              f"{last.resident / 2**20:.1f} MiB, threads {warm.threads} to {last.threads}, files {warm.files} to {last.files}")
    assert last.resident <= warm.resident + GROWTH, [round(sample.resident / 2**20, 1) for sample in samples]
    assert last.threads <= warm.threads + SLACK, [sample.threads for sample in samples]
    assert last.files <= warm.files + SLACK, [sample.files for sample in samples]

"""The crash points of a run: which there are, which are tried, and what came of them.

STOREWRIGHT_LONG=1                all of them, and more random lives
CRASH_SEED=7                      the sample that another run took
CRASH_K=create-static-17-before   only this one; the names stand in the failures"""

import os
import random

import pytest
from world import World

from harness.proxy import AFTER, BEFORE


class Tally:
    """Attempts and how many ended well."""

    def __init__(self):
        self.tried = self.survived = 0


class Plan:
    """Chooses crash points and seeds, and knows how they fared."""

    def __init__(self):
        self.everything = bool(os.environ.get("STOREWRIGHT_LONG"))
        self.seed = int(os.environ.get("CRASH_SEED", random.randrange(10**6)))
        self._only = os.environ.get("CRASH_K")
        self.points, self.lives = Tally(), Tally()
        self.enumerated = self.kills = 0
        self.most_writes = (0, 1)

    def choose(self, lifecycle, calls, sample):
        """(name, call, side) of the points to try, out of two for each call."""
        points = [(f"{lifecycle}-{k}-{side}", call, side) for k, call in enumerate(calls, 1) for side in (BEFORE, AFTER)]
        self.enumerated += len(points)
        if self._only:
            return [point for point in points if point[0] == self._only]
        if self.everything:
            return points
        return sorted(random.Random(f"{self.seed} {lifecycle}").sample(points, min(sample, len(points))), key=points.index)

    def seeds(self, few, many):
        """Seeds of random lives; none when one point is asked for by name."""
        if self._only:
            return []
        first = random.Random(self.seed).randrange(10**6)
        return range(first, first + (many if self.everything else few))

    def count_writes(self, made, undisturbed):
        self.most_writes = max(self.most_writes, (made, undisturbed), key=lambda pair: pair[0] / pair[1])

    def found_nothing(self):
        return self._only and not self.points.tried

    def summary(self):
        points, lives = self.points, self.lives
        among = "enumerated" if points.tried == self.enumerated else f"tried, {self.enumerated} enumerated"
        yield f"crash points: survived {points.survived} of {points.tried} {among}"
        yield f"random lives with several crashes: survived {lives.survived} of {lives.tried}"
        yield "writes for one store, beside those of an undisturbed one: {} beside {}".format(*self.most_writes)
        yield f"the controller was killed {self.kills} times; CRASH_SEED={self.seed}"
        if self.found_nothing():
            yield f"CRASH_K={self._only} names no crash point of the tests that ran"


_plan = pytest.StashKey[Plan]()


def pytest_configure(config):
    config.stash[_plan] = Plan()


def pytest_sessionfinish(session):
    if session.config.stash[_plan].found_nothing():
        session.exitstatus = pytest.ExitCode.USAGE_ERROR


def pytest_terminal_summary(terminalreporter, config):
    plan = config.stash[_plan]
    if plan.enumerated or plan.lives.tried:
        terminalreporter.section("crashes")
        for line in plan.summary():
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def plan(request):
    return request.config.stash[_plan]


@pytest.fixture(scope="module")
def world(installation):
    there = World(installation)
    yield there
    there.close()

"""kill -9 of the controller at every single Kubernetes call of a creation and of a deletion. Whatever the call, and whether the API
server carried it out or not, a fresh controller has to come to the same end as one that was never disturbed.

The API server, etcd, the controller manager and the scheduler are real; pods are kwok's; shops always answer."""

import functools
import random

import pytest
from trial import Trial

from harness.control_plane import ROOT

ENGINES = ["static", *sorted(chart.parent.name for chart in (ROOT / "charts").glob("*/engine.yaml"))]
SAMPLE = {"static": 16}  # of the points of a creation, where not all are tried
SAMPLE_OF_OTHERS = 6
SAMPLE_OF_DELETION = 3
DRIFT_INTERVAL = 10  # seconds, src/reconcile/decide.hpp: a wrong record of what was applied shows after this time


@pytest.fixture(scope="module")
def undisturbed(world):
    """A function: the state of a store of that engine made without a crash, and the calls that it took."""

    @functools.cache
    def make(engine):
        name = world.new_name()
        world.create(name, engine)
        world.wait_ready(name)
        world.wait_silent(name)
        world.finish(name)
        return world.state(name), world.call_names(name)

    return make


@pytest.fixture(scope="module")
def undisturbed_deletion(world, plan):
    """The calls of a deletion without a crash."""
    trial = Trial(world, plan)
    trial.begin_with_a_finished_store()
    world.delete(trial.name)
    world.wait_gone(trial.name)
    world.wait_silent(trial.name)  # the Store is gone a moment before the call that let it go is answered
    calls = trial.calls_of_deletion()
    trial.check_deleted(calls)
    return calls


@pytest.mark.parametrize("engine", ENGINES)
def test_two_undisturbed_stores_are_alike(world, undisturbed, engine):
    state, _ = undisturbed(engine)
    name = world.new_name()
    world.create(name, engine)
    world.wait_ready(name)
    world.wait_state(name, state)
    assert len(world.observer.namespaces_of(name)) == 1
    world.wait_silent(name)
    world.finish(name)


@pytest.mark.parametrize("engine", ENGINES)
def test_creation_survives_a_crash_at_each_call(world, undisturbed, plan, subtests, engine):
    state, calls = undisturbed(engine)
    for point, call, side in plan.choose(f"create-{engine}", calls, SAMPLE.get(engine, SAMPLE_OF_OTHERS)):
        with subtests.test(f"CRASH_K={point}: {call}"), Trial(world, plan, plan.points) as trial:
            trial.begin_with_a_new_name()
            world.strike_at(trial.name, call, side)
            world.create(trial.name, engine)
            trial.die_and_come_back()
            trial.check_created(state, calls)


def test_deletion_survives_a_crash_at_each_call(world, undisturbed_deletion, plan, subtests):
    for point, call, side in plan.choose("delete", undisturbed_deletion, SAMPLE_OF_DELETION):
        with subtests.test(f"CRASH_K={point}: {call}"), Trial(world, plan, plan.points) as trial:
            trial.begin_with_a_finished_store()
            world.strike_at(trial.name, call, side)
            world.delete(trial.name)
            trial.die_and_come_back()
            trial.check_deleted(undisturbed_deletion)


def test_a_whole_life_survives_several_crashes(world, undisturbed, undisturbed_deletion, plan, subtests):
    state, calls = undisturbed("static")
    for seed in plan.seeds(few=1, many=20):
        with subtests.test(f"CRASH_SEED={plan.seed}: life {seed}"), Trial(world, plan, plan.lives) as trial:
            dice = random.Random(seed)
            trial.begin_with_a_new_name()
            trial.crash_repeatedly(dice, lambda name: world.create(name, "static"), until=world.is_ready)
            trial.check_created(state, calls)
            trial.remember_for_deletion()
            trial.crash_repeatedly(dice, world.delete, until=world.is_gone)
            trial.check_deleted(undisturbed_deletion)


def test_stores_that_had_come_to_rest_were_never_touched_again(world):
    """Runs last: each store has been watched since it was done, through every crash that came after."""
    world.wait_since_last_finish(DRIFT_INTERVAL + 3)
    assert world.late_calls() == []

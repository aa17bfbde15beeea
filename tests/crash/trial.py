"""One store whose making or ending is cut short, and what has to hold afterwards."""

from harness.proxy import AFTER, BEFORE

MOST_CRASHES = 4  # in one creation or deletion of a random life
MOST_CALLS = 12  # from one of these crashes to the next


class Trial:
    """As a context manager it counts itself in `tally`, and leaves a running controller behind however it ends."""

    def __init__(self, world, plan, tally=None):
        self._world, self._plan, self._tally = world, plan, tally
        self._crashes = self._earlier_calls = 0
        self._secrets = {}
        self._store = None
        self._directories = []
        self.name = None

    def __enter__(self):
        self._tally.tried += 1
        return self

    def __exit__(self, failure, *_):
        if failure is None:
            self._tally.survived += 1
        else:
            self._world.recover()

    def begin_with_a_new_name(self):
        self.name = self._world.new_name()

    def begin_with_a_finished_store(self):
        self.name = self._world.a_finished_store("static")
        self.remember_for_deletion()

    def remember_for_deletion(self):
        """What has to be gone afterwards."""
        self._world.reawaken(self.name)
        self._store = self._world.store(self.name)
        self._directories = self._world.observer.volume_directories(self._store)
        assert self._directories and all(directory.is_dir() for directory in self._directories)
        self._earlier_calls = len(self._world.calls(self.name))
        self._crashes = 0

    def die_and_come_back(self):
        """Waits for the crash that was arranged; then there is a fresh controller."""
        self._world.wait_struck()
        self._note_crash()
        self._world.restart()

    def crash_repeatedly(self, dice, begin, until):
        """A few crashes at random calls, also while recovering from the one before."""
        self._arrange_crash(dice)
        begin(self.name)
        while self._crashes < MOST_CRASHES and self._world.struck_before(lambda: until(self.name)):
            self._note_crash()
            if self._crashes < MOST_CRASHES:
                self._arrange_crash(dice)
            self._world.restart()
        self._world.proxy.disarm()

    def check_created(self, state, calls):
        """The store is as one that was never disturbed, and what was drawn once is as it was."""
        self._world.wait_ready(self.name)
        self._world.wait_state(self.name, state)
        self._world.wait_silent(self.name)
        now = self._world.observer.secret_values(self.name)
        assert {secret: now.get(secret) for secret in self._secrets} == self._secrets, "a secret was made anew"
        self._check_writes(calls)
        self._world.finish(self.name)

    def check_deleted(self, calls):
        """Nothing is left of the store, anywhere."""
        self._world.wait_gone(self.name)
        self._world.wait_silent(self.name)
        assert self._world.observer.leftovers(self._store) == []
        assert [directory for directory in self._directories if directory.exists()] == []
        self._check_writes(calls)
        self._world.finish(self.name)

    def calls_of_deletion(self):
        return self._world.call_names(self.name, self._earlier_calls)

    def _arrange_crash(self, dice):
        self._world.strike_after(self.name, dice.randint(1, MOST_CALLS), dice.choice([BEFORE, AFTER]))

    def _note_crash(self):
        self._crashes += 1
        self._plan.kills += 1
        self._world.wait_quiet()
        if not self._store:
            self._secrets = {**self._world.observer.secret_values(self.name), **self._secrets}

    def _check_writes(self, undisturbed):
        """A crash costs at most one more round of writes."""
        made = sum(call.writes for call in self._world.calls(self.name)[self._earlier_calls:])
        expected = sum(not call.startswith("GET") for call in undisturbed)
        self._plan.count_writes(made, expected)
        assert made <= (1 + self._crashes) * expected, f"{made} writes, undisturbed {expected}"

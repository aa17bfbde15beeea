"""One closing line over several runs of pytest, from the results that they wrote with --junitxml. Usage: count_tests.py CODE=RESULTS...

CODE is the exit code of the run: one that failed without a failed test, or left no results, counts as one that failed."""

import collections
import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "skipped" if case.find("skipped") is not None else "passed"


def counts(code, path):
    try:
        # A test that fails and whose clean-up fails too is there twice.
        cases = {(case.get("classname"), case.get("name"), outcome(case)) for case in ElementTree.parse(path).iter("testcase")}
    except (OSError, ElementTree.ParseError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        cases = set()
    of = collections.Counter(result for _, _, result in cases)
    of["failed"] = max(of["failed"], int(code != "0"))
    return of


total = sum((counts(*argument.split("=", 1)) for argument in sys.argv[1:]), collections.Counter())
print(", ".join(f"{total[result]} {result}" for result in ("passed", "failed", "skipped")))

"""One closing line over several runs of pytest, from the results that they wrote with --junitxml. Usage: count_tests.py RESULTS..."""

import sys
import xml.etree.ElementTree as ElementTree


def counts(path):
    suite = ElementTree.parse(path).getroot().find("testsuite")
    tests, failed, skipped = int(suite.get("tests")), int(suite.get("failures")) + int(suite.get("errors")), int(suite.get("skipped"))
    return tests - failed - skipped, failed, skipped


passed, failed, skipped = map(sum, zip(*map(counts, sys.argv[1:])))
print(f"{passed} passed, {failed} failed, {skipped} skipped")

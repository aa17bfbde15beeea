"""`make up` opens a store of each engine: a stand-in for the command line tells when they are begun, and how it ends if one fails."""

from machine import machine  # a fixture

# Both creations end once both have been begun.
STOREWRIGHT = """
case "$1 $2" in
  "engine list") echo '[{{"name": "good", "displayName": "Good"}}, {{"name": "bad", "displayName": "Bad"}}]' ;;
  "store get") exit 1 ;;
  "store create")
    timeout 10 sh -c 'until grep -q "create good-shop" {calls} && grep -q "create bad-shop" {calls}; do sleep 0.05; done' || exit 1
    [ "$3" = good-shop ] || {{ echo "its image cannot be pulled" >&2; exit 1; }}
    ;;
esac
"""
# The script's own functions, without what else it does.
OPEN = """
set -euo pipefail
source scripts/lib.sh
source <(sed -n '/^open_shops*() {/,/^}/p' scripts/setup-local.sh)
email=owner@example.com
first_engines=(bad good)
open_shops
"""


def test_all_are_begun_at_once_and_one_that_fails_is_named(machine, tmp_path):
    install, run = machine
    install("storewright", STOREWRIGHT.format(calls=tmp_path / "calls"))
    done, calls = run(OPEN)
    assert done.returncode == 1
    assert "  bad  its image cannot be pulled\n" in done.stderr
    assert "error: no shop of bad:" in done.stderr
    assert len([call for call in calls if call.startswith("storewright store create")]) == 2

# Two commands matter: `make up` (a shop on this machine) and `make test` (everything that CI runs).
.PHONY: up down purge env status check format test test-long bench

up: ; @scripts/setup-local.sh
down: ; @scripts/teardown-local.sh
purge: ; @scripts/teardown-local.sh --data
env: ; @scripts/env.sh
status: ; @scripts/cluster-builtin.sh status
check: ; @scripts/check.sh
format: ; @scripts/format.sh
test: ; @scripts/test.sh
test-long: ; @scripts/test.sh --long
bench: ; @scripts/bench.sh

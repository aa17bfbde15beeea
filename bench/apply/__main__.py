"""python -m apply [--engines static,medusa] [--rounds 5] [--burst 40] [--singles 4] [--sdk-reconciler PROGRAM] [--output build/bench]"""

import argparse
import json
import pathlib
import sys
import tempfile
import time

from harness.control_plane import ROOT, ControlPlane
from harness.installation import Installation

from . import plot, report
from .measure import Run, violations

ENGINES = {"static": ROOT / "tests/engines/static", "medusa": ROOT / "charts/medusa"}


def main():
    options = _options()
    began = time.monotonic()
    engines, failures = [], []
    for engine in options.engines:
        run = _measured(engine, options)
        data = report.facts(run)
        print("\n".join(report.table(data)) + "\n", flush=True)
        engines.append(data)
        failures += [f"{engine}: {violation}" for violation in violations(run)]
    _write(options, engines)
    _progress(f"wrote {options.output}/apply.json and apply.svg after {time.monotonic() - began:.0f} s")
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _measured(engine, options):
    """Each engine has a control plane of its own: the second does not find what the first has left."""
    with tempfile.TemporaryDirectory(prefix="storewright-bench-") as directory:
        with ControlPlane(pathlib.Path(directory) / "state") as plane:
            _progress(f"{engine}: installing the platform on a private control plane")
            chart = ENGINES[engine]
            run = Run(Installation(plane, {engine: chart}), engine, chart, ROOT / "charts/guardrails", options.sdk_reconciler,
                      pathlib.Path(directory), _progress)
            try:
                run.measure(options.rounds, options.burst, options.singles)
            finally:
                run.close()
            return run


def _write(options, engines):
    options.output.mkdir(parents=True, exist_ok=True)
    settings = {"rounds": options.rounds, "burst": options.burst, "singles": options.singles}
    result = {"machine": report.machine(), "settings": settings, "engines": engines}
    (options.output / "apply.json").write_text(json.dumps(result, indent=2) + "\n")
    (options.output / "apply.svg").write_text(plot.svg(engines))


def _options():
    parser = argparse.ArgumentParser(prog="apply", description="Measures what it costs to bring stores into the cluster.")
    parser.add_argument("--engines", type=_engines, default=["static"], help=f"of {', '.join(ENGINES)}; separated by commas")
    parser.add_argument("--rounds", type=_positive, default=5, help="turns of each contestant")
    parser.add_argument("--burst", type=_positive, default=40, help="stores made at once in each turn")
    parser.add_argument("--singles", type=_positive, default=4, help="stores made one after the other in each turn")
    parser.add_argument("--sdk-reconciler", type=pathlib.Path, help="program of bench/peers/sdk-reconciler; without it, it is not measured")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build/bench")
    return parser.parse_args()


def _engines(text):
    names = text.split(",")
    if unknown := set(names) - set(ENGINES):
        raise argparse.ArgumentTypeError(f"unknown engine {', '.join(sorted(unknown))}; there are {', '.join(ENGINES)}")
    return names


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of at least 1")
    return int(text)


def _progress(what):
    print(f"· {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""python -m create [--engines medusa,woocommerce] [--rounds 5] [--stores 5] [--output build/bench]

How long a store takes from its creation until it is Ready, beside its slowest pod alone and beside Helm; and what idle stores take of the
machine. On the cluster that `make up` started; an engine `<name>-empty` has the same chart without baked data (tests/engines/empty.sh)."""

import argparse
import json
import pathlib
import secrets
import statistics
import sys

from . import barepods, density, helm, report, storetimes
from .apiserver import api_server
from .cluster import ROOT, Stores, available_engines


def main():
    options = _options()
    engines = options.engines or [name for name in sorted(available_engines()) if f"{name}-empty" in available_engines()]
    if missing := set(engines) - available_engines():
        sys.exit(f"error: --engines: not available: {', '.join(sorted(missing))}; storewright engine list says why")
    stores = Stores(f"bench{secrets.token_hex(2)}")
    result = {}
    try:
        with api_server() as server:
            for engine in engines:
                result[engine] = {"creation": _creation(server, stores, engine, options.rounds)}
                print("\n".join(report.creation(engine, result[engine]["creation"])) + "\n", flush=True)
        base = density.machine_total() - density.machine_available()
        for engine in engines:
            result[engine]["density"] = density.measure(stores, engine, options.stores)
            print("\n".join(report.density(engine, result[engine]["density"], base)) + "\n", flush=True)
    finally:
        stores.close()
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "create.json").write_text(json.dumps({"baseMiB": base, "engines": result}, indent=2) + "\n")


def _creation(server, stores, engine, rounds):
    """The contestants take turns, so that whatever else the machine does meets them all alike."""
    empty = f"{engine}-empty"
    contestants = {"baked store": engine, **({"store from an empty database": empty} if empty in available_engines() else {})}
    data = {"seconds": {}, "timelines": [], "parts": [], "slowestPod": ""}
    pods = {}
    for number in range(rounds):
        for contestant, of_engine in contestants.items():
            name = f"{of_engine}-{number}"
            seconds, parts = storetimes.measured(server, stores, name, of_engine)
            _note(data, contestant, seconds, engine)
            namespace = stores.namespace(name)
            if of_engine == engine:
                data["timelines"].append(stores.timeline(name))
                data["parts"].append(parts)
                for component, template in barepods.templates(namespace).items():
                    pods.setdefault(component, []).append(barepods.seconds_until_ready(server, namespace, component, template))
            else:
                _note(data, "helm install --wait", helm.seconds_of_an_installation(_chart(empty), namespace, name), engine)
            stores.delete(name)
    data["slowestPod"] = max(pods, key=lambda component: statistics.median(pods[component]))
    data["seconds"]["bare pod"] = pods[data["slowestPod"]]
    data["pods"] = pods
    return data


def _note(data, contestant, seconds, engine):
    data["seconds"].setdefault(contestant, []).append(seconds)
    print(f"· {engine}: {contestant}: {seconds:.1f} s", file=sys.stderr, flush=True)


def _chart(engine):
    return ROOT / "build/engines" / engine


def _options():
    parser = argparse.ArgumentParser(prog="create", description="Measures how long a store takes to be made, and what it takes of the machine.")
    parser.add_argument("--engines", type=lambda text: text.split(","), help="separated by commas; default: every one with a counterpart")
    parser.add_argument("--rounds", type=int, default=5, help="stores of each kind")
    parser.add_argument("--stores", type=int, default=5, help="idle stores of each engine whose memory is measured")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "build/bench")
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""What is the chart's own, beside what tests/charts holds that of every engine to.

Run: pytest charts/medusa/tests   with helm (version 4) in the PATH or named by HELM.
"""

import json
from pathlib import Path

import pytest
import yaml
from harness.charts import SIZES, changed, container_of, engine_chart, of_kind, only, pods

chart = engine_chart("medusa")
render, local_values, rendered, setup_name = chart.render, chart.local_values, chart.rendered, chart.setup_name

each_size = pytest.mark.parametrize("size", SIZES)


@each_size
def test_pods_are_labelled_by_whom_they_serve(size):
    serves = {component: metadata["labels"].get("storewright.dev/serves") for component, metadata, _ in pods(rendered(size))}
    expected = {"backend": "public", "storefront": "public", "postgres": "internal", "valkey": "internal", "setup": None, "verify": None}
    if size != "small":
        expected["worker"] = None
    assert serves == expected


@each_size
def test_code_is_taken_as_it_was_compiled(size):
    """Flags of Node's would have it compiled anew: see images/medusa/Containerfile. Its heap then follows the limit of memory."""
    images = {local_values()["images"][name] for name in ("medusa", "storefront")}
    seen = set()
    for component, _, spec in pods(rendered(size)):
        container = spec["containers"][0]
        if container["image"] in images:
            seen.add(container["image"])
            assert "NODE_OPTIONS" not in {e["name"] for e in container["env"]}, component
            assert not container.get("command"), component
    assert seen == images


@each_size
def test_database_has_connections_for_all_pods_during_a_rolling_update(size):
    row = yaml.safe_load((chart.folder / "values.yaml").read_text())["sizes"][size]
    needed = sum((row[c]["replicas"] + 1) * row[c]["databaseConnections"] for c in ("backend", "worker") if row[c]["replicas"])
    # The set-up has a pool and a connection for its lock; three are the superuser's.
    assert needed + 10 + 1 + 3 <= row["postgres"]["maxConnections"]


@each_size
def test_every_file_that_a_variable_names_is_mounted(size):
    for component, _, spec in pods(rendered(size)):
        paths = {
            item["path"]
            for volume in spec["volumes"]
            for source in volume.get("projected", {}).get("sources", [])
            for item in source["secret"]["items"]
        }
        for container in spec["containers"]:
            for e in container["env"]:
                if e["value"].startswith("/run/secrets/store/"):
                    assert e["name"].endswith("_FILE") and Path(e["value"]).name in paths, (component, e)


def test_the_database_password_reaches_only_who_needs_it():
    mounts = {}
    for component, _, spec in pods(rendered("medium")):
        sources = [s for v in spec["volumes"] for s in v.get("projected", {}).get("sources", [])]
        mounts[component] = {(source["secret"]["name"], item["key"]) for source in sources for item in source["secret"]["items"]}
    assert {c for c, keys in mounts.items() if ("store-internal", "postgres-password") in keys} == {"backend", "worker", "setup", "postgres"}
    assert {c for c, keys in mounts.items() if ("store-admin", "password") in keys} == {"setup"}
    assert {c for c, keys in mounts.items() if ("store-mail", "password") in keys} == {"backend", "worker"}
    assert mounts["storefront"] == {("store-internal", "publishable-key")}


def test_every_hostname_gets_the_same_routes():
    hostnames = ["shoes-demo.storewright.localhost", "shoes.example", "www.shoes.example"]
    ingress = only(of_kind(render(changed(local_values(), store__hostnames=hostnames)), "Ingress"))
    rules = ingress["spec"]["rules"]
    assert [rule["host"] for rule in rules] == hostnames
    for rule in rules:
        routes = {p["path"]: p["backend"]["service"]["name"] for p in rule["http"]["paths"]}
        backend = dict.fromkeys(["/app", "/admin", "/auth", "/store", "/static", "/ready"], "backend")
        assert routes == {**backend, "/": "storefront"}
        assert {p["pathType"] for p in rule["http"]["paths"]} == {"Prefix"}
    assert "tls" not in ingress["spec"]


def environment(objects: list[dict], component: str) -> dict[str, str]:
    spec = only([spec for c, _, spec in pods(objects) if c == component])
    return {e["name"]: e["value"] for e in spec["containers"][0]["env"]}


@pytest.mark.parametrize("tls", [False, True])
def test_cookies_are_secure_exactly_with_tls(tls):
    objects = render(changed(local_values(), ingress__tls=tls))
    assert environment(objects, "backend")["COOKIES_SECURE"] == str(tls).lower()
    assert ("tls" in only(of_kind(objects, "Ingress"))["spec"]) == tls


def test_the_probes_of_the_engine_are_routed_to_what_they_ask():
    probes = yaml.safe_load((chart.folder / "engine.yaml").read_text())["probes"]
    rule = only(of_kind(rendered("small"), "Ingress"))["spec"]["rules"][0]
    by_length = sorted(rule["http"]["paths"], key=lambda p: -len(p["path"]))
    services = {p["name"]: next(r for r in by_length if p["path"].startswith(r["path"]))["backend"]["service"]["name"] for p in probes}
    assert services == {"backend": "backend", "admin": "backend", "storefront": "storefront"}


def test_background_work_is_split_off_where_the_size_says_so():
    modes = {}
    for size in SIZES:
        for component, _, spec in pods(rendered(size)):
            env = {e["name"]: e.get("value") for e in spec["containers"][0]["env"]}
            if "WORKER_MODE" in env:
                modes[size, component] = env["WORKER_MODE"]
    assert modes == {
        ("small", "backend"): "shared",
        ("medium", "backend"): "server", ("medium", "worker"): "worker",
        ("large", "backend"): "server", ("large", "worker"): "worker",
    }  # fmt: skip


def test_only_what_concerns_the_set_up_makes_another_job():
    assert setup_name(store__hostnames=["other.example"]) == setup_name()
    assert setup_name(images__storefront="example/storefront:2") == setup_name()
    assert setup_name(images__medusa="example/medusa:2") != setup_name()


@each_size
def test_the_backend_is_ready_with_its_database_and_alive_without(size):
    container = container_of(rendered(size), "backend", "backend")
    assert container["readinessProbe"]["httpGet"]["path"] == "/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health", "a database that is away is no reason to kill the backend"


@each_size
def test_replicas_can_be_drained_one_at_a_time(size):
    budgets = {b["metadata"]["name"]: b["spec"] for b in of_kind(rendered(size), "PodDisruptionBudget")}
    replicated = {o["metadata"]["name"] for o in of_kind(rendered(size), "Deployment") if o["spec"]["replicas"] > 1}
    assert set(budgets) == replicated
    assert all(spec["maxUnavailable"] == 1 for spec in budgets.values())


def test_the_identity_is_read_from_a_file():
    data = only(of_kind(rendered("small"), "ConfigMap"))["data"]
    store = local_values()["store"]
    members = ("displayName", "adminEmail", "url", "hostnames", "country", "currency", "language", "timezone")
    assert json.loads(data["store.json"]) == {k: store[k] for k in members}
    assert json.loads(data["mail.json"])["enabled"] is False


IDENTITY = {
    "store__displayName": "Boots",
    "store__adminEmail": "other@example.com",
    "store__url": "https://boots.example",
    "store__hostnames": ["boots.example", "www.boots.example"],
}
MAIL = {"enabled": True, "host": "smtp.example", "port": 25, "security": "none", "username": "", "from": "a@b.example", "secret": "store-mail"}


def test_no_pod_but_the_set_up_is_made_anew_for_another_identity_or_for_mail():
    """A changed template would restart it. What changes is the ConfigMap, which is mounted as a folder, and read at use."""
    before, after = rendered("medium"), render(changed(local_values(), plan__size="medium", mail=MAIL, **IDENTITY))

    def templates(objects):
        return {c: (metadata, spec) for c, metadata, spec in pods(objects) if c not in ("setup", "verify")}

    assert templates(before) == templates(after)
    for component, (_, spec) in templates(before).items():
        mounts = [m for m in spec["containers"][0]["volumeMounts"] if m["name"] == "store"]
        assert bool(mounts) == (component in ("backend", "worker", "storefront")), component
        assert all("subPath" not in m for m in mounts)
    data = only(of_kind(after, "ConfigMap"))["data"]
    assert json.loads(data["mail.json"]) == {k: v for k, v in MAIL.items() if k != "secret"}
    assert json.loads(data["store.json"])["hostnames"] == IDENTITY["store__hostnames"]


def test_what_the_database_holds_of_an_identity_is_taken_over_by_another_job():
    assert setup_name(store__displayName="Boots") != setup_name()
    assert setup_name(store__adminEmail="other@example.com") != setup_name()
    assert setup_name(mail=MAIL) == setup_name()


def test_a_negative_number_of_workers_is_refused():
    chart.assert_refused({"sizes__small__worker__replicas": -1})


def test_production_values_render():
    values = yaml.safe_load((chart.folder / "values-prod.yaml").read_text())
    objects = render(values)
    assert "tls" in only(of_kind(objects, "Ingress"))["spec"]
    assert of_kind(objects, "PodDisruptionBudget")
    assert environment(objects, "backend")["COOKIES_SECURE"] == "true"

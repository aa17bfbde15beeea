"""Renders the chart with the real Helm and holds it to the contract between platform and engines (docs/engines.md).

Run: pytest charts/medusa/tests   with helm (version 4) in the PATH or named by HELM.
After a change that is meant to change the render: UPDATE_SNAPSHOT=1 pytest charts/medusa/tests
"""

import difflib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from harness.charts import ALLOWED_KINDS, RESOURCES, SIZES, Chart, changed, helm, is_hook, of_kind, only, pods, quantity

CHART = Path(__file__).resolve().parents[1]
REPOSITORY = CHART.parents[1]
SNAPSHOT = Path(__file__).with_name("values-local.snapshot.yaml")
UIDS = {"backend": 10001, "worker": 10001, "setup": 10001, "verify": 10001, "storefront": 10002, "postgres": 10020, "valkey": 10021}

chart = Chart(CHART)
run_helm, render, local_values, rendered = chart.run_helm, chart.render, chart.local_values, chart.rendered

each_size = pytest.mark.parametrize("size", SIZES)


@each_size
def test_objects_are_of_the_kinds_that_an_engine_may_bring(size):
    assert {o["kind"] for o in rendered(size) if not is_hook(o)} <= ALLOWED_KINDS
    assert all(is_hook(o) for o in of_kind(rendered(size), "Pod"))
    assert all("namespace" not in o["metadata"] for o in rendered(size))


@each_size
def test_every_object_and_pod_carries_the_labels(size):
    labelled = [o["metadata"] for o in rendered(size)] + [metadata for _, metadata, _ in pods(rendered(size))]
    for metadata in labelled:
        labels = metadata["labels"]
        assert labels["storewright.dev/store"] == local_values()["store"]["id"], metadata
        for name in ("name", "instance", "component", "part-of", "version"):
            assert labels[f"app.kubernetes.io/{name}"], metadata


@each_size
def test_pods_are_labelled_by_whom_they_serve(size):
    serves = {component: metadata["labels"].get("storewright.dev/serves") for component, metadata, _ in pods(rendered(size))}
    expected = {"backend": "public", "storefront": "public", "postgres": "internal", "valkey": "internal", "setup": None, "verify": None}
    if size != "small":
        expected["worker"] = None
    assert serves == expected


@each_size
def test_pods_meet_the_restricted_standard(size):
    for component, _, spec in pods(rendered(size)):
        uid = UIDS[component]
        security = spec["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (uid, uid, uid), component
        assert security["runAsNonRoot"] is True
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert spec["serviceAccountName"] == "medusa"
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
        for container in spec["containers"] + spec.get("initContainers", []):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, component
            assert container["imagePullPolicy"] == "IfNotPresent"
            assert container["terminationMessagePolicy"] == "FallbackToLogsOnError"
        for volume in spec["volumes"]:
            kind = only([k for k in volume if k != "name"])
            assert kind in ("configMap", "emptyDir", "projected", "persistentVolumeClaim"), volume
            assert kind != "emptyDir" or volume["emptyDir"]["sizeLimit"], "scratch space has a limit"


@each_size
def test_containers_name_requests_and_limits(size):
    for component, _, spec in pods(rendered(size)):
        for container in spec["containers"]:
            resources = container["resources"]
            for name in RESOURCES:
                low, high = quantity(resources["requests"][name]), quantity(resources["limits"][name])
                assert 0 < low <= high, (component, name)


@each_size
def test_the_backends_code_is_taken_as_it_was_compiled(size):
    """Flags of Node's would have it compiled anew: see images/medusa/Containerfile."""
    for component, _, spec in pods(rendered(size)):
        if spec["containers"][0]["image"] == local_values()["images"]["medusa"]:
            assert "NODE_OPTIONS" not in {e["name"] for e in spec["containers"][0]["env"]}, component


@each_size
def test_node_leaves_memory_outside_its_heap(size):
    for component, _, spec in pods(rendered(size)):
        container = spec["containers"][0]
        options = {e["name"]: e.get("value", "") for e in container.get("env", [])}.get("NODE_OPTIONS", "")
        for heap in re.findall(r"--max-old-space-size=(\d+)", options):
            limit = quantity(container["resources"]["limits"]["memory"])
            assert int(heap) * 2**20 <= 0.76 * limit, (component, heap, limit)


@each_size
def test_database_has_connections_for_all_pods_during_a_rolling_update(size):
    row = yaml.safe_load((CHART / "values.yaml").read_text())["sizes"][size]
    needed = sum((row[c]["replicas"] + 1) * row[c]["databaseConnections"] for c in ("backend", "worker") if row[c]["replicas"])
    # The set-up has a pool and a connection for its lock; three are the superuser's.
    assert needed + 10 + 1 + 3 <= row["postgres"]["maxConnections"]


def plans() -> dict[str, dict]:
    platform = yaml.safe_load((REPOSITORY / "charts/storewright/values.yaml").read_text())
    return {plan["size"]: plan for plan in platform["plans"]}


@pytest.mark.parametrize("size", [s for s in SIZES if s in plans()])
def test_store_fits_the_quota_of_its_plan_even_during_a_rolling_update(size):
    quota = plans()[size]["quota"]
    total = dict.fromkeys([f"{kind}.{name}" for kind in ("requests", "limits") for name in RESOURCES] + ["pods"], 0.0)
    for o in rendered(size):
        for _, _, spec in pods([o]):
            count = o.get("spec", {}).get("replicas", 1) + (1 if o["kind"] == "Deployment" else 0)
            total["pods"] += count
            for kind in ("requests", "limits"):
                for name in RESOURCES:
                    total[f"{kind}.{name}"] += count * sum(quantity(c["resources"][kind][name]) for c in spec["containers"])
    claims = of_kind(rendered(size), "PersistentVolumeClaim")
    total["persistentvolumeclaims"] = len(claims)
    total["requests.storage"] = sum(quantity(c["spec"]["resources"]["requests"]["storage"]) for c in claims)
    total["services"] = len(of_kind(rendered(size), "Service"))
    exceeded = {name: (used, quota[name]) for name, used in total.items() if name in quota and used > quantity(quota[name])}
    assert not exceeded
    most = quantity(plans()[size]["maxVolumeSize"])
    assert all(quantity(c["spec"]["resources"]["requests"]["storage"]) <= most for c in claims)


@each_size
def test_no_secret_is_rendered_only_single_keys_that_the_platform_generates(size):
    assert not of_kind(rendered(size), "Secret")
    engine = yaml.safe_load((CHART / "engine.yaml").read_text())["secrets"]
    generated = {"store-admin": {k["key"] for k in engine["admin"]}, "store-internal": {k["key"] for k in engine["internal"]}}
    mounted = {name: set() for name in (*generated, "store-mail")}
    for _, _, spec in pods(rendered(size)):
        for container in spec["containers"]:
            assert "envFrom" not in container
            assert all("valueFrom" not in e for e in container.get("env", [])), "secrets are files"
        for volume in spec["volumes"]:
            for source in volume.get("projected", {}).get("sources", []):
                mounted[source["secret"]["name"]] |= {item["key"] for item in source["secret"]["items"]}
    # The owner's address is in the store's identity too, where it can change; the password of the mail server is the operator's.
    generated["store-admin"].remove("email")
    assert mounted == {**generated, "store-mail": {"password"}}


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
    probes = yaml.safe_load((CHART / "engine.yaml").read_text())["probes"]
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


def setup_name(**changes) -> str:
    return only(of_kind(render(changed(local_values(), **changes)), "Job"))["metadata"]["name"]


def test_a_changed_job_has_another_name_and_an_unchanged_one_the_same():
    name = setup_name()
    assert re.fullmatch(r"setup-[0-9a-f]{8}", name)
    assert setup_name(store__hostnames=["other.example"]) == name
    assert setup_name(images__storefront="example/storefront:2") == name
    assert setup_name(images__medusa="example/medusa:2") != name
    assert setup_name(secrets__internal="other") != name
    assert setup_name(sizes__small__setup__resources__limits__memory="2Gi") != name


@pytest.mark.parametrize("before, after", [("backoffLimit: 4", "backoffLimit: 5"), ("args: [setup]", "args: [setup, now]")])
def test_the_name_covers_the_whole_spec_of_the_job(tmp_path, before, after):
    chart = shutil.copytree(CHART, tmp_path / "medusa")
    template = chart / "templates/setup.yaml"
    assert before in template.read_text()
    template.write_text(template.read_text().replace(before, after))
    assert only(of_kind(render(local_values(), chart), "Job"))["metadata"]["name"] != setup_name()


def test_the_job_stays_and_is_bounded():
    spec = only(of_kind(rendered("small"), "Job"))["spec"]
    assert "ttlSecondsAfterFinished" not in spec
    assert spec["backoffLimit"] > 0
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


@each_size
def test_data_lies_on_plain_claims(size):
    claims = {c["metadata"]["name"] for c in of_kind(rendered(size), "PersistentVolumeClaim")}
    assert claims == {"postgres-data", "valkey-data"}
    used = set()
    for database in of_kind(rendered(size), "StatefulSet"):
        assert "volumeClaimTemplates" not in database["spec"]
        assert database["spec"]["replicas"] == 1
        used |= {v["persistentVolumeClaim"]["claimName"] for v in database["spec"]["template"]["spec"]["volumes"] if "persistentVolumeClaim" in v}
    assert used == claims


def test_another_size_asks_for_no_larger_volume_than_the_plan_says():
    claims = [{c["metadata"]["name"]: c["spec"] for c in of_kind(rendered(size), "PersistentVolumeClaim")} for size in SIZES]
    assert claims[0] == claims[1] == claims[2]


@each_size
def test_services_find_their_pods_at_the_port(size):
    for service in of_kind(rendered(size), "Service"):
        selector, port = service["spec"]["selector"], only(service["spec"]["ports"])
        matching = [spec for _, metadata, spec in pods(rendered(size)) if selector.items() <= metadata["labels"].items()]
        container = only(only(matching)["containers"])
        assert port["targetPort"] in {p["name"] for p in container["ports"]}


@each_size
def test_what_serves_is_probed(size):
    for o in of_kind(rendered(size), "Deployment") + of_kind(rendered(size), "StatefulSet"):
        container = only(o["spec"]["template"]["spec"]["containers"])
        assert container["startupProbe"]["periodSeconds"] == 1, "readiness is seen at once"
        assert container["readinessProbe"] and container["livenessProbe"], o["metadata"]["name"]
    backend = only([o for o in of_kind(rendered(size), "Deployment") if o["metadata"]["name"] == "backend"])
    container = only(backend["spec"]["template"]["spec"]["containers"])
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


def test_names_with_quotes_and_newline_like_text_survive():
    name = 'Müller\'s "best" \\n shoes: 100% {{ ok }} # €'
    objects = render(changed(local_values(), store__displayName=name))
    assert json.loads(only(of_kind(objects, "ConfigMap"))["data"]["store.json"])["displayName"] == name


REFUSED = {
    "an unknown size": {"plan__size": "huge"},
    "an unknown member": {"store__colour": "red"},
    "an unknown top-level member": {"replicas": 2},
    "no hostname": {"store__hostnames": []},
    "a hostname with a slash": {"store__hostnames": ["shoes.example/x"]},
    "a country in words": {"store__country": "Germany"},
    "a missing image": {"images__medusa": ""},
    "mail without a server": {"mail": {"enabled": True, "host": "", "port": 25, "security": "none", "from": "a@b.example"}},
    "mail with an unknown security": {"mail__security": "ssl"},
    "a worker with a negative count": {"sizes__small__worker__replicas": -1},
    "resources without ephemeral storage": {"sizes__small__setup__resources__limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": None}},
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_values_are_refused(case):
    done = run_helm(changed(local_values(), **REFUSED[case]))
    assert done.returncode != 0
    member = list(REFUSED[case])[0].split("__")[-1]
    assert member in done.stderr, done.stderr


def test_values_of_the_catalogue_match():
    engine = yaml.safe_load((CHART / "engine.yaml").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    assert sorted(engine["images"]) == sorted(values["images"])
    images = {c["image"] for _, _, spec in pods(rendered("large")) for c in spec["containers"]}
    assert images == set(local_values()["images"].values())


def test_production_values_render():
    values = yaml.safe_load((CHART / "values-prod.yaml").read_text())
    objects = render(values)
    assert "tls" in only(of_kind(objects, "Ingress"))["spec"]
    assert of_kind(objects, "PodDisruptionBudget")
    assert environment(objects, "backend")["COOKIES_SECURE"] == "true"


def test_what_is_no_part_of_the_chart_stays_out_of_release_records(tmp_path):
    subprocess.run([helm(), "package", str(CHART), "-d", str(tmp_path)], check=True, capture_output=True, timeout=60)
    names = subprocess.run(["tar", "-tzf", str(only(list(tmp_path.glob("*.tgz"))))], check=True, capture_output=True, text=True).stdout
    assert "medusa/engine.yaml" in names and "medusa/templates/tests/store.yaml" in names
    assert "medusa/tests/" not in names and "values-local" not in names


def test_the_default_render_is_the_reviewed_one():
    done = run_helm(local_values())
    assert done.returncode == 0, done.stderr
    if os.environ.get("UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(done.stdout)
    difference = difflib.unified_diff(SNAPSHOT.read_text().splitlines(), done.stdout.splitlines(), "snapshot", "render", lineterm="")
    assert not (text := "\n".join(difference)), text + "\nIf this is meant: UPDATE_SNAPSHOT=1 pytest charts/medusa/tests"

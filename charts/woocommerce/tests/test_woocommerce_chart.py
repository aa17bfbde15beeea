"""Renders the chart with the real Helm and holds it to the contract between platform and engines (docs/engines.md).

Run: pytest charts/woocommerce/tests   with helm (version 4) in the PATH or named by HELM.
After a change that is meant to change the render: UPDATE_SNAPSHOT=1 pytest charts/woocommerce/tests
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
UIDS = {"wordpress": 10011, "setup": 10011, "cron": 10011, "verify": 10011, "mariadb": 10022}
SALTS = {f"{use}-{kind}" for use in ("auth", "secure-auth", "logged-in", "nonce") for kind in ("key", "salt")}
READINESS = "/healthz"
IDENTITY = {"displayName": "Boots", "adminEmail": "new@example.com", "country": "DE", "currency": "EUR", "language": "de",
            "timezone": "Europe/Berlin", "url": "http://boots.example", "hostnames": ["boots.example"]}  # fmt: skip
MAIL = {"mail": {"enabled": True, "host": "smtp.example.com", "port": 587, "security": "starttls", "username": "shoes",
                 "from": "shop@example.com", "secret": "store-mail"}}  # fmt: skip

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
    labelled += [o["spec"]["jobTemplate"]["metadata"] for o in of_kind(rendered(size), "CronJob")]
    for metadata in labelled:
        labels = metadata["labels"]
        assert labels["storewright.dev/store"] == local_values()["store"]["id"], metadata
        for name in ("name", "instance", "component", "part-of", "version"):
            assert labels[f"app.kubernetes.io/{name}"], metadata


@each_size
def test_pods_are_labelled_by_whom_they_serve(size):
    serves = {component: metadata["labels"].get("storewright.dev/serves") for component, metadata, _ in pods(rendered(size))}
    assert serves == {"wordpress": "public", "mariadb": "internal", "setup": None, "cron": None, "verify": None}


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
        assert spec["serviceAccountName"] == "woocommerce"
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


def plans() -> dict[str, dict]:
    platform = yaml.safe_load((REPOSITORY / "charts/storewright/values.yaml").read_text())
    return {plan["size"]: plan for plan in platform["plans"]}


@pytest.mark.parametrize("size", [s for s in SIZES if s in plans()])
def test_store_fits_the_quota_of_its_plan(size):
    quota = plans()[size]["quota"]
    total = dict.fromkeys([f"{kind}.{name}" for kind in ("requests", "limits") for name in RESOURCES] + ["pods"], 0.0)
    for o in rendered(size):
        # A changed set-up may run beside the one before it.
        count = 2 if o["kind"] == "Job" else 1
        for _, _, spec in pods([o]):
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
def test_memory_is_there_for_every_worker(size):
    """A worker takes up to 100 MiB beside the shared code, one of them all that it may."""
    php = container_of(rendered(size), "wordpress", "php")
    env = {e["name"]: e["value"] for e in php["env"]}
    most = 160 + 100 * int(env["PHP_WORKERS"]) + quantity(env["PHP_MEMORY_LIMIT"] + "i") / 2**20
    assert most * 2**20 <= quantity(php["resources"]["limits"]["memory"])
    database = container_of(rendered(size), "mariadb", "mariadb")
    pool = quantity({e["name"]: e["value"] for e in database["env"]}["MARIADB_BUFFER_POOL"] + "i")
    assert pool * 1.2 + 128 * 2**20 <= quantity(database["resources"]["limits"]["memory"])


@each_size
def test_the_database_has_a_connection_for_every_process(size):
    row = yaml.safe_load((CHART / "values.yaml").read_text())["sizes"][size]
    # Two set-ups have two connections each (work and lock), a probe has one; the rest is for whoever looks into it.
    assert row["php"]["workers"] + 2 * 2 + 1 + 5 <= row["mariadb"]["maxConnections"]


@each_size
def test_scratch_space_fits_the_ephemeral_storage(size):
    for component, _, spec in pods(rendered(size)):
        limits = {v["name"]: quantity(v["emptyDir"]["sizeLimit"]) for v in spec["volumes"] if "emptyDir" in v}
        for container in spec["containers"]:
            mounted = sum(limits.get(m["name"], 0) for m in container["volumeMounts"])
            assert mounted <= quantity(container["resources"]["limits"]["ephemeral-storage"]), (component, container["name"])


def mounted_keys(spec: dict) -> dict[str, set[str]]:
    """Keys by Secret, of those that have to be there."""
    keys: dict[str, set[str]] = {}
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            if not source["secret"].get("optional"):
                keys.setdefault(source["secret"]["name"], set()).update(item["key"] for item in source["secret"]["items"])
    return keys


@each_size
def test_no_secret_is_rendered_only_single_keys_that_the_platform_generates(size):
    assert not of_kind(rendered(size), "Secret")
    engine = yaml.safe_load((CHART / "engine.yaml").read_text())["secrets"]
    generated = {"store-admin": {k["key"] for k in engine["admin"]}, "store-internal": {k["key"] for k in engine["internal"]}}
    mounted = {name: set() for name in generated}
    for _, _, spec in pods(rendered(size)):
        for container in spec["containers"]:
            assert "envFrom" not in container
            assert all("valueFrom" not in e for e in container.get("env", [])), "secrets are files"
        for name, keys in mounted_keys(spec).items():
            mounted[name] |= keys
    assert mounted == generated


def test_each_process_gets_the_keys_that_it_needs():
    keys = {component: set().union(*mounted_keys(spec).values()) for component, _, spec in pods(rendered("small"))}
    rest = {"rest-consumer-key", "rest-consumer-secret"}
    assert keys == {
        "wordpress": {"database-password"} | SALTS,
        "setup": {"database-password", "email", "password"} | rest | SALTS,
        "mariadb": {"database-password"},
        "cron": set(),
        "verify": rest,
    }
    web = container_of(rendered("small"), "wordpress", "web")
    assert "secrets" not in {m["name"] for m in web["volumeMounts"]}, "the web server passes requests on, it needs no secret"


def test_every_hostname_leads_to_the_shop():
    hostnames = ["shoes-demo.storewright.localhost", "shoes.example", "www.shoes.example"]
    ingress = only(of_kind(render(changed(local_values(), store__hostnames=hostnames)), "Ingress"))
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == hostnames
    for rule in ingress["spec"]["rules"]:
        path = only(rule["http"]["paths"])
        assert (path["path"], path["pathType"], path["backend"]["service"]["name"]) == ("/", "Prefix", "wordpress")
    assert "tls" not in ingress["spec"]


def container_of(objects: list[dict], component: str, name: str) -> dict:
    spec = only([spec for c, _, spec in pods(objects) if c == component])
    return only([c for c in spec["containers"] if c["name"] == name])


def setup_name(**changes) -> str:
    return only(of_kind(render(changed(local_values(), **changes)), "Job"))["metadata"]["name"]


def test_a_changed_job_has_another_name_and_an_unchanged_one_the_same():
    name = setup_name()
    assert re.fullmatch(r"setup-[0-9a-f]{8}", name)
    assert setup_name(**{"images__wordpress-database": "example/database:2"}) == name
    assert setup_name(**MAIL) == name, "mail settings are in no database"
    assert setup_name(images__wordpress="example/wordpress:2") != name
    assert setup_name(secrets__internal="other") != name
    assert setup_name(sizes__small__setup__resources__limits__memory="1Gi") != name
    for member, value in IDENTITY.items():
        assert setup_name(**{f"store__{member}": value}) != name, member


@pytest.mark.parametrize("size", SIZES)
def test_no_server_starts_anew_for_another_identity(size):
    """Nor for other mail settings: both are files, which change under running pods."""
    values = changed(local_values(), plan__size=size)
    other = changed(values, **{f"store__{member}": value for member, value in IDENTITY.items()}, **MAIL)
    before, after = render(values), render(other)
    for kind in ("Deployment", "StatefulSet", "CronJob"):
        assert of_kind(before, kind) == of_kind(after, kind)
    assert of_kind(before, "ConfigMap") != of_kind(after, "ConfigMap")


@pytest.mark.parametrize("before, after", [("backoffLimit: 4", "backoffLimit: 5"), ("args: [setup]", "args: [setup, now]")])
def test_the_name_covers_the_whole_spec_of_the_job(tmp_path, before, after):
    chart = shutil.copytree(CHART, tmp_path / "woocommerce")
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
    assert claims == {"mariadb-data", "uploads-data"}
    used = {v["persistentVolumeClaim"]["claimName"] for _, _, spec in pods(rendered(size)) for v in spec["volumes"] if "persistentVolumeClaim" in v}
    assert used == claims
    assert "volumeClaimTemplates" not in only(of_kind(rendered(size), "StatefulSet"))["spec"]


@each_size
def test_no_two_pods_hold_a_volume(size):
    """The volumes are of one node: a pod that waits for its predecessor's never comes up beside it."""
    deployment, database = only(of_kind(rendered(size), "Deployment")), only(of_kind(rendered(size), "StatefulSet"))
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    assert database["spec"]["replicas"] == 1
    assert not of_kind(rendered(size), "PodDisruptionBudget"), "a budget for one replica would only keep nodes from being drained"
    holders = [component for component, _, spec in pods(rendered(size)) if any("persistentVolumeClaim" in v for v in spec["volumes"])]
    assert sorted(holders) == ["mariadb", "wordpress"]


def test_another_size_asks_for_no_larger_volume_than_the_plan_says():
    claims = [{c["metadata"]["name"]: c["spec"] for c in of_kind(rendered(size), "PersistentVolumeClaim")} for size in SIZES]
    assert claims[0] == claims[1] == claims[2]


@each_size
def test_services_find_their_pods_at_the_port(size):
    for service in of_kind(rendered(size), "Service"):
        selector, port = service["spec"]["selector"], only(service["spec"]["ports"])
        matching = [spec for _, metadata, spec in pods(rendered(size)) if selector.items() <= metadata["labels"].items()]
        ports = {p["name"]: p["containerPort"] for container in only(matching)["containers"] for p in container.get("ports", [])}
        assert ports[port["targetPort"]] == port["port"]


@each_size
def test_what_serves_is_probed(size):
    for component, name in (("wordpress", "web"), ("mariadb", "mariadb")):
        container = container_of(rendered(size), component, name)
        assert container["startupProbe"]["periodSeconds"] == 1, "readiness is seen at once"
        assert container["readinessProbe"] and container["livenessProbe"]
    php = container_of(rendered(size), "wordpress", "php")
    assert php["livenessProbe"]["httpGet"]["path"] != READINESS, "a database that is away is no reason to kill PHP"
    web = container_of(rendered(size), "wordpress", "web")
    assert web["readinessProbe"]["httpGet"]["path"] == web["startupProbe"]["httpGet"]["path"] == READINESS


def test_cron_runs_one_at_a_time_every_five_minutes_and_not_in_all_stores_at_once():
    cron = only(of_kind(rendered("small"), "CronJob"))["spec"]
    assert cron["concurrencyPolicy"] == "Forbid"
    assert cron["jobTemplate"]["spec"]["activeDeadlineSeconds"] < 300
    schedules = {only(of_kind(render(changed(local_values(), store__id=f"abcdefghi{i}")), "CronJob"))["spec"]["schedule"] for i in range(6)}
    assert len(schedules) > 1
    for schedule in schedules | {cron["schedule"]}:
        assert re.fullmatch(r"[0-4]-59/5 \* \* \* \*", schedule)


def test_the_identity_is_read_from_files():
    data = only(of_kind(render(changed(local_values(), **MAIL)), "ConfigMap"))["data"]
    store = local_values()["store"]
    assert json.loads(data["store.json"]) == {k: v for k, v in store.items() if k not in ("id", "name", "tenant")}
    assert json.loads(data["mail.json"]) == {k: v for k, v in MAIL["mail"].items() if k != "secret"}
    for component, _, spec in pods(rendered("small")):
        for container in spec["containers"]:
            text = json.dumps(container.get("env", []))
            assert not [v for v in (store["displayName"], store["adminEmail"], store["url"]) if v in text], component
            assert all("subPath" not in m for m in container["volumeMounts"]), "a sub-path does not follow changes"


def test_the_mail_password_may_come_and_go():
    for values in (local_values(), changed(local_values(), **MAIL)):
        spec = only([spec for c, _, spec in pods(render(values)) if c == "wordpress"])
        source = only(only([v for v in spec["volumes"] if v["name"] == "mail"])["projected"]["sources"])["secret"]
        assert source == {"name": "store-mail", "optional": True, "items": [{"key": "password", "path": "password"}]}


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
    "a missing image": {"images__wordpress": ""},
    "an unknown kind of mail security": {"mail__security": "ssl"},
    "no worker": {"sizes__small__php__workers": 0},
    "a buffer pool without a unit": {"sizes__small__mariadb__bufferPool": "64"},
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


def test_the_database_is_asked_for_data_of_the_version_that_is_installed():
    """That of images/wordpress/woocommerce-version, which images/wordpress-database is baked for; another one on request."""
    installed = (REPOSITORY / "images/wordpress/woocommerce-version").read_text().strip()
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == installed

    def wanted(values):
        return {e["name"]: e["value"] for e in container_of(render(values), "mariadb", "mariadb")["env"]}["BAKED_VERSION"]

    assert wanted(local_values()) == f"woocommerce-{installed}"
    assert wanted(changed(local_values(), bakedVersion="none")) == "none"


def test_production_values_render():
    objects = render(yaml.safe_load((CHART / "values-prod.yaml").read_text()))
    assert "tls" in only(of_kind(objects, "Ingress"))["spec"]
    assert json.loads(only(of_kind(objects, "ConfigMap"))["data"]["mail.json"])["enabled"] is True


def test_what_is_no_part_of_the_chart_stays_out_of_release_records(tmp_path):
    subprocess.run([helm(), "package", str(CHART), "-d", str(tmp_path)], check=True, capture_output=True, timeout=60)
    names = subprocess.run(["tar", "-tzf", str(only(list(tmp_path.glob("*.tgz"))))], check=True, capture_output=True, text=True).stdout
    assert "woocommerce/engine.yaml" in names and "woocommerce/files/verify.php" in names
    assert "woocommerce/tests/" not in names and "values-local" not in names


def test_the_default_render_is_the_reviewed_one():
    done = run_helm(local_values())
    assert done.returncode == 0, done.stderr
    if os.environ.get("UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(done.stdout)
    difference = difflib.unified_diff(SNAPSHOT.read_text().splitlines(), done.stdout.splitlines(), "snapshot", "render", lineterm="")
    assert not (text := "\n".join(difference)), text + "\nIf this is meant: UPDATE_SNAPSHOT=1 pytest charts/woocommerce/tests"

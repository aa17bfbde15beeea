"""What is the chart's own, beside what tests/charts holds that of every engine to.

Run: pytest charts/woocommerce/tests   with helm (version 4) in the PATH or named by HELM.
"""

import json
import re

import pytest
import yaml
from harness.charts import CHARTS, SIZES, changed, container_of, engine_chart, mounted_keys, of_kind, only, pods, quantity

SALTS = {f"{use}-{kind}" for use in ("auth", "secure-auth", "logged-in", "nonce") for kind in ("key", "salt")}
READINESS = "/healthz"
IDENTITY = {"displayName": "Boots", "adminEmail": "new@example.com", "country": "DE", "currency": "EUR", "language": "de",
            "timezone": "Europe/Berlin", "url": "http://boots.example", "hostnames": ["boots.example"]}  # fmt: skip
MAIL = {"mail": {"enabled": True, "host": "smtp.example.com", "port": 587, "security": "starttls", "username": "shoes",
                 "from": "shop@example.com", "secret": "store-mail"}}  # fmt: skip

chart = engine_chart("woocommerce")
render, local_values, rendered, setup_name = chart.render, chart.local_values, chart.rendered, chart.setup_name

each_size = pytest.mark.parametrize("size", SIZES)


@each_size
def test_pods_are_labelled_by_whom_they_serve(size):
    serves = {component: metadata["labels"].get("storewright.dev/serves") for component, metadata, _ in pods(rendered(size))}
    assert serves == {"wordpress": "public", "mariadb": "internal", "setup": None, "cron": None, "verify": None}


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
    row = yaml.safe_load((chart.folder / "values.yaml").read_text())["sizes"][size]
    # Two set-ups have two connections each (work and lock), a probe has one; the rest is for whoever looks into it.
    assert row["php"]["workers"] + 2 * 2 + 1 + 5 <= row["mariadb"]["maxConnections"]


@each_size
def test_scratch_space_fits_the_ephemeral_storage(size):
    for component, _, spec in pods(rendered(size)):
        limits = {v["name"]: quantity(v["emptyDir"]["sizeLimit"]) for v in spec["volumes"] if "emptyDir" in v}
        for container in spec["containers"]:
            mounted = sum(limits.get(m["name"], 0) for m in container["volumeMounts"])
            assert mounted <= quantity(container["resources"]["limits"]["ephemeral-storage"]), (component, container["name"])


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


def test_only_what_concerns_the_set_up_makes_another_job():
    name = setup_name()
    assert setup_name(**{"images__wordpress-database": "example/database:2"}) == name
    assert setup_name(**MAIL) == name, "mail settings are in no database"
    assert setup_name(images__wordpress="example/wordpress:2") != name
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


@each_size
def test_no_two_pods_hold_a_volume(size):
    """The volumes are of one node: a pod that waits for its predecessor's never comes up beside it."""
    deployment, database = only(of_kind(rendered(size), "Deployment")), only(of_kind(rendered(size), "StatefulSet"))
    assert (deployment["spec"]["replicas"], deployment["spec"]["strategy"]) == (1, {"type": "Recreate"})
    assert database["spec"]["replicas"] == 1
    assert not of_kind(rendered(size), "PodDisruptionBudget"), "a budget for one replica would only keep nodes from being drained"
    holders = [component for component, _, spec in pods(rendered(size)) if any("persistentVolumeClaim" in v for v in spec["volumes"])]
    assert sorted(holders) == ["mariadb", "wordpress"]


@each_size
def test_the_shop_is_ready_with_its_database_and_alive_without(size):
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
    egress = changed(local_values(), plan={**local_values()["plan"], "internetEgress": True})
    for values, allowed in ((local_values(), False), (egress, True)):
        assert json.loads(only(of_kind(render(values), "ConfigMap"))["data"]["plan.json"]) == {"internetEgress": allowed}
    names = [only(of_kind(render(values), "Job"))["metadata"]["name"] for values in (local_values(), egress)]
    assert names[0] == names[1], "another plan is no other identity"
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


@pytest.mark.parametrize("member, value", [("php__workers", 0), ("mariadb__bufferPool", "64")])
def test_a_size_that_cannot_be_meant_is_refused(member, value):
    chart.assert_refused({f"sizes__small__{member}": value})


def test_the_database_is_asked_for_data_of_the_version_that_is_installed():
    """That of images/wordpress/woocommerce-version, which images/wordpress-database is baked for; another one on request."""
    installed = (CHARTS.parent / "images/wordpress/woocommerce-version").read_text().strip()
    assert yaml.safe_load((chart.folder / "Chart.yaml").read_text())["appVersion"] == installed

    def wanted(values):
        return {e["name"]: e["value"] for e in container_of(render(values), "mariadb", "mariadb")["env"]}["BAKED_VERSION"]

    assert wanted(local_values()) == f"woocommerce-{installed}"
    assert wanted(changed(local_values(), bakedVersion="none")) == "none"


def test_production_values_render():
    objects = render(yaml.safe_load((chart.folder / "values-prod.yaml").read_text()))
    assert "tls" in only(of_kind(objects, "Ingress"))["spec"]
    assert json.loads(only(of_kind(objects, "ConfigMap"))["data"]["mail.json"])["enabled"] is True

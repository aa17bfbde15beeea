"""Renders the chart of each engine with the real Helm and holds it to the contract between platform and engines (docs/engines.md). What
is one engine's own is tested beside its chart.

Needs helm (version 4) in the PATH or named by HELM.
After a change that is meant to change a render: UPDATE_SNAPSHOT=1 pytest tests/charts
"""

import difflib
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from harness.charts import (
    ALLOWED_KINDS, CHARTS, RESOURCES, SIZES, changed, engine_chart, helm, is_hook, mounted_keys, of_kind, only, pods, quantity,
)  # fmt: skip

ENGINES = sorted(chart.parent.name for chart in CHARTS.glob("*/engine.yaml"))
UIDS = {
    "medusa": {"backend": 10001, "worker": 10001, "setup": 10001, "verify": 10001, "storefront": 10002, "postgres": 10020, "valkey": 10021},
    "woocommerce": {"wordpress": 10011, "setup": 10011, "cron": 10011, "verify": 10011, "mariadb": 10022},
}
PLANS = {plan["size"]: plan for plan in yaml.safe_load((CHARTS / "storewright/values.yaml").read_text())["plans"]}

each_size = pytest.mark.parametrize("size", SIZES)


@pytest.fixture(params=ENGINES)
def chart(request):
    return engine_chart(request.param)


@pytest.fixture
def objects(chart, size):
    return chart.rendered(size)


@each_size
def test_objects_are_of_the_kinds_that_an_engine_may_bring(objects):
    assert {o["kind"] for o in objects if not is_hook(o)} <= ALLOWED_KINDS
    assert all(is_hook(o) for o in of_kind(objects, "Pod"))
    assert all("namespace" not in o["metadata"] for o in objects)


@each_size
def test_every_object_and_pod_carries_the_labels(chart, objects):
    labelled = [o["metadata"] for o in objects] + [metadata for _, metadata, _ in pods(objects)]
    labelled += [o["spec"]["jobTemplate"]["metadata"] for o in of_kind(objects, "CronJob")]
    for metadata in labelled:
        labels = metadata["labels"]
        assert labels["storewright.dev/store"] == chart.local_values()["store"]["id"], metadata
        for name in ("name", "instance", "component", "part-of", "version"):
            assert labels[f"app.kubernetes.io/{name}"], metadata


@each_size
def test_pods_meet_the_restricted_standard(chart, objects):
    for component, _, spec in pods(objects):
        uid = UIDS[chart.name][component]
        security = spec["securityContext"]
        assert (security["runAsUser"], security["runAsGroup"], security["fsGroup"]) == (uid, uid, uid), component
        assert security["runAsNonRoot"] is True
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False
        assert spec["serviceAccountName"] == chart.name
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
def test_containers_name_requests_and_limits(objects):
    for component, _, spec in pods(objects):
        for container in spec["containers"]:
            resources = container["resources"]
            for name in RESOURCES:
                low, high = quantity(resources["requests"][name]), quantity(resources["limits"][name])
                assert 0 < low <= high, (component, name)


def pods_at_once(o: dict, changed_kind: str) -> int:
    """Of a workload: one more while it is rolled out, and a changed set-up beside the one before it."""
    replaced_first = o.get("spec", {}).get("strategy", {}).get("type") == "Recreate"
    return o.get("spec", {}).get("replicas", 1) + (o["kind"] == changed_kind and not replaced_first)


@pytest.mark.parametrize("changed_kind", ["Deployment", "Job"])
@pytest.mark.parametrize("size", [size for size in SIZES if size in PLANS])
def test_a_store_fits_the_quota_of_its_plan_also_while_it_changes(objects, size, changed_kind):
    quota, most = PLANS[size]["quota"], quantity(PLANS[size]["maxVolumeSize"])
    total = dict.fromkeys([f"{kind}.{name}" for kind in ("requests", "limits") for name in RESOURCES] + ["pods"], 0.0)
    for o in objects:
        for _, _, spec in pods([o]):
            total["pods"] += pods_at_once(o, changed_kind)
            for kind in ("requests", "limits"):
                for name in RESOURCES:
                    used = sum(quantity(c["resources"][kind][name]) for c in spec["containers"])
                    total[f"{kind}.{name}"] += pods_at_once(o, changed_kind) * used
    volumes = [quantity(c["spec"]["resources"]["requests"]["storage"]) for c in of_kind(objects, "PersistentVolumeClaim")]
    total |= {"persistentvolumeclaims": len(volumes), "requests.storage": sum(volumes), "services": len(of_kind(objects, "Service"))}
    assert {name: (used, quota[name]) for name, used in total.items() if name in quota and used > quantity(quota[name])} == {}
    assert max(volumes) <= most


@each_size
def test_no_secret_is_rendered_only_single_keys_that_the_platform_generates(chart, objects):
    assert not of_kind(objects, "Secret")
    secrets = yaml.safe_load((chart.folder / "engine.yaml").read_text())["secrets"]
    generated = {(f"store-{name}", key["key"]) for name in ("admin", "internal") for key in secrets[name]}
    mounted = set()
    for _, _, spec in pods(objects):
        for container in spec["containers"]:
            assert "envFrom" not in container
            assert all("valueFrom" not in e for e in container.get("env", [])), "secrets are files"
        mounted |= {(name, key) for name, keys in mounted_keys(spec).items() for key in keys}
    # The owner's address is in the store's identity too, where it can change.
    assert mounted <= generated <= mounted | {("store-admin", "email")}


@each_size
def test_data_lies_on_plain_claims(objects):
    claims = {c["metadata"]["name"] for c in of_kind(objects, "PersistentVolumeClaim")}
    used = {v["persistentVolumeClaim"]["claimName"] for _, _, spec in pods(objects) for v in spec["volumes"] if "persistentVolumeClaim" in v}
    assert used == claims != set()
    for database in of_kind(objects, "StatefulSet"):
        assert "volumeClaimTemplates" not in database["spec"]
        assert database["spec"]["replicas"] == 1


def test_another_size_asks_for_no_larger_volume_than_the_plan_says(chart):
    claims = [{c["metadata"]["name"]: c["spec"] for c in of_kind(chart.rendered(size), "PersistentVolumeClaim")} for size in SIZES]
    assert claims[0] == claims[1] == claims[2]


@each_size
def test_services_find_their_pods_at_the_port(objects):
    for service in of_kind(objects, "Service"):
        selector, port = service["spec"]["selector"], only(service["spec"]["ports"])
        matching = only([spec for _, metadata, spec in pods(objects) if selector.items() <= metadata["labels"].items()])
        assert port["targetPort"] in {p["name"] for container in matching["containers"] for p in container.get("ports", [])}


@each_size
def test_what_serves_is_probed(objects):
    for o in of_kind(objects, "Deployment") + of_kind(objects, "StatefulSet"):
        containers = o["spec"]["template"]["spec"]["containers"]
        assert all(container["livenessProbe"] for container in containers), o["metadata"]["name"]
        begins = [container["startupProbe"]["periodSeconds"] for container in containers if "readinessProbe" in container]
        assert begins and set(begins) == {1}, "readiness is seen at once"


def test_a_changed_job_has_another_name_and_an_unchanged_one_the_same(chart):
    name = chart.setup_name()
    assert re.fullmatch(r"setup-[0-9a-f]{8}", name)
    assert chart.setup_name() == name
    assert chart.setup_name(secrets__internal="other") != name
    assert chart.setup_name(sizes__small__setup__resources__limits__memory="2Gi") != name


@pytest.mark.parametrize("before, after", [("backoffLimit: 4", "backoffLimit: 5"), ("args: [setup]", "args: [setup, now]")])
def test_the_name_covers_the_whole_spec_of_the_job(chart, tmp_path, before, after):
    copy = shutil.copytree(chart.folder, tmp_path / chart.name)
    template = copy / "templates/setup.yaml"
    assert before in template.read_text()
    template.write_text(template.read_text().replace(before, after))
    assert only(of_kind(chart.render(chart.local_values(), copy), "Job"))["metadata"]["name"] != chart.setup_name()


def test_the_job_stays_and_is_bounded(chart):
    spec = only(of_kind(chart.rendered("small"), "Job"))["spec"]
    assert "ttlSecondsAfterFinished" not in spec
    assert spec["backoffLimit"] > 0
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_names_with_quotes_and_newline_like_text_survive(chart):
    name = 'Müller\'s "best" \\n shoes: 100% {{ ok }} # €'
    objects = chart.render(changed(chart.local_values(), store__displayName=name))
    assert json.loads(only(of_kind(objects, "ConfigMap"))["data"]["store.json"])["displayName"] == name


REFUSED = {
    "an unknown size": {"plan__size": "huge"},
    "an unknown member": {"store__colour": "red"},
    "an unknown top-level member": {"replicas": 2},
    "no hostname": {"store__hostnames": []},
    "a hostname with a slash": {"store__hostnames": ["shoes.example/x"]},
    "a country in words": {"store__country": "Germany"},
    "mail without a server": {"mail": {"enabled": True, "host": "", "port": 25, "security": "none", "from": "a@b.example"}},
    "mail with an unknown security": {"mail__security": "ssl"},
    "resources without ephemeral storage": {"sizes__small__setup__resources__limits": {"cpu": "1", "memory": "1Gi", "ephemeral-storage": None}},
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_values_are_refused(chart, case):
    chart.assert_refused(REFUSED[case])


def test_a_missing_image_is_refused(chart):
    for image in chart.local_values()["images"]:
        chart.assert_refused({f"images__{image}": ""})


def test_values_of_the_catalogue_match(chart):
    engine, values = (yaml.safe_load((chart.folder / name).read_text()) for name in ("engine.yaml", "values.yaml"))
    assert sorted(engine["images"]) == sorted(values["images"])
    images = {c["image"] for _, _, spec in pods(chart.rendered("large")) for c in spec["containers"]}
    assert images == set(chart.local_values()["images"].values())


def test_what_is_no_part_of_the_chart_stays_out_of_release_records(chart, tmp_path):
    subprocess.run([helm(), "package", str(chart.folder), "-d", str(tmp_path)], check=True, capture_output=True, timeout=60)
    names = subprocess.run(["tar", "-tzf", str(only(list(tmp_path.glob("*.tgz"))))], check=True, capture_output=True, text=True).stdout
    assert f"{chart.name}/engine.yaml" in names and f"{chart.name}/templates/tests/store.yaml" in names
    assert f"{chart.name}/tests/" not in names and "values-local" not in names


def test_the_default_render_is_the_reviewed_one(chart):
    snapshot = chart.folder / "tests/values-local.snapshot.yaml"
    done = chart.run_helm(chart.local_values())
    assert done.returncode == 0, done.stderr
    if os.environ.get("UPDATE_SNAPSHOT"):
        snapshot.write_text(done.stdout)
    difference = difflib.unified_diff(snapshot.read_text().splitlines(), done.stdout.splitlines(), "snapshot", "render", lineterm="")
    assert not (text := "\n".join(difference)), text + "\nIf this is meant: UPDATE_SNAPSHOT=1 pytest tests/charts"

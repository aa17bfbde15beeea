"""A store from its creation to its removal, on the smallest engine: the platform's part of every store's life."""

import json
import signal
import subprocess
import urllib.request

import pytest
import traces
from waiting import until, until_empty


@pytest.fixture(scope="module")
def shop(tenant):
    said = tenant.create("page", "static", "--display-name", "Ærø & søn")
    return said, tenant.store("page")


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_creation_tells_each_step_and_what_to_do_next(shop, tenant):
    said, _ = shop
    for step in ("Accepted", "Applied", "Workloads", "Answering"):
        assert step in said.stderr
    assert f"http://page-{tenant.name}.storewright.localhost" in said.stdout
    assert "storewright store credentials page" in said.stdout


def test_the_shop_answers_at_its_url(shop):
    _, store = shop
    status, body = fetch(store["status"]["url"])
    assert status == 200
    assert "Ærø &amp; søn" in body


def test_status_is_complete(shop):
    _, store = shop
    status = store["status"]
    assert status["phase"] == "Ready"
    assert status["release"]["revision"] == 1
    assert {c["type"]: c["status"] for c in status["conditions"]} == {
        "MailConfigured": "False", **dict.fromkeys(("Accepted", "HostnamesReserved", "Applied", "WorkloadsReady", "Answering", "Ready"), "True")}
    assert list(sorted(status["timings"], key=status["timings"].get)) == ["accepted", "applied", "workloadsReady", "ready"]
    assert status["observedGeneration"] == store["generation"]


def test_nothing_is_left_to_do(shop, tenant):
    plan = json.loads(tenant.cli("store", "plan", "page", "-o", "json").stdout)
    assert plan["step"] == "ready"
    assert plan["actions"] == []


@pytest.mark.parametrize("output", ["table", "wide", "json", "yaml", "name"])
def test_each_output_names_the_store(shop, tenant, output):
    assert "page" in tenant.cli("store", "list", "-o", output).stdout


def test_helm_reads_the_release(shop, platform):
    _, store = shop
    namespace = store["status"]["namespace"]
    listed = json.loads(platform.helm("list", "--all-namespaces", "-o", "json").stdout)
    assert [r["name"] for r in listed if r["namespace"] == namespace] == ["store"]
    history = json.loads(platform.helm("history", "store", "--namespace", namespace, "-o", "json").stdout)
    assert [(r["revision"], r["status"]) for r in history] == [(1, "deployed")]
    manifest = platform.helm("get", "manifest", "store", "--namespace", namespace).stdout
    assert "kind: Deployment" in manifest
    status = json.loads(platform.helm("status", "store", "--namespace", namespace, "-o", "json").stdout)
    assert status["info"]["status"] == "deployed"


def test_no_secret_is_in_the_release_nor_in_what_is_said(shop, platform, tenant):
    _, store = shop
    namespace = store["status"]["namespace"]
    password = json.loads(tenant.cli("store", "credentials", "page", "-o", "json").stdout)["entries"]["password"]
    assert len(password) == 20
    said = [platform.helm("get", "all", "store", "--namespace", namespace).stdout, json.dumps(store),
            platform.kubectl("logs", "--namespace", "storewright-system", "deployment/storewright", "--tail=-1").stdout,
            tenant.cli("store", "events", "page", "-o", "json").stdout,
            json.dumps(platform.get("events", "--all-namespaces"))]
    assert not [text for text in said if password in text]


def test_events_tell_its_story(shop, tenant):
    def reasons():
        return {event["reason"] for event in json.loads(tenant.cli("store", "events", "page", "-o", "json").stdout)}

    until(lambda: {"Provisioning", "Ready"} <= reasons(), 30, "the events of its creation")


def test_what_somebody_changed_is_put_right(shop, platform, tenant):
    _, store = shop
    namespace = store["status"]["namespace"]
    platform.kubectl("patch", "service", "page", "--namespace", namespace, "--type=merge", "-p", '{"spec":{"selector":{"app.kubernetes.io/name":"nobody"}}}')
    platform.kubectl("delete", "ingress", "page", "--namespace", namespace)
    until(lambda: platform.kubectl("get", "ingress", "page", "--namespace", namespace, check=False).returncode == 0, 30, "the Ingress coming back")
    until(lambda: platform.get("service", "page", "--namespace", namespace)["spec"]["selector"]["app.kubernetes.io/name"] == "static", 30,
          "the Service's selector being put right")
    until(lambda: tenant.store("page")["status"]["phase"] == "Ready", 30, "the store being ready again")


def pods_of(platform, namespace):
    return sorted(pod["metadata"]["uid"] for pod in platform.get("pods", "--namespace", namespace)["items"])


def test_a_changed_setting_is_a_revision_and_arrives_without_a_restart(shop, platform, tenant):
    namespace = shop[1]["status"]["namespace"]
    before = pods_of(platform, namespace)
    tenant.cli("store", "set", "page", "--display-name", "Second name", "--wait")
    store = tenant.store("page")
    assert store["status"]["release"]["revision"] == 2
    # A kubelet that nobody tells looks again after a minute or so.
    until(lambda: "Second name" in fetch(store["status"]["url"])[1], 15, "the new name on the page")
    assert pods_of(platform, namespace) == before


def test_a_changed_address_is_the_login_that_is_told(shop, tenant):
    tenant.cli("store", "set", "page", "--admin-email", "new-owner@example.com", "--wait")
    said = json.loads(tenant.cli("store", "credentials", "page", "-o", "json").stdout)
    assert said["entries"]["email"] == "new-owner@example.com"


def test_a_hostname_is_taken_and_given_up_without_a_restart(shop, platform, tenant):
    namespace = shop[1]["status"]["namespace"]
    before = pods_of(platform, namespace)
    name = f"shop.{tenant.name}.example.com"
    tenant.cli("store", "set", "page", "--hostname", name, "--wait")
    hosts = [rule["host"] for rule in platform.get("ingress", "page", "--namespace", namespace)["spec"]["rules"]]
    assert name in hosts and tenant.store("page")["status"]["hostnames"] == hosts
    assert platform.get("hostnamereservation", name)["spec"]["storeName"] == "page"
    tenant.cli("store", "set", "page", "--no-hostnames", "--wait")
    until(lambda: platform.kubectl("get", "hostnamereservation", name, check=False).returncode != 0, 30, "the hostname being free again")
    assert [rule["host"] for rule in platform.get("ingress", "page", "--namespace", namespace)["spec"]["rules"]] == hosts[:1]
    assert pods_of(platform, namespace) == before


def test_suspending_stops_it_and_resuming_brings_it_back(shop, platform, tenant):
    _, store = shop
    namespace = store["status"]["namespace"]
    tenant.cli("store", "set", "page", "--suspend")
    until(lambda: tenant.store("page")["status"]["phase"] == "Suspended", 30, "the store being suspended")
    until(lambda: not [p for p in platform.get("pods", "--namespace", namespace)["items"] if p["status"]["phase"] == "Running"], 30, "its pods ending")
    tenant.cli("store", "set", "page", "--resume", "--wait")
    assert fetch(store["status"]["url"])[0] == 200


def test_a_killed_wait_loses_nothing(tenant, platform):
    waiting = subprocess.Popen(["storewright", "store", "create", "killed", "--engine", "static", "--email", "a@example.com", "--wait"],
                               env={**platform.environment, "STOREWRIGHT_TENANT": tenant.name}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert "Accepted" in waiting.stderr.readline()
    waiting.send_signal(signal.SIGKILL)
    waiting.wait(timeout=10)
    waiting.stderr.close()
    tenant.cli("store", "wait", "killed")
    assert tenant.store("killed")["status"]["phase"] == "Ready"


def test_deletion_leaves_no_trace(tenant, platform):
    tenant.create("gone")
    store = tenant.store("gone")
    directories = traces.volume_directories(platform, store)
    assert directories and all(d.is_dir() for d in directories)
    assert len(traces.in_cluster(platform, store)) > 20
    words = [store["status"]["namespace"], *traces.addresses(platform, store)]
    assert traces.packet_rules(words)
    tenant.delete("gone")
    assert traces.in_cluster(platform, store) == []
    assert not [d for d in directories if d.exists()]
    until_empty(lambda: traces.packet_rules(words), 60, "the store's packet rules going")


def test_deleting_twice_is_fine(tenant):
    tenant.create("twice", wait=False)
    first = tenant.cli("store", "delete", "twice", "--yes")
    second = tenant.cli("store", "delete", "twice", "--yes")
    assert "being deleted" in first.stdout + second.stdout
    tenant.delete("twice")
    tenant.delete("twice")

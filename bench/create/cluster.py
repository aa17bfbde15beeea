"""The cluster and the platform that `make up` installed, as their own command lines and API show them."""

import datetime
import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEADLINE = 900  # seconds that anything may take that is waited for
QUIET_SHARE = 0.1  # of all processors' time; an idle cluster took 0.02 of two, some idle stores as much again
QUIET_SECONDS = 3
EMAIL = "owner@example.com"


def run(*command, stdin=None):
    """The command's standard output; RuntimeError with what it said when it fails."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=DEADLINE)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def timed(work):
    """Seconds that the call takes, on a machine that was quiet before."""
    wait_until_quiet()
    began = time.monotonic()
    work()
    return time.monotonic() - began


def processor_time():
    """(worked, all) of the processors since the machine's start, in the kernel's ticks. What waits for the disk, and what the host took
    away, counts as worked."""
    ticks = [int(word) for word in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = ticks[3]
    return sum(ticks) - idle, sum(ticks)


def wait_until_quiet():
    """Returns when the machine has had next to nothing to do for some seconds, so that what was deleted or started before does not count.
    RuntimeError when that does not come."""
    until = time.monotonic() + DEADLINE
    while time.monotonic() < until:
        worked, total = processor_time()
        time.sleep(QUIET_SECONDS)
        worked_now, total_now = processor_time()
        if worked_now - worked < QUIET_SHARE * (total_now - total):
            return
    raise RuntimeError(f"the machine is at work all the time: over {QUIET_SHARE:.0%} of its processors for {DEADLINE} s")


def kubectl(*arguments, **options):
    return run("kubectl", *arguments, **options)


def objects(*arguments):
    return json.loads(kubectl("get", *arguments, "-o", "json"))["items"]


def api(path, body=None):
    """The answer of the platform's API, to a POST where there is a body. RuntimeError with what it said when it refuses."""
    token = pathlib.Path(os.environ["STOREWRIGHT_TOKEN_FILE"]).read_text().strip()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['STOREWRIGHT_URL']}/api/v1{path}", data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise RuntimeError(f"{path}: {refusal.code} {refusal.read().decode(errors='replace')}") from None


def available_engines():
    """Names of the engines that stores can be made of."""
    return {engine["name"] for engine in json.loads(run("storewright", "engine", "list", "-o", "json")) if engine["available"]}


class Stores:
    """Stores of one tenant, made and removed by the command line as a person would, but for those whose creation is timed."""

    def __init__(self, tenant):
        self.tenant = tenant
        self.path = f"/apis/storewright.dev/v1alpha1/namespaces/tenant-{tenant}/stores"
        run("storewright", "tenant", "create", tenant, "--plan", "small", "--max-stores", "50")

    def cli(self, *arguments):
        return run("storewright", "--tenant", self.tenant, *arguments)

    def ask(self, name, engine):
        """Makes a store by the request that the command line sends; returns when it is accepted."""
        api(f"/tenants/{self.tenant}/stores", {"name": name, "spec": {"engine": engine, "plan": "small", "adminEmail": EMAIL}})

    def create(self, name, engine):
        self.cli("store", "create", name, "--engine", engine, "--email", EMAIL, "--wait")

    def get(self, name):
        return json.loads(self.cli("store", "get", name, "-o", "json"))

    def namespace(self, name):
        return self.get(name)["status"]["namespace"]

    def timeline(self, name):
        """[(step, seconds)] in the order in which a store goes through them."""
        return [(step["name"], _seconds(step["startedAt"], step["endedAt"])) for step in api(f"/tenants/{self.tenant}/stores/{name}/steps")["items"]]

    def delete(self, *names):
        for name in names:
            self.cli("store", "delete", name, "--yes")
        for name in names:
            self.cli("store", "delete", name, "--yes", "--wait")

    def close(self):
        self.delete(*(store["name"] for store in json.loads(self.cli("store", "list", "-o", "json"))))
        run("storewright", "tenant", "delete", self.tenant)


def _seconds(start, end):
    return (datetime.datetime.fromisoformat(end) - datetime.datetime.fromisoformat(start)).total_seconds()

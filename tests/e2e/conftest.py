"""The platform as `make up` installs it, seen through its command line, its API and kubectl."""

import json
import pathlib
import secrets
import subprocess
import urllib.error
import urllib.request

import pytest
from engines import ENGINES

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Platform:
    """Runs the project's commands with the environment that `make env` prints."""

    def __init__(self, environment):
        self.environment = environment
        self.url = environment["STOREWRIGHT_URL"]
        self.leaving = []  # tenants whose stores are being deleted

    def run(self, *command, check=True, tenant=None, timeout=600, stdin=None):
        environment = dict(self.environment)
        if tenant:
            environment["STOREWRIGHT_TENANT"] = tenant
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout, input=stdin, cwd=ROOT)
        if check and done.returncode != 0:
            pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done

    def cli(self, *arguments, **options):
        return self.run("storewright", *arguments, **options)

    def kubectl(self, *arguments, **options):
        return self.run("kubectl", *arguments, **options)

    def helm(self, *arguments, **options):
        return self.run("helm", *arguments, **options)

    def get(self, *arguments):
        """Objects as kubectl knows them."""
        return json.loads(self.kubectl("get", *arguments, "-o", "json").stdout)

    def api(self, method, path, body=None, headers=None):
        """(status, headers, body) of a request to the API."""
        token = pathlib.Path(self.environment["STOREWRIGHT_TOKEN_FILE"]).read_text().strip()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, data=None if body is None else json.dumps(body).encode())
        for name, value in {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code, answer.headers, json.loads(answer.read() or "null")


class Tenant:
    """One of its own for a module of tests."""

    def __init__(self, platform, name):
        self.platform, self.name, self.namespace = platform, name, f"tenant-{name}"

    def cli(self, *arguments, **options):
        return self.platform.cli(*arguments, tenant=self.name, **options)

    def create(self, store, engine="static", *more, wait=True, **options):
        waiting = ["--wait"] if wait else []
        return self.cli("store", "create", store, "--engine", engine, "--email", "owner@example.com", *more, *waiting, **options)

    def open(self, engines, *more):
        """Stores made at once, by name, once all are Ready; `engines` tells that of each."""
        for name, engine in engines.items():
            self.create(name, engine, *more, wait=False)
        for name in engines:
            self.cli("store", "wait", name)
        return {name: self.store(name) for name in engines}

    def delete(self, store):
        return self.cli("store", "delete", store, "--yes", "--wait")

    def store(self, store):
        return json.loads(self.cli("store", "get", store, "-o", "json").stdout)

    def stores(self):
        return json.loads(self.cli("store", "list", "-o", "json").stdout)


def installed_engines(platform):
    """What is said of each engine, by its name."""
    return {engine["name"]: engine for engine in json.loads(platform.cli("engine", "list", "-o", "json").stdout)}


def available_engines(platform, names=ENGINES):
    installed = installed_engines(platform)
    return [name for name in names if installed[name]["available"]]


def require_engine(platform, name):
    """Skips, with the platform's own reason, what needs an engine that this installation cannot offer."""
    engine = installed_engines(platform)[name]
    if not engine["available"]:
        pytest.skip(f"engine {name} is unavailable: {engine['unavailable']}")


def credentials_of(tenant, store):
    """How its owner logs in."""
    return json.loads(tenant.cli("store", "credentials", store, "-o", "json").stdout)["entries"]


@pytest.fixture(scope="session")
def platform():
    lines = subprocess.run([ROOT / "scripts/env.sh"], capture_output=True, text=True, check=True).stdout
    shell = subprocess.run(["bash", "-c", f"{lines}\nenv -0"], capture_output=True, text=True, check=True).stdout
    installed = Platform(dict(line.split("=", 1) for line in shell.split("\0") if "=" in line))
    yield installed
    for tenant in installed.leaving:
        for store in tenant.stores():
            tenant.delete(store["name"])
        installed.cli("tenant", "delete", tenant.name)


def new_tenant(platform, prefix):
    name = f"{prefix}{secrets.token_hex(2)}"
    platform.cli("tenant", "create", name, "--plan", "small", "--plan", "medium", "--domain", f"{name}.example.com", "--max-stores", "8")
    return Tenant(platform, name)


def remove_tenant(tenant):
    """Its stores go while the next tests run; that they and it are gone is seen to in the end."""
    for store in tenant.stores():
        tenant.cli("store", "delete", store["name"], "--yes")
    tenant.platform.leaving.append(tenant)


@pytest.fixture(scope="module")
def tenant(platform):
    made = new_tenant(platform, "t")
    yield made
    remove_tenant(made)


@pytest.fixture(scope="module")
def owner(tenant):
    """What the tenant is to its shops."""
    return tenant


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, platform):
    require_engine(platform, request.param)
    return request.param

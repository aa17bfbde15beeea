"""Starts and ends the parts of a control plane. Their flags follow the built-in cluster's (cluster/cmd/cluster/parts.go)."""

import functools
import http.client
import pathlib
import ssl
import subprocess

from .certificates import Certificates
from .kube import Kube
from .processes import Process, free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
NODE = "kwok"


@functools.cache
def programs():
    """The directory of the built-in cluster's programs; built if need be."""
    done = subprocess.run([ROOT / "cluster/build.sh"], stdout=subprocess.PIPE, text=True, check=True)
    return pathlib.Path(done.stdout.strip())


class ControlPlane:
    """Everything is below `directory` and on free ports of loopback. A context manager."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.logs = self.directory / "log"
        self.logs.mkdir(parents=True)
        self.certificates = Certificates(self.directory / "pki")
        self.port = free_port()
        self.audit_log = self.logs / "audit.log"
        self.volumes = self.directory / "volumes"
        self._parts = []

    def __enter__(self):
        try:
            self._issue_certificates()
            self._start_etcd()
            self._start_api_server()
            self._start_controllers()
            self._install_node()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        while self._parts:
            self._parts.pop().stop()

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    @functools.cached_property
    def admin(self):
        """A client with every right."""
        return self.client("admin")

    def client(self, name):
        tls = ssl.create_default_context(cafile=self.certificates.certificate("ca"))
        tls.load_cert_chain(self.certificates.certificate(name), self.certificates.key(name))
        return Kube(self.port, tls)

    def kubeconfig(self, name):
        """Path of a kubeconfig for the holder of that certificate."""
        path = self.directory / f"{name}.kubeconfig"
        pki = self.certificates
        path.write_text(
            f"""apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "{self.url}", certificate-authority: "{pki.certificate('ca')}"}}}}]
users: [{{name: {name}, user: {{client-certificate: "{pki.certificate(name)}", client-key: "{pki.key(name)}"}}}}]
contexts: [{{name: test, context: {{cluster: test, user: {name}}}}}]
current-context: test
""")
        return path

    def run(self, program, *arguments, stdin=None, check=True, timeout=120):
        """Runs one of the cluster's programs (kubectl, helm) as the administrator."""
        home = self.directory / "home"
        home.mkdir(exist_ok=True)
        environment = {"KUBECONFIG": str(self.kubeconfig("admin")), "HOME": str(home), "PATH": "/usr/bin:/bin"}
        done = subprocess.run([programs() / program, *map(str, arguments)], env=environment, input=stdin, text=True, capture_output=True,
                              timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{program} {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def check(self):
        """AssertionError if a part has ended: what follows would only be puzzling."""
        for part in self._parts:
            assert part.running(), f"{part.name} has ended:\n{part.log_tail()}"

    def _issue_certificates(self):
        self.certificates.issue("admin", "admin", "system:masters")
        self.certificates.issue("server", "kube-apiserver")
        self.certificates.issue("controller-manager", "system:kube-controller-manager")
        self.certificates.issue("scheduler", "system:kube-scheduler")
        # What stands in for nodes and disks needs no rights of its own to be told apart.
        self.certificates.issue("kwok", "kwok", "system:masters")
        self.certificates.issue("volumes", "volumes", "system:masters")

    def _start(self, name, arguments, ready, log_name=None):
        part = Process(name, [programs() / arguments[0], *arguments[1:]], self.logs / f"{log_name or name}.log")
        self._parts.append(part)
        part.wait_until(ready)

    def _start_etcd(self):
        client, peer, metrics = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
        self._etcd = client
        # Durable as in production: writes wait for the disk.
        self._start("etcd", ["etcd", "--name=test", f"--data-dir={self.directory / 'etcd'}",
                             f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
                             f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=test={peer}",
                             f"--listen-metrics-urls={metrics}", "--logger=zap", "--log-level=warn"],
                    lambda: _answers(metrics, "/health"))

    def _start_api_server(self):
        pki = self.certificates
        signing_key, public_key = pki.key_pair("service-accounts")
        policy = self.directory / "audit.yaml"
        policy.write_text("apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n")
        self._start("kube-apiserver", [
            "kube-apiserver", f"--etcd-servers={self._etcd}", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
            f"--secure-port={self.port}", "--service-cluster-ip-range=10.96.0.0/16", "--endpoint-reconciler-type=none",
            f"--tls-cert-file={pki.certificate('server')}", f"--tls-private-key-file={pki.key('server')}",
            f"--client-ca-file={pki.certificate('ca')}", "--authorization-mode=RBAC", "--anonymous-auth=false",
            f"--service-account-key-file={public_key}", f"--service-account-signing-key-file={signing_key}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--audit-policy-file={policy}", f"--audit-log-path={self.audit_log}"], lambda: self.admin.ready())

    def _start_controllers(self):
        pki = self.certificates
        serving = ["--bind-address=127.0.0.1", f"--tls-cert-file={pki.certificate('server')}",
                   f"--tls-private-key-file={pki.key('server')}", "--leader-elect=false", "--authorization-always-allow-paths=/healthz",
                   "--kube-api-qps=500", "--kube-api-burst=1000"]
        manager, scheduler = free_port(), free_port()
        self._start("kube-controller-manager", [
            "kube-controller-manager", *_kubeconfigs(self.kubeconfig("controller-manager")), *serving, f"--secure-port={manager}",
            f"--service-account-private-key-file={pki.key('service-accounts')}", f"--root-ca-file={pki.certificate('ca')}",
            "--use-service-account-credentials=true", "--allocate-node-cidrs=false"], lambda: self._healthy(manager))
        self._start("kube-scheduler", ["kube-scheduler", *_kubeconfigs(self.kubeconfig("scheduler")), *serving, f"--secure-port={scheduler}"],
                    lambda: self._healthy(scheduler))

    def _healthy(self, port):
        return _answers(f"https://127.0.0.1:{port}", "/healthz", ssl.create_default_context(cafile=self.certificates.certificate("ca")))

    def _install_node(self):
        """A node for any number of pods, on which every pod is ready at once and every Job's pod succeeds, and volumes on demand."""
        here = pathlib.Path(__file__).parent
        self.run("kubectl", "apply", "--server-side", "-f", here / "node.yaml")
        self._start("volumes", ["volumes", f"--kubeconfig={self.kubeconfig('volumes')}", f"--directory={self.volumes}", f"--node={NODE}"],
                    lambda: True)
        self._start("kwok", ["kwok", f"--kubeconfig={self.kubeconfig('kwok')}", f"--config={here / 'kwok.yaml'}", "--manage-all-nodes",
                             "--node-lease-duration-seconds=40", "--cidr=10.0.0.1/16", "--node-ip=127.0.0.1",
                             f"--server-address=127.0.0.1:{free_port()}"], self._node_ready)

    def _node_ready(self):
        conditions = self.admin.get(f"/api/v1/nodes/{NODE}").get("status", {}).get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _kubeconfigs(path):
    return [f"--kubeconfig={path}", f"--authentication-kubeconfig={path}", f"--authorization-kubeconfig={path}"]


def _answers(url, path, tls=None):
    host = url.split("://")[1]
    connection = http.client.HTTPSConnection(host, timeout=5, context=tls) if tls else http.client.HTTPConnection(host, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

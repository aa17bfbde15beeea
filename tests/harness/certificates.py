"""Keys and certificates of a control plane that lives for one test run, made by openssl."""

import subprocess

_CONFIGURATION = "[req]\ndistinguished_name = subject\n[subject]\n"
_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


class Certificates:
    """An authority and what it signs, as NAME.crt and NAME.key in one directory."""

    def __init__(self, directory):
        self._directory = directory
        directory.mkdir(mode=0o700)
        self._configuration = directory / "openssl.cnf"
        self._configuration.write_text(_CONFIGURATION)
        self._make("ca", "/CN=storewright-test-ca", ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,digitalSignature"])

    def certificate(self, name):
        return self._directory / f"{name}.crt"

    def key(self, name):
        return self._directory / f"{name}.key"

    def issue(self, name, user, group=None):
        """A certificate that says who its holder is to Kubernetes, and serves on loopback."""
        subject = (f"/O={group}" if group else "") + f"/CN={user}"
        self._make(name, subject, ["extendedKeyUsage=clientAuth,serverAuth", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
                   "-CA", self.certificate("ca"), "-CAkey", self.key("ca"))

    def key_pair(self, name):
        """A bare key, NAME.key, and its public half, NAME.pub."""
        public = self._directory / f"{name}.pub"
        _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.key(name))
        _openssl("pkey", "-in", self.key(name), "-pubout", "-out", public)
        return self.key(name), public

    def _make(self, name, subject, extensions, *signer):
        added = [word for extension in extensions for word in ("-addext", extension)]
        _openssl("req", "-x509", "-config", self._configuration, *_NEW_KEY, "-days", "7", "-subj", subject, *added, *signer,
                 "-keyout", self.key(name), "-out", self.certificate(name))


def _openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stderr}")

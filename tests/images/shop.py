"""A WooCommerce shop of containers in one network, as the chart runs them, and a client of it."""

import json
import subprocess
import urllib.parse
from pathlib import Path

from container import wait_until

from harness.mail_server import MailServer
from harness.network import listen_in

ROOT = Path(__file__).resolve().parents[2]
# What the chart asks the database's image for.
BAKED = "woocommerce-" + (ROOT / "images/wordpress/woocommerce-version").read_text().strip()
HOST = "shop-demo.storewright.localhost"
IDENTITY = {
    "url": f"http://{HOST}",
    "hostnames": [HOST, "shop.example.com"],
    "displayName": "Tea & \"Cups\" 'Ltd'",
    "adminEmail": "owner@example.com",
    "country": "DE",
    "currency": "EUR",
    "language": "de",
    "timezone": "Europe/Berlin",
}
MAIL_PORT = 2525
MAIL_OFF = {"enabled": False, "host": "", "port": 0, "security": "", "username": "", "from": ""}
SALTS = [f"{name}-{kind}" for kind in ("key", "salt") for name in ("auth", "secure-auth", "logged-in", "nonce")]


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            self.headers.setdefault(name.lower(), []).append(value)

    def header(self, name):
        return (self.headers.get(name) or [""])[0]

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)


class Shop:
    """One store: its database's volume, its Secret and its settings, and the containers that are started for it."""

    def __init__(self, start, folder, letter="a", database_image="mariadb"):
        self._start, self._folder = start, folder
        self._database_image = database_image
        self.secrets = {
            "database-password": f"{letter}-database-password",
            "password": f"{letter}-owner-password",
            "rest-consumer-key": "ck_" + letter * 40,
            "rest-consumer-secret": "cs_" + letter * 40,
            "email": IDENTITY["adminEmail"],
            **{salt: f"{letter}-{salt}-" + "x" * 40 for salt in SALTS},
        }
        self.letter = letter
        self.volume = folder(f"{letter}-database")
        self.uploads = folder(f"{letter}-uploads")
        self.socket = folder(f"{letter}-socket")
        self._secret_folder = folder(f"{letter}-secrets")
        self.settings = folder(f"{letter}-settings")
        self.mail_secret = folder(f"{letter}-mail")
        for name, value in self.secrets.items():
            (self._secret_folder / name).write_text(value)
        self.identity = dict(IDENTITY)
        self.identify()
        self.mail(MAIL_OFF)
        self.authorities = None
        self.database = None

    def identify(self, **changes):
        self.identity.update(changes)
        (self.settings / "store.json").write_text(json.dumps(self.identity))

    def allow_egress(self):
        (self.settings / "plan.json").write_text(json.dumps({"internetEgress": True}))

    def run_php(self, code):
        """What the code prints in the container of the shop's PHP, with WordPress loaded."""
        done = self.php.exec("php", "-r", f"require '/var/www/html/wp-load.php'; {code}")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def mail_server(self, **options):
        """At MAIL_PORT of the shop's network."""
        return MailServer(listen_in(f"/proc/{self.database.network.pid}/ns/net", "127.0.0.1", MAIL_PORT), **options)

    def trust(self, authority):
        """Makes a certificate authority the only one that what is started from now on knows."""
        self.authorities = self._folder(f"{self.letter}-authorities")
        (self.authorities / "ca.crt").write_bytes(authority.read_bytes())
        subprocess.run(["openssl", "rehash", self.authorities], check=True, capture_output=True)

    def mail(self, settings):
        (self.settings / "mail.json").write_text(json.dumps(settings))

    def set_secret(self, name, value):
        self.secrets[name] = value
        (self._secret_folder / name).write_text(value)

    def start_database(self, env=None):
        self.database = self._start(
            self._database_image,
            env={"MARIADB_PASSWORD_FILE": "/secrets/database-password", **(env or {})},
            mounts={
                "/var/lib/mysql": (self.volume, "rw"),
                "/run/mysqld": (self._folder_once("run"), "rw"),
                "/tmp": (self._folder_once("database-tmp"), "rw"),
                "/secrets": (self._secret_folder, "ro"),
            },
        )
        return self.database

    def wait_for_database(self, seconds=20):
        wait_until(lambda: self.database.exec("mariadb-ready").returncode == 0, seconds, "MariaDB answers")

    def _folder_once(self, name):
        path = self.volume.parent / f"{self.letter}-{name}"
        return path if path.exists() else self._folder(path.name)

    def run(self, part, env=None, mounts=None):
        """Starts one part of the WordPress image beside the database."""
        mounts = {
            **(mounts or {}),
            "/etc/store": (self.settings, "ro"),
            "/run/secrets/store": (self._secret_folder, "ro"),
            "/run/secrets/mail": (self.mail_secret, "ro"),
            "/tmp": (self._folder_once(f"{part}-tmp"), "rw"),
        }
        if self.authorities:
            mounts["/etc/ssl/certs"] = (self.authorities, "ro")
        if part in ("php", "web"):
            mounts["/run/wordpress"] = (self.socket, "rw")
            mounts["/var/www/html/wp-content/uploads"] = (self.uploads, "rw" if part == "php" else "ro")
        if part == "setup":
            log = self.settings.parent / f"{self.letter}-termination-log"
            log.write_text("")
            log.chmod(0o666)
            self.termination_log = log
            mounts["/dev/termination-log"] = (log, "rw")
        return self._start(
            "wordpress",
            arguments=[part],
            env={"DATABASE_HOST": "127.0.0.1", **(env or {})},
            mounts=mounts,
            beside=self.database,
        )

    def set_up(self, seconds=60):
        job = self.run("setup")
        code = job.wait(seconds)
        assert code == 0, job.output()
        return job

    def open(self, seconds=30):
        """Starts the servers and waits until the shop is ready."""
        self.php, self.web = self.run("php"), self.run("web")
        wait_until(lambda: self.probe("/healthz").status == 200, seconds, "the shop is ready")

    def probe(self, path):
        """As the kubelet asks."""
        try:
            return self.request(path, headers={"Host": "10.0.0.1"}, forwarded=False)
        except ConnectionError:
            return Answer(b"HTTP/1.1 000 none\r\n\r\n")

    def request(self, path, headers=None, method=None, data=None, forwarded=True, client="198.51.100.7"):
        """As the ingress passes a request on. `data`: bytes, a dictionary for JSON, or a list of pairs for a form."""
        sent = {"Host": HOST}
        if forwarded:
            sent |= {"X-Forwarded-For": client, "X-Forwarded-Proto": "http"}
        if isinstance(data, dict):
            sent["Content-Type"], data = "application/json", json.dumps(data).encode()
        elif isinstance(data, list):
            sent["Content-Type"], data = "application/x-www-form-urlencoded", urllib.parse.urlencode(data).encode()
        sent |= headers or {}
        command = ["nsenter", f"--net=/proc/{self.database.network.pid}/ns/net", "curl", "-sS", "-i", "--max-time", "30"]
        if method:
            command += ["-X", method]
        for name, value in sent.items():
            command += ["-H", f"{name}: {value}"]
        if data is not None:
            command += ["--data-binary", "@-", "-H", "Expect:"]
        done = subprocess.run([*command, f"http://127.0.0.1:8080{path}"], input=data, capture_output=True)
        if done.returncode:
            raise ConnectionError(done.stderr.decode())
        return Answer(done.stdout)

    def rest(self, path, key=None, secret=None):
        """A call of wc/v3 with a key, by HTTPS as seen from outside."""
        pair = f"{key or self.secrets['rest-consumer-key']}:{secret or self.secrets['rest-consumer-secret']}"
        basic = subprocess.run(["base64", "-w0"], input=pair.encode(), capture_output=True).stdout.decode()
        return self.request(path, {"Authorization": f"Basic {basic}", "X-Forwarded-Proto": "https"})

    def sql(self, statement):
        done = self.database.exec(
            "mariadb", "--defaults-file=/etc/mysql/my.cnf", "--database=wordpress", "--batch",
            "--skip-column-names", f"-e{statement}",
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def option(self, name):
        return self.sql(f"select option_value from wp_options where option_name = '{name}'")

    def log_in(self, user, password, client="198.51.100.9"):
        form = [("log", user), ("pwd", password), ("wp-submit", "Log In"), ("testcookie", "1")]
        return self.request("/wp-login.php", {"Cookie": "wordpress_test_cookie=WP%20Cookie%20check"}, data=form, client=client)

    def order(self):
        """Buys a mug with cash on delivery, by HTTP alone. Returns the order as the shop answers."""
        cart = self.request("/wp-json/wc/store/v1/cart")
        token = {"Cart-Token": cart.header("cart-token")}
        mug = next(p for p in self.request("/wp-json/wc/store/v1/products").json() if p["sku"] == "SAMPLE-MUG")
        added = self.request("/wp-json/wc/store/v1/cart/add-item", token, data={"id": mug["id"], "quantity": 2})
        assert added.status == 201, added.text
        address = {
            "first_name": "Ada", "last_name": "Lovelace", "address_1": "Weg 1", "city": "Berlin", "postcode": "10115",
            "country": self.identity["country"], "email": "ada@example.com",
        }
        shipping = {key: value for key, value in address.items() if key != "email"}
        updated = self.request(
            "/wp-json/wc/store/v1/cart/update-customer", token,
            data={"billing_address": address, "shipping_address": shipping},
        )
        assert updated.status == 200, updated.text
        done = self.request(
            "/wp-json/wc/store/v1/checkout", token,
            data={"billing_address": address, "shipping_address": shipping, "payment_method": "cod"},
        )
        assert done.status == 200, done.text
        return done.json()


def assert_sells(shop):
    order = shop.order()
    assert order["status"] == "processing" and order["payment_method"] == "cod"
    found = shop.rest(f"/wp-json/wc/v3/orders/{order['order_id']}")
    assert found.status == 200, found.text
    assert found.json()["total"] == "28.80", "two mugs and the flat rate"
    assert found.json()["currency"] == "EUR"
    row = shop.sql(f"select concat(status, ' ', total_amount) from wp_wc_orders where id = {order['order_id']}")
    assert row.startswith("wc-processing 28.80")

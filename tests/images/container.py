"""Runs a container as a store's pod runs it: not root, read-only root, no capabilities, a network of its own."""

import json
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

HIDDEN = [
    "/proc/acpi",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/sched_debug",
    "/proc/scsi",
]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]


def run(*command, **options):
    return subprocess.run(command, check=True, text=True, capture_output=True, **options).stdout


def wait_until(condition, seconds, what):
    """Calls the condition until it gives a true value, which is returned; fails after the given time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.02)
    return value


def new_network():
    """Made before the container and held open, as a pod's is, with nothing but the loopback in it."""
    holder = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "up\n", "no network namespace could be made"
    return holder


@dataclass
class Image:
    name: str
    reference: str
    root: Path
    config: dict

    @property
    def user(self):
        uid, gid = self.config["User"].split(":")
        return {"uid": int(uid), "gid": int(gid)}


@dataclass
class Container:
    image: Image
    state: Path
    env: dict = field(default_factory=dict)
    mounts: dict = field(default_factory=dict)
    arguments: list = field(default_factory=list)
    command: list = None
    # Another container, whose network this one shares as containers of a pod do.
    beside: "Container" = None

    def __post_init__(self):
        self.id = f"storewright-test-{uuid.uuid4().hex[:8]}"
        self.bundle = self.state / self.id
        self.bundle.mkdir(parents=True)
        self.log = self.bundle / "log"

    def runc(self, *arguments, **options):
        return subprocess.run(
            ["runc", "--root", str(self.state / "runc"), *arguments], text=True, capture_output=True, **options
        )

    def start(self):
        self.network = self.beside.network if self.beside else new_network()
        (self.bundle / "config.json").write_text(json.dumps(self._spec()))
        self.started = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["runc", "--root", str(self.state / "runc"), "run", "--bundle", str(self.bundle), self.id],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def _spec(self):
        config = self.image.config
        binds = [
            {
                "destination": target,
                "type": "bind",
                "source": str(source),
                "options": ["rbind", "nosuid", "nodev", mode],
            }
            for target, (source, mode) in self.mounts.items()
        ]
        environment = [*config.get("Env", []), *(f"{key}={value}" for key, value in self.env.items())]
        return {
            "ociVersion": "1.0.2",
            "hostname": self.image.name,
            "root": {"path": str(self.image.root), "readonly": True},
            "process": {
                "user": self.image.user,
                "args": self.command or [*config["Entrypoint"], *(self.arguments or config.get("Cmd", []))],
                "env": environment,
                "cwd": config.get("WorkingDir") or "/",
                "noNewPrivileges": True,
                "capabilities": {kind: [] for kind in ("bounding", "effective", "permitted", "inheritable", "ambient")},
            },
            "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                {
                    "destination": "/dev/shm",
                    "type": "tmpfs",
                    "source": "shm",
                    "options": ["nosuid", "noexec", "nodev", "size=64m"],
                },
                *binds,
            ],
            "linux": {
                "namespaces": [
                    *({"type": kind} for kind in ("pid", "ipc", "uts", "mount")),
                    {"type": "network", "path": f"/proc/{self.network.pid}/ns/net"},
                ],
                "maskedPaths": HIDDEN,
                "readonlyPaths": READ_ONLY,
            },
        }

    def exec(self, *command, env=None):
        options = [option for key, value in (env or {}).items() for option in ("--env", f"{key}={value}")]
        return self.runc("exec", *options, self.id, *command)

    def output(self):
        return self.log.read_text()

    def running(self):
        return self.process.poll() is None

    def wait(self, seconds=10):
        """The exit code, once the container has ended by itself."""
        return self.process.wait(timeout=seconds)

    def signal(self, name):
        return self.runc("kill", self.id, name)

    def stop(self, seconds=10):
        """Stops it as Kubernetes does, by the image's stop signal. Returns the exit code."""
        self.signal(self.config_signal)
        return self.wait(seconds)

    @property
    def config_signal(self):
        return self.image.config.get("StopSignal", "SIGTERM")

    def kill(self):
        """kill -9: of the first process, and with its namespace of all others. A container that is still being made is killed once it is there."""
        wait_until(lambda: not self.running() or self.signal("SIGKILL").returncode == 0, 10, "the container can be killed")
        self.process.wait(timeout=10)

    def remove(self):
        self.runc("delete", "--force", self.id)
        if self.running():
            self.process.wait(timeout=10)
        if not self.beside:
            self.network.kill()
            self.network.wait()
            self.network.stdout.close()

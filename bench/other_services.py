"""What may stand in for other servers: RabbitMQ for Redis, buckets for a folder, a small disk for a large one."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from bench.installation import free_port
from bench.services import Service, find

FAKETIME = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
KEYS = {"AWS_ACCESS_KEY_ID": "of-a-bench", "AWS_SECRET_ACCESS_KEY": "of-a-bench"}


class RabbitMQ(Service):
    """A node of its own: its port mapper, cookie and tables are in its folder and end with it."""

    program = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    patience = 240.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.mapper = free_port()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    @property
    def env(self) -> dict[str, str]:
        folder = str(self.folder)
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self.mapper), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"bench{self.port}@localhost", "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port), "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": f"{folder}/tables", "RABBITMQ_LOG_BASE": folder,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null", "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_PID_FILE": f"{folder}/pid", "RABBITMQ_LOGS": "-",
        }  # fmt: skip

    def command(self) -> list[str]:
        return [self.program]

    def stop(self, number: int = signal.SIGTERM) -> None:
        super().stop(signal.SIGKILL)  # the script before it passes nothing on
        for entry in Path("/proc").glob("[0-9]*"):  # what it started as a service of its own: the port mapper
            with suppress(OSError):
                if f"ERL_EPMD_PORT={self.mapper}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    os.kill(int(entry.name), signal.SIGKILL)


class Buckets(Service):
    """Moto: an S3 in memory, which may be frozen and not killed."""

    program = str(Path(sys.executable).parent / "moto_server")

    def command(self) -> list[str]:
        return [self.program, "-H", "127.0.0.1", "-p", str(self.port)]

    @property
    def settings(self) -> dict[str, str]:
        return {
            "MEDIA_STORAGE": "s3", "S3_MEDIA_BUCKET": "bench-media", "S3_PRIVATE_BUCKET": "bench-private",
            "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.port}", "S3_REGION": "us-east-1", **KEYS,
        }  # fmt: skip

    def start(self) -> None:
        import boto3

        super().start()
        place = {"endpoint_url": f"http://127.0.0.1:{self.port}", "region_name": "us-east-1"}
        keys = {name.lower(): value for name, value in KEYS.items()}
        client = boto3.client("s3", **place, **keys)
        for name in ("S3_MEDIA_BUCKET", "S3_PRIVATE_BUCKET"):
            client.create_bucket(Bucket=self.settings[name])


class SmallDisk:
    """A file system of its own, in memory; only root may have one."""

    def __init__(self, stack: ExitStack, folder: Path, megabytes: int) -> None:
        self.folder = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
        self.is_small = subprocess.run(command, capture_output=True, check=False).returncode == 0
        if self.is_small:
            stack.callback(lambda: subprocess.run(["umount", "-l", str(folder)], check=False))

    def fill(self, *, leave: int = 0) -> None:
        """Until so many bytes are left. Others write there meanwhile: then with what is free now."""
        for _try in range(5):
            free = shutil.disk_usage(self.folder).free - leave
            command = ["fallocate", "-l", str(max(free, 1)), str(self.folder / "filled")]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return
        raise RuntimeError(f"{self.folder} could not be filled")

    def empty(self) -> None:
        (self.folder / "filled").unlink(missing_ok=True)


def missing(*, broker: str, files: str) -> str:
    if broker == "rabbitmq" and not Path(RabbitMQ.program).exists():
        return "Type this once: sudo apt-get install -y rabbitmq-server"
    if files == "s3" and not Path(Buckets.program).exists():
        return "moto is among the libraries of the tests: make setup-dev"
    return ""


def has_faketime() -> bool:
    return bool(FAKETIME) and find("faketime") is not None


AN_HOUR_AHEAD = {
    "LD_PRELOAD": str(FAKETIME[-1]) if FAKETIME else "", "FAKETIME": "+3600s",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
}  # fmt: skip

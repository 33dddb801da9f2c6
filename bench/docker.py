"""The rows with a real engine and the real docker client. They need root, for dockerd."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from relays import Relay, wait_for


class Engine:
    """A private dockerd: own data, own containerd, no bridge, no iptables rules."""

    def __init__(self, directory, port):
        self.directory = Path(directory)
        self.port = port
        self.socket = self.directory / "docker.sock"
        self.directory.mkdir()
        log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen([
            "dockerd", f"--data-root={directory}/data", f"--exec-root={directory}/exec",
            f"--pidfile={directory}/pid", f"-H=unix://{self.socket}", f"-H=tcp://127.0.0.1:{port}",
            "--tls=false", "--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false",
        ], stdout=log, stderr=log)
        try:
            wait_for(lambda: self.docker("version", check=False).returncode == 0, "dockerd: answering", 60)
            self.make_images()
        except BaseException:
            self.stop()
            raise

    def docker(self, *arguments, check=True, **options):
        return subprocess.run(["docker", "-H", f"unix://{self.socket}", *arguments],
                              check=check, capture_output=True, **options)

    def make_images(self):
        root = self.directory / "root"
        (root / "bin").mkdir(parents=True)
        shutil.copy("/bin/busybox", root / "bin/busybox")
        for name in ("sh", "cat", "true", "sleep"):
            (root / "bin" / name).symlink_to("busybox")
        self.import_root(root, "busybox")
        (root / "blob").write_bytes(os.urandom(1 << 20) * 500)
        self.import_root(root, "large")
        context = self.directory / "context"
        context.mkdir()
        (context / "Dockerfile").write_text("FROM scratch\nLABEL a=b\n")
        (root / "blob").rename(context / "blob")
        self.archive = self.directory / "large.tar"
        self.docker("save", "-o", str(self.archive), "large")

    def import_root(self, root, name):
        packed = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
        self.docker("import", "-", name, stdin=packed.stdout)
        packed.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait()


class DockerLoad:
    def __init__(self, engine):
        self.engine = engine

    def _docker(self, relay, *arguments, **options):
        kind, where = relay.endpoint.split(":", 1)
        host = f"unix://{where}" if kind == "unix" else f"tcp://127.0.0.1:{where}"
        environment = dict(os.environ, DOCKER_BUILDKIT="0", DOCKER_CONFIG=str(self.engine.directory))
        return subprocess.Popen(["docker", "-H", host, *arguments], env=environment, **options)

    def _timed(self, relay, *arguments):
        begin = time.monotonic()
        with open(os.devnull, "wb") as nothing:
            running = self._docker(relay, *arguments, stdin=subprocess.DEVNULL, stdout=nothing,
                                   stderr=subprocess.PIPE)
            _, said = running.communicate()
        if running.returncode != 0:
            raise RuntimeError(f"{relay.name}: docker {' '.join(arguments)}: {said.decode()}")
        return time.monotonic() - begin

    def save(self, relay):
        return {"save": self._timed(relay, "save", "large")}

    def load(self, relay):
        return {"load": self._timed(relay, "load", "-q", "-i", str(self.engine.archive))}

    def build(self, relay):
        return {"build": self._timed(relay, "build", "-q", "--no-cache", str(self.engine.directory / "context"))}

    def run(self, relay):
        return {"run": self._timed(relay, "run", "--rm", "--network", "none", "busybox", "true")}

    def exec(self, relay):
        name = self.engine.docker("run", "-d", "--network", "none", "busybox", "sleep", "1000").stdout.decode().strip()
        running = self._docker(relay, "exec", "-i", name, "cat", stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, bufsize=0)
        times = []
        try:
            for _ in range(300):
                begin = time.monotonic()
                running.stdin.write(b"x\n")
                if running.stdout.read(2) != b"x\n":
                    raise RuntimeError(f"{relay.name}: exec -i lost its stream")
                times.append(time.monotonic() - begin)
        finally:
            running.stdin.close()
            running.wait()
            self.engine.docker("rm", "-f", name)
        return {"exec_p50": sorted(times)[len(times) // 2] * 1e6}

    def measures(self):
        return [self.save, self.load, self.build, self.exec, self.run]


def direct(engine):
    return [Relay("direct unix", f"unix:{engine.socket}"), Relay("direct TCP", f"tcp:{engine.port}")]

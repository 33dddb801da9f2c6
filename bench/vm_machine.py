"""A VM of our own: gangwayd run by an ordinary user in a private home, with the image that the build made."""

import json
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from relays import wait_for


class Machine:
    """Booted when made. Files that containers shall see belong into `share`."""

    def __init__(self, directory, programs, image):
        if not (Path(image) / "manifest.json").exists():
            raise SystemExit(f"there is no VM image in {image}: run appliance/build --output {image}")
        self.home = Path(directory) / "home"
        self.share = self.home / "share"
        runtime = self.home / "run"
        for place in (self.share, runtime, self.home / "config/gangway", self.home / "client"):
            place.mkdir(parents=True)
        # The ordinary user may not be able to read where the build is.
        copied = Path(directory) / "programs"
        copied.mkdir()
        for program in ("gangwayd", "gangway"):
            shutil.copy(Path(programs) / program, copied)
        shutil.copytree(image, copied / "image")
        (self.home / "config/gangway/gangway.json").write_text(
            json.dumps({"shares": [str(self.share)], "vm": {"image": str(copied / "image")}}))
        runtime.chmod(0o700)
        self.socket = runtime / "gangway/docker.sock"
        self.pki = self.home / "state/gangway/default/pki"
        self.programs = copied
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.home), "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(self.home / "config"), "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_DATA_HOME": str(self.home / "data"), "XDG_CACHE_HOME": str(self.home / "cache"),
        }
        self.user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            Path(directory).chmod(0o755)
            for place in (self.home, *self.home.rglob("*")):
                os.chown(place, nobody.pw_uid, nobody.pw_gid)
        self.log = Path(directory) / "log"
        with open(self.log, "wb") as log:
            self.daemon = subprocess.Popen([copied / "gangwayd"], stdin=subprocess.DEVNULL, stdout=log,
                                           stderr=log, cwd=self.home, env=self.environment, **self.user)
        try:
            wait_for(lambda: b" ready\n" in self.log.read_bytes(), "gangwayd: ready", 60)
            self.gangway("up")
            self.import_busybox()
        except BaseException:
            self.stop()
            raise

    def attempt(self, *command, **options):
        """As the ordinary user, whatever comes of it."""
        return subprocess.run([str(word) for word in command], cwd=self.home, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, **self.user, **options)

    def run(self, *command):
        """What it prints. It must succeed."""
        done = self.attempt(*command)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
        return done.stdout.strip()

    def gangway(self, *arguments):
        return self.run(self.programs / "gangway", *arguments)

    def docker(self, *arguments):
        return self.run(*self.client(), *arguments)

    def client(self):
        return ["docker", "--config", self.home / "client", "-H", f"unix://{self.socket}"]

    def direct_client(self):
        """The same client, straight to the engine's own port. Its certificate names no address of this host."""
        return ["docker", "--config", self.home / "client", "-H", f"tcp://127.0.0.1:{self.vm()['engine_port']}",
                "--tls", "--tlscacert", self.pki / "ca.pem", "--tlscert", self.pki / "cert.pem",
                "--tlskey", self.pki / "key.pem"]

    def vm(self):
        return json.loads(self.gangway("status", "--json"))["vm"]

    def is_accelerated(self):
        words = Path(f"/proc/{self.vm()['process_id']}/cmdline").read_text().split("\0")
        return words[words.index("-accel") + 1].startswith("kvm")

    def import_busybox(self):
        packed = self.home / "busybox.tar"
        root = self.home / "busybox"
        (root / "bin").mkdir(parents=True)
        shutil.copy("/bin/busybox", root / "bin/busybox")
        applets = subprocess.run(["/bin/busybox", "--list"], capture_output=True, text=True, check=True)
        for applet in applets.stdout.split():
            if applet != "busybox":
                (root / "bin" / applet).symlink_to("busybox")
        subprocess.run(["tar", "-C", root, "-cf", packed, "."], check=True)
        packed.chmod(0o644)
        self.docker("import", packed, "busybox:latest")

    def stop(self):
        if self.daemon.poll() is None:
            try:
                self.gangway("down")
            except RuntimeError as failure:
                print(failure, flush=True)
            self.daemon.terminate()
            self.daemon.wait()

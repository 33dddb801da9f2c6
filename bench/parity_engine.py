"""An engine as a user sees it: the docker client, a directory, ports of this host."""

import re
import shutil
import socket
import subprocess
import time

from relays import wait_for

OUTER = "192.0.2.10"  # an address of this host beside the loopback's (RFC 5737)
PATIENCE = 60  # seconds; an emulated VM is slow


class Engine:
    def __init__(self, name, machine, client, engine_socket, probe):
        self.name = name
        self.machine = machine
        self.client = client
        self.socket = engine_socket
        self.number = 0
        self.directory = None
        self.probe_file = probe
        self.fresh_directory()

    def fresh_directory(self):
        self.number += 1
        self.directory = self.machine.share / f"{self.name} {self.number}"
        self.machine.run("mkdir", "-p", "-m", "0777", self.directory)

    def docker(self, *arguments, check=True):
        """The docker client, to its end."""
        done = self.machine.attempt(*self.client, *arguments, timeout=PATIENCE * 3)
        if check and done.returncode != 0:
            raise RuntimeError(self.plain(done.stderr))
        return done

    def run(self, *arguments):
        """A container's output; the container is removed."""
        return self.docker("run", "--rm", *arguments).stdout.strip()

    def serve(self, name, *arguments, command=None):
        """A container that serves its name on port 80."""
        page = f"mkdir -p /w; echo {name} >/w/index.html; exec httpd -f -p 80 -h /w"
        self.docker("run", "-d", "--name", name, *arguments, "busybox", "sh", "-c", command or page)

    def refusal(self, *arguments):
        done = self.docker(*arguments, check=False)
        return f"{done.returncode}: {self.plain(done.stderr)}"

    def plain(self, text):
        """Without what differs from one call to the next."""
        text = re.sub(r"\b[0-9a-f]{64}\b", "ID", text)
        text = text.replace(str(self.directory), "DIRECTORY")
        text = re.sub(r"^docker: |\n*(Run|See) 'docker .*", "", text.strip(), flags=re.DOTALL)
        return text.strip().rstrip(".")

    def probe(self):
        """A program that does what a shell cannot, in the directory."""
        target = self.directory / "probe"
        shutil.copy(self.probe_file, target)
        return target

    def clean_up(self):
        left = self.docker("ps", "-aq").stdout.split()
        if left:
            self.docker("rm", "-f", *left)
        for volume in self.docker("volume", "ls", "-q").stdout.split():
            self.docker("volume", "rm", volume)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.fresh_directory()


class NativeEngine:
    """A dockerd on this host, with a bridge and with rules, in this network."""

    def __init__(self, directory, machine):
        self.machine = machine
        self.socket = directory / "docker.sock"
        directory.mkdir()
        log = open(directory / "log", "wb")
        self.process = subprocess.Popen(
            ["dockerd", f"--data-root={directory}/data", f"--exec-root={directory}/exec",
             f"--pidfile={directory}/pid", f"-H=unix://{self.socket}", "--group=nogroup"], stdout=log, stderr=log)
        try:
            engine = self.as_engine(None)
            wait_for(lambda: engine.docker("version", check=False).returncode == 0, "dockerd: answering", 60)
            engine.docker("import", machine.home / "busybox.tar", "busybox:latest")
        except BaseException:
            self.stop()
            raise

    def as_engine(self, probe):
        client = ["docker", "--config", self.machine.home / "client", "-H", f"unix://{self.socket}"]
        return Engine("native", self.machine, client, self.socket, probe)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        # dockerd may leave its own network mounted.
        subprocess.run(["umount", self.socket.parent / "exec/netns/default"], check=False, stderr=subprocess.DEVNULL)


def connects(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, int(port)), timeout=5).close()
        return True
    except OSError:
        return False


def page(port, address="127.0.0.1"):
    """What an HTTP server says, waiting a moment for it to begin; "nothing" if there is none."""
    host = f"[{address}]" if ":" in address else address
    for _ in range(40):
        told = subprocess.run(["/bin/busybox", "wget", "-q", "-O", "-", f"http://{host}:{port}/"],
                              capture_output=True, text=True).stdout.strip()
        if told or not connects(port, address):
            break
        time.sleep(0.25)
    return told or "nothing"


def becomes(condition):
    try:
        wait_for(condition, "", PATIENCE)
        return "yes"
    except RuntimeError:
        return "no"

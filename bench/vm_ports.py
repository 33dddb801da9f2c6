"""A published port, and what it adds to a start."""

import re
import socket
import subprocess
import time

from relays import free_port, wait_for

SIZE = 64  # MB
DOWN, UP = f"download of {SIZE} MB", f"upload of {SIZE} MB"
PORTS = (DOWN, UP)
PUBLISHED = (0, 1, 5)


def listening(pid):
    """TCP ports on which the process listens at 127.0.0.1."""
    told = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    return {int(port) for port in re.findall(rf"127\.0\.0\.1:(\d+) .*pid={pid},", told)}


class Ports:
    """Containers that publish, and the ways to them."""

    def __init__(self, machine):
        self.machine = machine
        self.ways = {}
        before = self.forwards()
        for row, serve in ((DOWN, f"dd if=/dev/zero bs=64k count={SIZE * 16}"), (UP, "cat >/dev/null; echo done")):
            port = free_port()
            machine.docker("run", "-d", "-p", f"127.0.0.1:{port}:80", "busybox", "sh", "-c",
                           f"while :; do nc -l -p 80 -e sh -c '{serve}'; done")
            wait_for(lambda: self.forwards() - before, "a forward")
            forward = (self.forwards() - before).pop()
            before.add(forward)
            self.ways[row] = {"QEMU's forward": forward, "through Gangway": port}
        self.containers = {}
        for count in PUBLISHED:
            published = [word for _ in range(count) for word in ("-p", f"{free_port()}:80")]
            self.containers[self.title(count)] = machine.docker("create", *published, "busybox", "sleep", "1000000")

    @staticmethod
    def title(count):
        return {0: "no port", 1: "one port"}.get(count, f"{count} ports")

    def starts(self):
        return list(self.containers)

    def forwards(self):
        return listening(self.machine.vm()["process_id"])

    def measure(self, figures):
        for row in PORTS:
            for column, port in self.ways[row].items():
                figures.note(row, column, SIZE * 1.048576 / self.seconds_of(row, port))
        for row, container in self.containers.items():
            for column, client in (("straight to the engine", self.machine.direct_client()),
                                   ("through Gangway", self.machine.client())):
                begin = time.monotonic()
                self.machine.run(*client, "start", container)
                figures.note(row, column, time.monotonic() - begin)
                self.machine.docker("kill", container)
                self.machine.docker("wait", container)

    @staticmethod
    def seconds_of(row, port):
        time.sleep(1)  # the container's server serves one client, and is then started again
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as peer:
            left = SIZE << 20
            if row == UP:
                block = bytes(1 << 18)
                for _ in range(left // len(block)):
                    peer.sendall(block)
                peer.shutdown(socket.SHUT_WR)
                if peer.recv(16) != b"done\n":
                    raise RuntimeError("the upload was not confirmed")
            else:
                while some := peer.recv(1 << 18):
                    left -= len(some)
                if left != 0:
                    raise RuntimeError(f"the download lacks {left} bytes")
        return time.monotonic() - begin

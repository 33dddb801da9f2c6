"""A gangwayd under test, and what it holds."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from relays import accepts, processor_seconds, resident_bytes, wait_for

# The pipes that gangwayd keeps for its next large download (proxy/splice_linux.cpp).
KEPT_PIPE_ENDS = 4


def descriptors(pid):
    """What they lead to: "socket:[7]", "pipe:[8]", …"""
    found = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(entry))
        except OSError:
            pass
    return found


def sockets(pid):
    return sum(1 for each in descriptors(pid) if each.startswith("socket:"))


@dataclass
class Holdings:
    descriptors: int
    pipes: int
    threads: int
    resident: int


class Daemon:
    """Started when made, in a directory of its own."""

    def __init__(self, upstream, directory, program, engine, tls_dir=None, under=(), log_level="info"):
        self.upstream = upstream
        directory.mkdir()
        self.socket = str(directory / "docker.sock")
        self.log = directory / "log"
        command = [*under, str(program), "--listen", f"unix://{self.socket}",
                   "--control", f"unix://{directory}/control.sock", "--engine", engine,
                   "--log-level", log_level]
        if tls_dir:
            command += ["--tls-dir", str(tls_dir)]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=dict(os.environ, HOME=str(directory), XDG_RUNTIME_DIR=str(directory)))
        self.pid = self.process.pid
        wait_for(lambda: b"ready\n" in self.log.read_bytes(), f"gangwayd ({upstream}): ready", 60)

    def holdings(self):
        all_of_them = descriptors(self.pid)
        pipes = sum(1 for each in all_of_them if each.startswith("pipe:"))
        threads = len(list(Path(f"/proc/{self.pid}/task").iterdir()))
        return Holdings(len(all_of_them), pipes, threads, resident_bytes(self.pid))

    def idles(self):
        """Whether it takes no processor time to speak of, for a second."""
        before = processor_seconds(self.pid)
        time.sleep(1)
        return processor_seconds(self.pid) - before < 0.1

    def accepts(self):
        return accepts(self.socket)

    def stop(self):
        """Its exit status; that of a sanitizer or of valgrind, where those have found something."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "none: SIGTERM did not end it"

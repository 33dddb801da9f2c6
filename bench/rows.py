"""The rows of the comparison: what is done to each relay, and what is taken down."""

import json
import subprocess
import time
from dataclasses import dataclass
from typing import Callable

from relays import MOST_CONNECTIONS, processor_seconds, resident_bytes


@dataclass
class Row:
    key: str
    title: str
    unit: str
    more_is_better: bool
    digits: int = 1


ROWS = {row.key: row for row in [
    Row("ping_p50", "`_ping`, kept connection, p50", "µs", False),
    Row("ping_p99", "`_ping`, kept connection, p99", "µs", False),
    Row("new_p50", "`_ping`, new connection, p50", "µs", False),
    Row("new_p99", "`_ping`, new connection, p99", "µs", False),
    Row("echo_p50", "hijacked byte there and back, p50", "µs", False),
    Row("echo_p99", "hijacked byte there and back, p99", "µs", False),
    Row("rate", "requests/s, 64 connections", "1/s", True, 0),
    Row("storm", "new connections/s, 64 at a time", "1/s", True, 0),
    Row("down", "bulk down, chunked", "GB/s", True, 2),
    Row("down_cpu", "processor, bulk down, chunked", "s/GB", False, 2),
    Row("raw", "bulk down, hijacked", "GB/s", True, 2),
    Row("raw_cpu", "processor, bulk down, hijacked", "s/GB", False, 2),
    Row("up", "bulk up, chunked", "GB/s", True, 2),
    Row("up_cpu", "processor, bulk up, chunked", "s/GB", False, 2),
    Row("idle", "resident, nothing connected", "MB", False),
    Row("idle_1000", "per idle connection, 1,000", "KB", False),
    Row("idle_many", "per idle connection, up to 10,000", "KB", False),
    Row("save", "`docker save`, 500 MB", "s", False, 2),
    Row("load", "`docker load`, 500 MB", "s", False, 2),
    Row("build", "`docker build`, context of 500 MB", "s", False, 2),
    Row("exec_p50", "`exec -i`, a line there and back, p50", "µs", False, 0),
    Row("run", "`docker run` to its exit", "s", False, 2),
]}


@dataclass
class Effort:
    """How much of each is done in one round."""
    pings: int = 5000
    news: int = 1500
    seconds: float = 0.8
    storm: int = 3000
    bulk: int = 1_000_000_000
    connections: tuple = (1000, min(10000, MOST_CONNECTIONS - 500))


SHORT = Effort(pings=2000, news=300, seconds=0.3, storm=600, bulk=400_000_000, connections=(1000,))


# Seconds. The slowest measure takes three; haproxy was once seen to stop in the middle of a download.
PATIENCE = 60


class Load:
    def __init__(self, program, effort):
        self.program = str(program)
        self.effort = effort

    def _run(self, what, relay, **options):
        command = [self.program, what, relay.endpoint]
        for name, value in options.items():
            command += [f"--{name}", str(value)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{relay.name}: {' '.join(command)}: hung for {PATIENCE} s") from None
        if done.returncode != 0:
            raise RuntimeError(f"{relay.name}: {' '.join(command)}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def latency(self, what, key, count):
        def measure(relay):
            got = self._run(what, relay, count=count)
            return {f"{key}_p50": got["p50_us"], f"{key}_p99": got["p99_us"]}
        return measure

    def rate(self, relay):
        return {"rate": self._run("rate", relay, seconds=self.effort.seconds)["per_s"]}

    def storm(self, relay):
        return {"storm": self._run("storm", relay, count=self.effort.storm)["per_s"]}

    def bulk(self, what, key):
        def measure(relay):
            before = processor_seconds(relay.pid) if relay.pid else 0
            result = {key: self._run(what, relay, count=self.effort.bulk)["gb_per_s"]}
            if relay.pid:
                time.sleep(0.1)  # a relay that forks has to have waited for its child
                spent = processor_seconds(relay.pid) - before
                result[f"{key}_cpu"] = spent / (self.effort.bulk / 1e9)
            return result
        return measure

    def measures(self) -> list[tuple[str, Callable]]:
        effort = self.effort
        return [
            ("ping", self.latency("ping", "ping", effort.pings)),
            ("new", self.latency("ping-new", "new", effort.news)),
            ("echo", self.latency("echo", "echo", effort.pings)),
            ("rate", self.rate),
            ("storm", self.storm),
            ("down", self.bulk("down", "down")),
            ("raw", self.bulk("down-hijacked", "raw")),
            ("up", self.bulk("up", "up")),
        ]

    def memory(self, relay):
        """Once, of a relay that has just been started: the others have what they were lent before."""
        if not relay.pid:
            return {}
        empty = resident_bytes(relay.pid)
        result = {"idle": empty / 1e6}
        for connections in self.effort.connections:
            # A process or a handshake for each takes too long ten thousand times.
            if connections > 1000 and (relay.tls or relay.name == "socat"):
                continue
            holding = subprocess.Popen(
                [self.program, "idle", relay.endpoint, "--count", str(connections)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            try:
                if holding.stdout.readline() != "open\n":
                    # Some need more descriptors for each than the machine's limit leaves.
                    print(f"{relay.name} cannot hold {connections} idle connections here")
                    break
                key = "idle_1000" if connections == 1000 else "idle_many"
                result[key] = (resident_bytes(relay.pid) - empty) / connections / 1e3
            finally:
                holding.stdin.close()
                holding.wait()
            time.sleep(0.5)
        return result

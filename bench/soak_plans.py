"""What the clients of bench/soak do: bytes to send, and the bytes that must come back."""

import zlib
from dataclasses import dataclass, field

HOST = b" HTTP/1.1\r\nHost: docker\r\n"
PONG = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
HIJACKED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LOADED = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"
REFUSED = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"

PERIOD = 65521
PATTERN = bytes((i * 2654435761 >> 16) & 0xFF for i in range(PERIOD)) * 2  # see soak_engine.cpp


def pattern(size):
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


@dataclass
class Plan:
    kind: str
    # Each is sent while the answer to it is read.
    steps: list = field(default_factory=list)
    half_close: bool = False  # after all that is sent; then the engine must end, too
    ends: bool = False        # the engine ends behind the last byte

    def size(self):
        return sum(len(sent) + len(answer) for sent, answer in self.steps)


def chunks(body, size):
    """Of at most `size`, each from where the pattern is then."""
    framed = bytearray()
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        framed += b"%x\r\n%b\r\n" % (len(piece), piece)
    return bytes(framed + b"0\r\n\r\n")


class Planner:
    """Draws plans from `random`; bodies have at most `most` bytes."""

    def __init__(self, random, most, patient):
        self.random = random
        self.most = most
        self.patient = patient  # slow engines are waited for
        self.fate = ""          # what the engine is told to do to the connection

    def draw(self, killed_by_engine):
        """With `killed_by_engine` the engine breaks the connection off at a random point."""
        makers = [self.ping, self.pipelined, self.download, self.upload, self.echo, self.logs]
        if not killed_by_engine:
            makers += [self.garbage, self.silence, self.kept]
        maker = self.random.choice(makers)
        self.fate = ""
        if killed_by_engine:
            self.fate = f"&die={int(self.size() * 1.2)}&how={self.random.choice(['end', 'reset'])}"
        elif self.patient and self.random.random() < 0.05:
            self.fate = "&slow=1"
        return maker()

    def size(self):
        """As many small ones as large ones."""
        most = min(self.most, 65536) if "slow" in self.fate else self.most
        return int(most ** self.random.random())

    def request(self, method, target, fields=b""):
        joint = "&" if "?" in target else "?"
        line = f"{method} {target}{joint}{self.fate.lstrip('&')}" if self.fate else f"{method} {target}"
        return line.encode() + HOST + fields + b"\r\n"

    def ping(self):
        return Plan("ping", [(self.request("GET", "/_ping"), PONG)])

    def kept(self):
        return Plan("kept", [(self.request("GET", "/_ping"), PONG)] * self.random.randint(2, 5))

    def pipelined(self):
        count = self.random.randint(2, 8)
        return Plan("pipelined", [(self.request("GET", "/_ping") * count, PONG * count)])

    def download(self):
        size, chunk = self.size(), self.random.choice([1000, 32768, 60000])
        request = self.request("GET", f"/images/get?bytes={size}&chunk={chunk}")
        return Plan("download", [(request, CHUNKED + chunks(pattern(size), chunk))])

    def upload(self):
        body = chunks(pattern(self.size()), self.random.choice([1000, 32768]))
        head = self.request("POST", "/images/load", b"Transfer-Encoding: chunked\r\n")
        return Plan("upload", [(head + body, LOADED + b"%08x" % zlib.adler32(body))])

    def echo(self):
        body = pattern(self.size())
        head = self.request("POST", "/containers/x/attach", b"Connection: Upgrade\r\nUpgrade: tcp\r\n")
        return Plan("echo", [(head, HIJACKED), (body, body)], half_close=True)

    def logs(self):
        size = self.size()
        head = self.request("POST", f"/containers/x/logs?bytes={size}", b"Connection: Upgrade\r\nUpgrade: tcp\r\n")
        return Plan("logs", [(head, HIJACKED + pattern(size))], ends=True)

    def garbage(self):
        body = self.random.randbytes(self.random.randint(1, 4000)).replace(b"\r\n\r\n", b"") or b"?"
        return Plan("garbage", [(b"\x16\x03\x01" + body + b"\r\n\r\n", REFUSED)], ends=True)

    def silence(self):
        return Plan("silence")

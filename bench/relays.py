"""What is compared: Gangway, its peers, and no relay at all. Each listens on a unix socket."""

import os
import resource
import shutil
import socket
import subprocess
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# A relay needs two descriptors for each connection, and some for itself.
MOST_CONNECTIONS = (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200) // 2
SOCKET_PROXYD = "/usr/lib/systemd/systemd-socket-proxyd"


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} did not happen within {seconds} s")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def accepts(path):
    probe = socket.socket(socket.AF_UNIX)
    try:
        probe.connect(str(path))
        return True
    except OSError:
        return False
    finally:
        probe.close()


def family(pid):
    """The process and all that it has started."""
    members = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in task.read_text().split():
                members += family(int(child))
        except OSError:
            pass
    return members


def processor_seconds(pid):
    total = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        # utime and stime; of the children that have ended and were waited for, too
        total += sum(int(fields[at]) for at in (11, 12, 13, 14))
    return total / TICKS


def resident_bytes(pid):
    total = 0
    for member in family(pid):
        try:
            for line in Path(f"/proc/{member}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            pass
    return total


class Relay:
    """Started when made; `endpoint` is where the load goes. `launch` starts the process; without it
    the endpoint is the engine's own."""

    def __init__(self, name, endpoint, launch=None, tls=False):
        self.name = name
        self.endpoint = endpoint
        self.tls = tls
        self.process = None
        self._launch = launch
        if launch:
            self.start()

    def start(self):
        path = Path(self.endpoint.removeprefix("unix:"))
        path.unlink(missing_ok=True)
        self.process = self._launch()
        wait_for(lambda: accepts(path), f"{self.name}: accepting")
        time.sleep(0.3)  # a socket that was handed over accepts before its program has begun

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def stop(self):
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Workshop:
    """Knows how each relay is set up in a private directory, in front of one engine."""

    def __init__(self, directory, programs, port, tls_port, pki):
        self.directory = Path(directory)
        self.programs = Path(programs)
        self.port = port
        self.tls_port = tls_port
        self.pki = pki
        self.log = open(self.directory / "relays.log", "ab")

    def _relay(self, name, endpoint, command, tls=False, **options):
        def launch():
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, **options)

        return Relay(name, endpoint, launch, tls)

    def _endpoint(self, name):
        return "unix:" + str(self.directory / f"{name.replace(' ', '-')}.sock")

    def _file(self, name, text):
        path = self.directory / name.replace(" ", "-")
        path.write_text(text)
        return str(path)

    def gangway(self, name, tls=False, program=None):
        endpoint = self._endpoint(name)
        home = self.directory / name.replace(" ", "-")
        home.mkdir()
        command = [
            str(program or self.programs / "gangwayd"),
            "--listen", "unix://" + endpoint.removeprefix("unix:"),
            "--control", f"unix://{home}/control.sock",
            "--engine", f"tcp://127.0.0.1:{self.tls_port if tls else self.port}",
        ]
        if tls:
            command += ["--tls-dir", str(self.pki.client)]
        environment = dict(os.environ, HOME=str(home), XDG_RUNTIME_DIR=str(home))
        return self._relay(name, endpoint, command, tls, env=environment)

    def socat(self, name):
        endpoint = self._endpoint(name)
        path = endpoint.removeprefix("unix:")
        return self._relay(name, endpoint, [
            "socat", "-b", "262144", "-t", "86400",
            f"UNIX-LISTEN:{path},fork,backlog=4096", f"TCP:127.0.0.1:{self.port},nodelay",
        ])

    def haproxy(self, name, mode="tcp", buffer=None, tls=False):
        endpoint = self._endpoint(name)
        tuned = f"tune.bufsize {buffer}\n    maxpipes 50\n    nbthread 1" if buffer else ""
        port, secure = self.port, ""
        if tls:
            whole = self._file("client.pem", Path(self.pki.client, "cert.pem").read_text()
                               + Path(self.pki.client, "key.pem").read_text())
            port = self.tls_port
            secure = f"ssl verify required ca-file {self.pki.client}/ca.pem crt {whole}"
        file = self._file(f"{name}.cfg", f"""
global
    maxconn {MOST_CONNECTIONS}
    {tuned}
defaults
    mode {mode}
    timeout connect 10s
    timeout client 1d
    timeout server 1d
    {"option splice-auto" if buffer and not tls else ""}
frontend client
    bind unix@{endpoint.removeprefix("unix:")} backlog 4096
    default_backend engine
backend engine
    server one 127.0.0.1:{port} {secure}
""")
        return self._relay(name, endpoint, ["haproxy", "-q", "-db", "-f", file], tls)

    def nginx(self, name, tls=False):
        endpoint = self._endpoint(name)
        secure = ""
        port = self.port
        if tls:
            port = self.tls_port
            # Alone of all, nginx of this age would speak TLS 1.2 unless told otherwise.
            secure = f"""proxy_ssl on; proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_protocols TLSv1.3;
        proxy_ssl_trusted_certificate {self.pki.client}/ca.pem;
        proxy_ssl_certificate {self.pki.client}/cert.pem;
        proxy_ssl_certificate_key {self.pki.client}/key.pem;"""
        home = self.directory / name.replace(" ", "-")
        home.mkdir()
        file = self._file(f"{name}.conf", f"""
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; worker_processes 1; pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections {2 * MOST_CONNECTIONS}; }}
stream {{
    server {{
        listen unix:{endpoint.removeprefix("unix:")} backlog=4096;
        proxy_pass 127.0.0.1:{port}; proxy_buffer_size 256k; proxy_timeout 1d;
        {secure}
    }}
}}
""")
        return self._relay(name, endpoint, ["nginx", "-p", str(home), "-c", file], tls)

    def socket_proxyd(self, name):
        endpoint = self._endpoint(name)
        run = "export LISTEN_PID=$$ LISTEN_FDS=1; exec 3<&$1; shift; exec \"$@\""

        def launch():
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(endpoint.removeprefix("unix:"))
                listener.listen(4096)
                number = listener.fileno()
                return subprocess.Popen(
                    ["sh", "-c", run, "sh", str(number), SOCKET_PROXYD,
                     f"--connections-max={MOST_CONNECTIONS}", f"127.0.0.1:{self.port}"],
                    stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, pass_fds=[number])

        return Relay(name, endpoint, launch)

    def stunnel(self, name):
        endpoint = self._endpoint(name)
        file = self._file(f"{name}.conf", f"""
foreground = yes
pid =
syslog = no
debug = 3
[engine]
client = yes
accept = {endpoint.removeprefix("unix:")}
connect = 127.0.0.1:{self.tls_port}
cert = {self.pki.client}/cert.pem
key = {self.pki.client}/key.pem
CAfile = {self.pki.client}/ca.pem
verifyChain = yes
""")
        return self._relay(name, endpoint, ["stunnel", file], True)

    def go(self, name):
        endpoint = self._endpoint(name)
        program = self.directory / "relay-go"
        subprocess.run(
            ["go", "build", "-o", str(program), str(Path(__file__).with_name("relay.go"))],
            check=True, env=dict(os.environ, HOME=str(self.directory), GOFLAGS="-mod=mod", GO111MODULE="off"),
        )
        return self._relay(name, endpoint, [
            str(program), endpoint.removeprefix("unix:"), f"127.0.0.1:{self.port}",
        ])

    def direct(self, engine_socket):
        return [Relay("direct unix", f"unix:{engine_socket}"), Relay("direct TCP", f"tcp:{self.port}")]

    def all(self, only):
        """Gangway and every peer that is installed, but for those not named in a given `only`."""
        makers = {
            "gangway": lambda n: self.gangway(n),
            "haproxy tcp": lambda n: self.haproxy(n),
            "haproxy tcp tuned": lambda n: self.haproxy(n, buffer=262144),
            "haproxy http": lambda n: self.haproxy(n, mode="http"),
            "nginx stream": lambda n: self.nginx(n),
            "socket-proxyd": lambda n: self.socket_proxyd(n),
            "socat": lambda n: self.socat(n),
            "go io.Copy": lambda n: self.go(n),
            "gangway tls": lambda n: self.gangway(n, tls=True),
            "haproxy tls tuned": lambda n: self.haproxy(n, buffer=262144, tls=True),
            "nginx stream tls": lambda n: self.nginx(n, tls=True),
            "stunnel": lambda n: self.stunnel(n),
        }
        programs = {"socket-proxyd": SOCKET_PROXYD}
        for name, make in makers.items():
            program = programs.get(name, name.split()[0])
            if only and name not in only:
                continue
            if self.pki is None and name in ("gangway tls", "haproxy tls tuned", "nginx stream tls", "stunnel"):
                continue
            if program != "gangway" and not (shutil.which(program) or os.path.exists(program)):
                print(f"not installed, left out: {name}")
                continue
            yield make(name)

"""Rows about ports."""

import re
import socket
import subprocess

from parity_engine import OUTER, becomes, connects, page
from relays import free_port


def _pages(port, *addresses):
    return ", ".join(f"{address}: {page(port, address)}" for address in addresses)


def everywhere(engine):
    """`-p PORT:80`: what answers on 127.0.0.1, ::1 and the host's own address"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80")
    return _pages(port, "127.0.0.1", "::1", OUTER)


def at_once(engine):
    """the port accepts when `run -d` has returned"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80")
    return "yes" if connects(port) else "no"


def loopback(engine):
    """`-p 127.0.0.1:PORT:80`"""
    port = free_port()
    engine.serve("web", "-p", f"127.0.0.1:{port}:80")
    return _pages(port, "127.0.0.1", "::1", OUTER)


def one_address(engine):
    """`-p ADDRESS:PORT:80`, an address of the host"""
    port = free_port()
    engine.serve("web", "-p", f"{OUTER}:{port}:80")
    return _pages(port, "127.0.0.1", OUTER)


def ipv6(engine):
    """`-p [::1]:PORT:80`"""
    port = free_port()
    engine.serve("web", "-p", f"[::1]:{port}:80")
    return _pages(port, "127.0.0.1", "::1")


def both_loopbacks(engine):
    """one port on 127.0.0.1 and on ::1, of two containers"""
    port = free_port()
    engine.serve("four", "-p", f"127.0.0.1:{port}:80")
    engine.serve("six", "-p", f"[::1]:{port}:80")
    return _pages(port, "127.0.0.1", "::1")


def both_alls(engine):
    """`-p 0.0.0.0:PORT:80 -p [::]:PORT:80`"""
    port = free_port()
    engine.serve("web", "-p", f"0.0.0.0:{port}:80", "-p", f"[::]:{port}:80")
    return _pages(port, "127.0.0.1", "::1")


def only_all_ipv6(engine):
    """`-p [::]:PORT:80` alone"""
    port = free_port()
    done = engine.docker("run", "-d", "--name", "web", "-p", f"[::]:{port}:80", "busybox", "sh", "-c",
                         "mkdir /w; echo web >/w/index.html; exec httpd -f -p 80 -h /w", check=False)
    return _pages(port, "127.0.0.1", "::1") if done.returncode == 0 else engine.plain(done.stderr)


def chosen(engine):
    """`-p 80`: the port that `docker port` shows"""
    engine.serve("web", "-p", "80")
    shown = engine.docker("port", "web", "80/tcp").stdout.split()[0]
    return page(shown.rsplit(":", 1)[1])


def all_exposed(engine):
    """`-P --expose 80`: the port that `docker port` shows"""
    engine.serve("web", "-P", "--expose", "80")
    shown = engine.docker("port", "web", "80/tcp").stdout.split()[0]
    return page(shown.rsplit(":", 1)[1])


def port_range(engine):
    """`-p 21080-21081:80-81`"""
    engine.serve("web", "-p", "21080-21081:80-81", command=(
        "mkdir /w; echo web >/w/index.html; httpd -p 81 -h /w; exec httpd -f -p 80 -h /w"))
    return f"{page(21080)}, {page(21081)}"


def datagrams(engine):
    """UDP there and back"""
    port = free_port()
    engine.probe()
    engine.docker("run", "-d", "-p", f"{port}:53/udp", "-v", f"{engine.directory}:/w", "busybox", "/w/probe", "udp",
                  "53")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.settimeout(1)
        for _ in range(30):
            peer.sendto(b"hello", ("127.0.0.1", port))
            try:
                return peer.recv(100).decode()
            except OSError:
                pass
    return "nothing"


def half_close(engine):
    """a client that ends its side still gets the answer"""
    port = free_port()
    engine.docker("run", "-d", "-p", f"{port}:80", "busybox", "sh", "-c",
                  "while :; do nc -l -p 80 -e tr a-z A-Z; done")
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
            peer.sendall(b"half closed")
            peer.shutdown(socket.SHUT_WR)
            told = b""
            try:
                while some := peer.recv(100):
                    told += some
            except ConnectionError:
                pass
            if told:
                return told.decode()
    return "nothing"


def taken(engine):
    """a port that another program has"""
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        told = engine.refusal("run", "--name", "web", "-p", f"{port}:80", "busybox", "true")
        state = engine.docker("inspect", "-f", "{{.State.Status}}", "web").stdout.strip()
        return f"{told.replace(str(port), 'PORT')}; {state}"


def taken_and_removed(engine):
    """… and `--rm`"""
    with socket.create_server(("0.0.0.0", 0)) as other:
        engine.refusal("run", "--rm", "--name", "web", "-p", f"{other.getsockname()[1]}:80", "busybox", "true")
    return "removed" if engine.docker("inspect", "web", check=False).returncode != 0 else "left"


def taken_by_container(engine):
    """a port that another container has"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80")
    return engine.refusal("run", "--name", "two", "-p", f"{port}:80", "busybox", "true").replace(str(port), "PORT")


def foreign_address(engine):
    """an address that the host does not have"""
    told = engine.refusal("run", "--name", "web", "-p", "192.0.2.77:8080:80", "busybox", "true")
    return told


def closed(engine):
    """after `stop`, and after `start`"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80")
    engine.docker("stop", "-t", "0", "web")
    stopped = becomes(lambda: not connects(port))
    engine.docker("start", "web")
    return f"closed: {stopped}, then: {page(port)}"


def restarted(engine):
    """after a crash and the restart policy's start"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80", "--restart=always", command=(
        "mkdir -p /w; echo x >>/w/index.html; httpd -p 80 -h /w; until [ -e /w/crash ]; do sleep 0.1; done; "
        "rm /w/crash; exit 1"))
    first = page(port)
    engine.docker("exec", "web", "touch", "/w/crash")
    becomes(lambda: page(port) == "x\nx")
    return f"{first}, then {page(port)}".replace("\n", " ")


def host_network(engine):
    """`--network host`: what listens is on 127.0.0.1"""
    port = free_port()
    engine.docker("run", "-d", "--network", "host", "busybox", "sh", "-c",
                  f"mkdir /w; echo inner >/w/index.html; exec httpd -f -p 127.0.0.1:{port} -h /w")
    becomes(lambda: connects(port))
    return page(port)


def _host_server(address):
    server = socket.create_server((address, 0))
    port = server.getsockname()[1]
    answer = ("import socket,sys; s=socket.socket(fileno=int(sys.argv[1]))\nwhile True:\n c,_=s.accept()\n"
              " c.recv(1000); c.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\nthe host\\n'); c.close()")
    process = subprocess.Popen(["python3", "-c", answer, str(server.fileno())], pass_fds=[server.fileno()])
    server.close()
    return process, port


def _asks(engine, name, address, *arguments):
    process, port = _host_server(address)
    try:
        return engine.docker("run", "--rm", *arguments, "busybox", "sh", "-c",
                             f"wget -q -O - http://{name}:{port}/ || echo no").stdout.strip()
    finally:
        process.kill()
        process.wait()


def host_gateway(engine):
    """`--add-host NAME:host-gateway` leads to a server on all addresses of the host"""
    return _asks(engine, "host.docker.internal", "0.0.0.0", "--add-host", "host.docker.internal:host-gateway")


def host_name(engine):
    """host.docker.internal, without a word in the request"""
    return _asks(engine, "host.docker.internal", "0.0.0.0")


def host_loopback(engine):
    """`--add-host NAME:host-gateway` and a server on 127.0.0.1 alone"""
    return _asks(engine, "host.docker.internal", "127.0.0.1", "--add-host", "host.docker.internal:host-gateway")


def host_address(engine):
    """a server on the host, by the host's own address"""
    return _asks(engine, OUTER, "0.0.0.0")


def other_container(engine):
    """another container, by the host's own address and its published port"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80")
    return engine.run("busybox", "sh", "-c", f"wget -q -O - http://{OUTER}:{port}/ || echo no")


def privileged(engine):
    """`-p 127.0.0.1:80:80`"""
    done = engine.docker("run", "-d", "--name", "web", "-p", "127.0.0.1:80:80", "busybox", "sh", "-c",
                         "mkdir /w; echo web >/w/index.html; exec httpd -f -p 80 -h /w", check=False)
    return page(80) if done.returncode == 0 else engine.plain(done.stderr)


def client_address(engine):
    """the address that a container sees of a client on 127.0.0.1"""
    port = free_port()
    engine.serve("web", "-p", f"{port}:80", command="exec httpd -f -vv -p 0.0.0.0:80 -h /")
    page(port)
    seen = re.findall(r"(\d+\.\d+\.\d+\.\d+)", engine.docker("logs", "web").stderr)
    return seen[0] if seen else "none"


ROWS = (everywhere, at_once, loopback, one_address, ipv6, both_loopbacks, both_alls, only_all_ipv6, chosen,
        all_exposed, port_range, datagrams, half_close, taken, taken_and_removed, taken_by_container,
        foreign_address, closed, restarted, host_network, host_gateway, host_name, host_loopback, host_address,
        other_container, privileged, client_address)

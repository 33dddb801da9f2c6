"""A company's proxy, and the private registry that is reached through it.

company_network.py CERTIFICATE KEY: prints its port, then a line for each CONNECT and for each request
to the registry, which has the certificate and no images. Ends with its standard input.
"""

import os
import socket
import ssl
import sys
import threading

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))


def tell(line):
    print(line, flush=True)


def read_head(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        got = connection.recv(4096)
        if not got:
            return ""
        head += got
    return head.split(b"\r\n", 1)[0].decode()


def serve(connection):
    connection.settimeout(60)
    with connection:
        request = read_head(connection)
        tell(request)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as registry:
            while request := read_head(registry):
                tell(request)
                found = request.startswith("GET /v2/ ")
                body = b"{}" if found else b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"none here"}]}'
                status = b"200 OK" if found else b"404 Not Found"
                registry.sendall(
                    b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\n\r\n" % len(body) + body
                )


def serve_all():
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve_quietly, args=(connection,), daemon=True).start()


def serve_quietly(connection):
    try:
        serve(connection)
    except OSError as error:  # ssl.SSLError is one
        tell("refused: %s" % error)


tell(listener.getsockname()[1])
threading.Thread(target=serve_all, daemon=True).start()
while os.read(0, 4096):
    pass

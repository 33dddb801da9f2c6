"""Certificates for the TLS rows, made with the openssl program."""

import subprocess
from pathlib import Path


class Pki:
    def __init__(self, directory):
        self.directory = Path(directory)
        self.engine = self.directory / "engine"
        self.client = self.directory / "client"
        self.directory.mkdir()
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench authority", "-days", "2")
        self._issue(self.engine, "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        self._issue(self.client, "client", "extendedKeyUsage=clientAuth")

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.directory, check=True, capture_output=True)

    def _issue(self, where, name, extension):
        where.mkdir()
        (self.directory / "extensions").write_text(extension + "\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-keyout", f"{where}/key.pem", "-out", "request", "-subj", f"/CN={name}")
        self._openssl("x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca.key",
                      "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", f"{where}/cert.pem")
        (where / "ca.pem").write_text((self.directory / "ca.pem").read_text())

"""Servers outside: one on this machine, over TLS, that answers as the story wants."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typing_extensions import override

from takings.ads.queries.outside import Outside

TAG, MEDIA, INSIDE = "tag.example", "media.example", "inside.example"
Answers = dict[str, tuple[int, str, bytes]]
"""By path: status, where it redirects to, and the body. Other paths are answered when all ends."""


class Server(ThreadingHTTPServer):
    """Answers what it was told to, and remembers who was asked for what."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answers: Answers, handler: "type[Handler]") -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), handler)
        self.answers = answers
        self.asked: list[str] = []
        self.ended = threading.Event()

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who hangs up is part of the story."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    @override
    def log_message(self, format: str, *args: object) -> None:
        return

    def do_GET(self) -> None:
        """Answer."""
        server = self.server
        assert isinstance(server, Server)
        server.asked.append(f"{self.headers['host']}{self.path}")
        path = self.path.partition("?")[0]
        if path not in server.answers:
            server.ended.wait(30)
            return
        status, location, body = server.answers[path]
        self.send_response(status)
        self.send_header("location", location)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def outside(
    folder: Path, answers: Answers, handler: type[Handler] = Handler
) -> Iterator[tuple[Outside, Server]]:
    """Give a way to these servers: those of ``INSIDE`` have an address that nobody may ask."""
    pem = certificate(folder / "outside.pem")
    server = Server(answers, handler)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    here = ("127.0.0.1", server.server_port)
    yield (
        Outside(
            addresses=lambda host: [("10.0.0.7", 443)] if host == INSIDE else [here],
            admits=lambda address: address == "127.0.0.1",
            tls=ssl.create_default_context(cafile=str(pem)),
        ),
        server,
    )
    server.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


def certificate(path: Path) -> Path:
    """Write a key and a certificate of these servers."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "outside")])
    names = x509.SubjectAlternativeName([x509.DNSName(one) for one in (TAG, MEDIA, INSIDE)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    encoding = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(encoding, form, plain) + made.public_bytes(encoding))
    return path

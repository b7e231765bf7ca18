"""Asking servers outside, so that nobody can make us ask our own network, or wait, or choke."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO
from urllib.parse import SplitResult, urljoin

from typing_extensions import override

from takings.ads.rules.outside import HTTPS_PORT, NotPublic, check_address, is_public
from takings.core.errors import Invalid, Unavailable

MOST_REDIRECTS = 3
PIECE_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
Addresses = list[tuple[str, int]]


class OutsideIsSilent(Unavailable):
    """It is away, too slow, or does not speak https."""

    code = "outside_is_silent"
    sentence = "“{host}” did not answer in time."


class OutsideRefuses(Invalid):
    """It answered, with something else."""

    code = "outside_refuses"
    sentence = "“{host}” answered {status} instead of the file."


class OutsideTooLarge(Invalid):
    """More than is read."""

    code = "outside_too_large"
    sentence = "What “{host}” sends is larger than {most} bytes."


def _addresses(host: str) -> Addresses:
    found = socket.getaddrinfo(host, HTTPS_PORT, type=socket.SOCK_STREAM)
    return [(str(address[0]), HTTPS_PORT) for *_, address in found]


class _Connection(http.client.HTTPSConnection):
    """A connection to an address that was looked at, whatever the name leads to by then."""

    def __init__(
        self, host: str, *, to: tuple[str, int], tls: ssl.SSLContext, within_s: float
    ) -> None:
        super().__init__(host, timeout=within_s, context=tls)
        self._to, self._tls = to, tls
        self.is_late = False

    @override
    def connect(self) -> None:
        plain = socket.create_connection(self._to, timeout=self.timeout)
        self.sock = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self.sock.do_handshake()

    def abort(self) -> None:
        """End it from another thread: each single read may be quick, all of them too slow."""
        self.is_late = True
        if self.sock is not None:
            try:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
            except OSError:
                return  # it has just ended by itself


class Outside:
    """Servers outside. Tests give other addresses, and whom they trust."""

    def __init__(
        self,
        *,
        addresses: Callable[[str], Addresses] = _addresses,
        admits: Callable[[str], bool] = is_public,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Ask nobody yet."""
        self._addresses = addresses
        self._admits = admits
        self.tls = tls or ssl.create_default_context()

    def fetch(self, url: str, *, most_bytes: int, within_s: float) -> bytes:
        """Return what an address holds; each server on the way gets so many seconds.

        Refuses: BadOutsideAddress, NotPublic, OutsideIsSilent, OutsideRefuses, OutsideTooLarge.
        """
        held = BytesIO()
        self.stream(url, to=held, most_bytes=most_bytes, within_s=within_s)
        return held.getvalue()

    def stream(
        self,
        url: str,
        *,
        to: BinaryIO,
        most_bytes: int,
        within_s: float,
        redirects: int = MOST_REDIRECTS,
    ) -> int:
        """Write what an address holds to a file, piece by piece; return its length in bytes.

        Refuses: as ``fetch``; what was written by then is nothing's.
        """
        parts = check_address(url)
        to.truncate(to.seek(0))
        status, location = self._ask(parts, to=to, most_bytes=most_bytes, within_s=within_s)
        if status in _REDIRECTS and redirects:
            return self.stream(
                urljoin(url, location),
                to=to,
                most_bytes=most_bytes,
                within_s=within_s,
                redirects=redirects - 1,
            )
        if status != http.client.OK:
            raise OutsideRefuses(host=parts.hostname, status=status)
        if to.tell() > most_bytes:
            raise OutsideTooLarge(host=parts.hostname, most=most_bytes)
        return to.tell()

    def _ask(
        self, parts: SplitResult, *, to: BinaryIO, most_bytes: int, within_s: float
    ) -> tuple[int, str]:
        """Return status and where it redirects to; write one byte more than is wanted at most."""
        host = parts.hostname or ""
        connection = _Connection(host, to=self.place(host), tls=self.tls, within_s=within_s)
        timer = threading.Timer(within_s, connection.abort)
        timer.daemon = True
        timer.start()
        try:
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            connection.request("GET", target, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            while piece := answer.read(min(PIECE_BYTES, most_bytes + 1 - to.tell())):
                to.write(piece)
        except (OSError, http.client.HTTPException):
            raise OutsideIsSilent(host=host) from None
        finally:
            timer.cancel()
            connection.close()
        if connection.is_late:
            raise OutsideIsSilent(host=host)
        return answer.status, answer.headers.get("location", "")

    def place(self, host: str) -> tuple[str, int]:
        """Return an address of a server that may be asked. Refuses: OutsideIsSilent, NotPublic."""
        try:
            found = self._addresses(host)
        except (OSError, UnicodeError):
            raise OutsideIsSilent(host=host) from None
        if not all(self._admits(address) for address, _ in found):
            raise NotPublic(host=host)
        return found[0]


OUTSIDE = Outside()

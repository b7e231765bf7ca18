"""What must hold before anything starts; each miss is one sentence."""

import errno
import ipaddress
import os
import shutil
import socket
from pathlib import Path

from takings.core.errors import Conflict, Forbidden, Invalid, Refusal, Unavailable

ROOM_TO_START_BYTES = 300_000_000
PRIVILEGED_PORTS = 1024


class PortBusy(Conflict):
    """Another program listens there."""

    code = "port_busy"
    sentence = (
        "Port {port} on {address} is taken by another program. Stop it, or choose another port: "
        "takings up --port {other} (make run PORT={other})."
    )


class PortForbidden(Forbidden):
    """Ports below 1024 are for root."""

    code = "port_forbidden"
    sentence = "You may not listen on port {port} of {address}; choose one from 1024 upwards."


class NoSuchAddress(Invalid):
    """The address is not one of this machine's."""

    code = "no_such_address"
    sentence = "{address} is no address of this machine; 127.0.0.1 always is."


class DemoInPublic(Forbidden):
    """The demo's passwords are printed on its sign-in page."""

    code = "demo_in_public"
    sentence = (
        "{address} can be reached from outside, and the demo shows its passwords to everyone. "
        "Use 127.0.0.1, leave --demo away, or insist with --demo-on-a-public-address."
    )


class DiskFull(Unavailable):
    """There is no room to work."""

    code = "disk_full"
    sentence = (
        "Only {free_mb} MB are free on the disk of {folder}; Takings needs {needed_mb} MB. "
        "Free some space, or name a folder on another disk in TAKINGS_HOME."
    )


class HomeNotWritable(Forbidden):
    """The data home cannot be written."""

    code = "home_not_writable"
    sentence = (
        "{folder} cannot be written ({why}). Correct its permissions, or name another folder "
        "in TAKINGS_HOME."
    )


class SystemRefused(Unavailable):
    """The operating system refused; the sentence is its own."""

    code = "system_refused"
    sentence = "{why}"


def check_home(*, home: Path, needed_bytes: int = ROOM_TO_START_BYTES) -> None:
    """Refuse a data home that cannot be written or lies on a full disk; makes the folder."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        probe = home / f".probe-{os.getpid()}"
        probe.write_bytes(b"writable")
        probe.unlink()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise HomeNotWritable(folder=home, why=error.strerror) from error
    free = shutil.disk_usage(home).free
    if free < needed_bytes:
        raise DiskFull(folder=home, free_mb=free // 1_000_000, needed_mb=needed_bytes // 1_000_000)


def check_address(*, address: str, port: int) -> None:
    """Refuse a port that is taken or forbidden, and an address that is not ours."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen()
        except (PermissionError, socket.gaierror, OverflowError, OSError) as error:
            raise _refusal_of_address(error, address=address, port=port) from error


def check_demo_address(*, address: str, insisted: bool) -> None:
    """Refuse to show the demo to the world unless somebody insisted."""
    if not is_loopback(address=address) and not insisted:
        raise DemoInPublic(address=address)


def is_loopback(*, address: str) -> bool:
    """Tell whether only this machine can reach the address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def sentence_of(error: OSError, *, home: Path) -> Refusal:
    """Return the refusal that says what the operating system meant."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = shutil.disk_usage(home if home.exists() else Path("/")).free
        return DiskFull(
            folder=home,
            free_mb=free // 1_000_000,
            needed_mb=ROOM_TO_START_BYTES // 1_000_000,
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return HomeNotWritable(folder=error.filename or home, why=error.strerror)
    where = f"{error.filename}: " if error.filename else ""
    return SystemRefused(why=f"{where}{error.strerror or error}.")


def _refusal_of_address(error: OSError | OverflowError, *, address: str, port: int) -> Refusal:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return PortBusy(address=address, port=port, other=port + 1)
    if isinstance(error, PermissionError) and port < PRIVILEGED_PORTS:
        return PortForbidden(address=address, port=port)
    return NoSuchAddress(address=address)

"""Before anything starts: each miss is one sentence that says what to do."""

import errno
import os
import socket
from pathlib import Path

import pytest

from takings.host import checks


def test_a_taken_port_is_named_with_a_free_way_out() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(checks.PortBusy, match=f"Port {port} .* --port {port + 1}"):
            checks.check_address(address="127.0.0.1", port=port)


def test_a_free_port_is_fine() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    checks.check_address(address="127.0.0.1", port=port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(checks.NoSuchAddress, match=r"203\.0\.113\.7"):
        checks.check_address(address="203.0.113.7", port=8000)


@pytest.mark.parametrize(
    ("address", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - only compared
        ("192.0.2.1", False),
        ("::", False),
        ("example.org", False),
    ],
)
def test_the_demo_listens_to_this_machine_only_unless_told(
    address: str, *, is_loopback: bool
) -> None:
    checks.check_demo_address(address=address, insisted=True)
    if is_loopback:
        checks.check_demo_address(address=address, insisted=False)
        return
    with pytest.raises(checks.DemoInPublic, match="--demo-on-a-public-address"):
        checks.check_demo_address(address=address, insisted=False)


def test_a_full_disk_is_said_before_it_hurts(tmp_path: Path) -> None:
    with pytest.raises(checks.DiskFull, match="TAKINGS_HOME"):
        checks.check_home(home=tmp_path, needed_bytes=10**18)
    assert not list(tmp_path.iterdir())


def test_a_home_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(checks.HomeNotWritable, match="Not a directory"):
        checks.check_home(home=tmp_path / "file" / "data")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, checks.DiskFull),
        (errno.EDQUOT, checks.DiskFull),
        (errno.EACCES, checks.HomeNotWritable),
        (errno.EROFS, checks.HomeNotWritable),
        (errno.EMFILE, checks.SystemRefused),
    ],
)
def test_what_the_system_refuses_becomes_a_sentence(
    number: int, kind: type[Exception], tmp_path: Path
) -> None:
    error = OSError(number, os.strerror(number), str(tmp_path / "x"))
    refusal = checks.sentence_of(error, home=tmp_path)
    assert isinstance(refusal, kind)
    assert str(refusal).endswith(".")

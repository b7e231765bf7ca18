"""PostgreSQL's own tools, run as our children: base backup, its verification, dump and restore."""

import hashlib
import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from takings.core.errors import Unavailable
from takings.core.progress import Progress
from takings.host import child
from takings.host.backup.copying import MB, digest_of
from takings.host.postgres.cluster import SUPERUSER
from takings.host.postgres.place import Place
from takings.host.postgres.program import Program

LOOK_AGAIN_S = 0.1
KB_PER_MB = 1000
COPIED = re.compile(r"(\d+)/(\d+) kB")
STEP = "Database (MB)"


class ToolFailed(Unavailable):
    """One of PostgreSQL's tools gave up."""

    code = "tool_failed"
    sentence = "{tool} gave up: {why}"


class CopyWrong(Unavailable):
    """What was written is not what PostgreSQL sent."""

    code = "copy_wrong"
    sentence = "{path} did not arrive on the disk as the database sent it; look at that disk."


class NoTool(Unavailable):
    """The PostgreSQL here came without it."""

    code = "no_tool"
    sentence = "{folder} has no {tool}; point TAKINGS_PG_BIN at a whole PostgreSQL installation."


def copy_cluster(*, place: Place, program: Program, folder: Path, progress: Progress) -> None:
    """Copy the running cluster with the log it needs."""

    def watch(line: str) -> None:
        if found := COPIED.search(line):
            progress(STEP, int(found[1]) // KB_PER_MB, int(found[2]) // KB_PER_MB)

    words = ["-h", str(place.sockets), "-U", SUPERUSER, "-D", str(folder), "-X", "stream"]
    words += ["-c", "fast", "-P", "-w", "--manifest-checksums=SHA256", "--label=takings backup"]
    _run(program=program, tool="pg_basebackup", words=words, watch=watch)


def verify_cluster(*, program: Program, folder: Path) -> dict[str, str]:
    """Read a copied cluster back against its own manifest; return the digest of every file.

    What pg_verifybackup does, which ends with a segmentation fault in the wheel (0.6, x86-64).
    Refuses :class:`CopyWrong`.
    """
    text = (folder / "backup_manifest").read_bytes()
    manifest = json.loads(text)
    before = text[: text.rindex(b'"Manifest-Checksum"')]
    if hashlib.sha256(before).hexdigest() != manifest["Manifest-Checksum"]:
        raise CopyWrong(path="backup_manifest")
    digests = {
        path.relative_to(folder).as_posix(): digest_of(path=path)[0]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    for file in manifest["Files"]:
        if digests.get(file["Path"]) != file["Checksum"]:
            raise CopyWrong(path=file["Path"])
    for part in manifest["WAL-Ranges"]:
        words = ["-q", "-p", str(folder / "pg_wal"), "-t", str(part["Timeline"])]
        words += ["-s", part["Start-LSN"], "-e", part["End-LSN"]]
        _run(program=program, tool="pg_waldump", words=words)
    return digests


def dump_database(*, url: str, program: Program, file: Path, progress: Progress) -> None:
    """Dump the database of this address as of one snapshot, and read the dump back."""

    def watch(_: str) -> None:
        size = file.stat().st_size // MB if file.exists() else 0
        progress(STEP, size, size)

    file.touch(mode=0o600)
    words = ["-d", _without_password(url), "-Fc", "-w", "-f", str(file)]
    _run(program=program, tool="pg_dump", words=words, password=_password(url), watch=watch)
    _run(program=program, tool="pg_restore", words=["-f", os.devnull, str(file)])


def load_database(*, url: str, program: Program, file: Path) -> None:
    """Load a dump into an empty database: all of it or nothing."""
    words = ["-d", _without_password(url), "-w", "--no-owner", "--no-privileges"]
    words += ["--single-transaction", "--exit-on-error", str(file)]
    _run(program=program, tool="pg_restore", words=words, password=_password(url))


def _run(
    *,
    program: Program,
    tool: str,
    words: Sequence[str],
    password: str = "",
    watch: Callable[[str], None] = lambda _: None,
) -> None:
    """Run a tool to its end; whatever interrupts us ends it, too."""
    path = program.folder / tool
    if not path.exists():
        raise NoTool(folder=program.folder, tool=tool)
    with tempfile.TemporaryFile() as output:
        spawn = child.Spawn(
            words=[str(path), *words],
            runner=child.Runner(name="ourselves"),
            death_signal=signal.SIGTERM,
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "PGPASSWORD": password},
            output=output,
        )
        process = child.start(spawn=spawn)
        try:
            while process.poll() is None:
                watch(_last_line(output.fileno()))
                _wait(process)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if process.returncode:
            raise ToolFailed(tool=tool, why=_last_line(output.fileno(), complaint=True))


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(LOOK_AGAIN_S)
    except subprocess.TimeoutExpired:
        return


def _last_line(descriptor: int, *, complaint: bool = False) -> str:
    size = os.fstat(descriptor).st_size
    text = os.pread(descriptor, 4096, max(size - 4096, 0)).decode(errors="replace")
    lines = text.replace("\r", "\n").split("\n")
    if complaint:
        said = [line.partition("error: ")[2] for line in lines if "error: " in line]
        return (said[0].rstrip(".") if said else "it did not say why") + "."
    return next((line for line in reversed(lines) if line.strip()), "")


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _without_password(url: str) -> str:
    """Return the address as a command line may show it."""
    netloc = urlsplit(url).netloc
    before, _, after = netloc.rpartition("@")
    return url.replace(netloc, f"{before.partition(':')[0]}@{after}", 1) if before else url

"""What a backup says of itself, and the proof that it is still all there."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from takings.core.errors import Conflict, Invalid
from takings.core.progress import Progress
from takings.host.backup.copying import MB, digest_of

FORMAT = 1
MANIFEST, FILES, CONTENTS, DATABASE = "manifest.json", "files.sha256", "files", "database"
DUMP = "database.dump"
Kind = Literal["cluster", "dump"]


class NotABackup(Invalid):
    """The folder is not a finished backup."""

    code = "not_a_backup"
    sentence = "{folder} is not a finished backup: {why}."


class BackupDamaged(Conflict):
    """A file of the backup is not what was written."""

    code = "backup_damaged"
    sentence = (
        "The backup {folder} is damaged: {path} {how}. Nothing was restored; use another one."
    )


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A backup: its database is that of the instant ``database_at``; `--to` cannot go before it."""

    kind: Kind
    began_at: dt.datetime
    database_at: dt.datetime
    finished_at: dt.datetime
    takings: str
    postgres_major: int
    home: str
    archive: str | None
    file_count: int
    byte_count: int
    files_sha256: str
    format: int = FORMAT


def write_manifest(*, folder: Path, manifest: Manifest) -> None:
    """Write the manifest with its own digest; the last file of a backup."""
    facts = {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in asdict(manifest).items()
    }
    text = json.dumps(facts | {"sha256": _seal(facts)}, indent=2)
    (folder / MANIFEST).touch(mode=0o600)
    (folder / MANIFEST).write_text(text + "\n")


def write_digests(*, folder: Path, digests: Mapping[str, str]) -> str:
    """Write the list of files, as `sha256sum` does; returns the digest of the list."""
    text = "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))
    (folder / FILES).touch(mode=0o600)
    (folder / FILES).write_text(text)
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(*, folder: Path) -> Manifest:
    """Return what a backup says of itself; refuses `NotABackup` and `BackupDamaged`."""
    if not folder.is_dir():
        raise NotABackup(folder=folder, why="there is no such folder")
    path = folder / MANIFEST
    if not path.exists():
        raise NotABackup(folder=folder, why="it has no manifest, so it was interrupted")
    try:
        facts: dict[str, Any] = json.loads(path.read_text())
        seal = facts.pop("sha256")
    except (ValueError, KeyError, AttributeError) as error:
        raise BackupDamaged(folder=folder, path=MANIFEST, how="cannot be read") from error
    if facts.get("format") != FORMAT:
        why = f"its format is {facts.get('format')}, and this Takings reads {FORMAT}"
        raise NotABackup(folder=folder, why=why)
    if seal != _seal(facts):
        raise BackupDamaged(folder=folder, path=MANIFEST, how="was changed")
    moments = (field.name for field in fields(Manifest) if field.name.endswith("_at"))
    return Manifest(**facts | {name: dt.datetime.fromisoformat(facts[name]) for name in moments})


def verified_files(*, folder: Path, manifest: Manifest, progress: Progress) -> dict[str, str]:
    """Read the whole backup; return its files by path. Refuses `BackupDamaged`, naming the file."""
    try:
        listed = (folder / FILES).read_bytes()
    except FileNotFoundError as error:
        raise BackupDamaged(folder=folder, path=FILES, how="is missing") from error
    if hashlib.sha256(listed).hexdigest() != manifest.files_sha256:
        raise BackupDamaged(folder=folder, path=FILES, how="was changed")
    digests = {line[66:]: line[:64] for line in listed.decode().splitlines()}
    done = 0
    for path, digest in digests.items():
        try:
            found, size = digest_of(path=folder / path)
        except FileNotFoundError as error:
            raise BackupDamaged(folder=folder, path=path, how="is missing") from error
        if found != digest:
            raise BackupDamaged(folder=folder, path=path, how="was changed")
        done += size
        progress("Verifying (MB)", done // MB, manifest.byte_count // MB)
    return digests


def _seal(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

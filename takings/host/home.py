"""The data home: where everything that must survive lies (`./data` or `TAKINGS_HOME`)."""

import os
import secrets
from functools import cache
from pathlib import Path


def flag(name: str) -> bool:
    """Tell whether an environment variable says yes."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


@cache
def data_home() -> Path:
    """Return the data home; it need not exist yet."""
    return Path(os.environ.get("TAKINGS_HOME") or "data").absolute()


def media_home() -> Path:
    """Return the folder of media: sources, segments, posters."""
    return data_home() / "media"


def events_home() -> Path:
    """Return the folder of the collector's segment log."""
    return data_home() / "events"


def lake_home() -> Path:
    """Return the folder of the event lake (Iceberg's warehouse)."""
    return data_home() / "lake"


def secret_key() -> str:
    """Return the signing secret: from `TAKINGS_SECRET_KEY`, else made once and kept (mode 600)."""
    if given := os.environ.get("TAKINGS_SECRET_KEY"):
        return given
    kept = data_home() / "secret.key"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, kept)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return kept.read_text()

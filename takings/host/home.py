"""The data home: where everything that must survive lies (`./data` or `TAKINGS_HOME`)."""

import os
import secrets
from functools import cache
from pathlib import Path

from takings.host.environment import setting


@cache
def data_home() -> Path:
    """Return the data home; it need not exist yet."""
    return Path(setting("TAKINGS_HOME")).absolute()


def media_home() -> Path:
    """Return the folder of media: sources, segments, posters."""
    return data_home() / "media"


def events_home() -> Path:
    """Return the folder of the collector's segment log."""
    return data_home() / "events"


def lake_home() -> Path:
    """Return the folder of the event lake (Iceberg's warehouse)."""
    return data_home() / "lake"


def networks_home() -> Path:
    """Return the folder of the operator's lists of networks."""
    return Path(setting("TAKINGS_NETWORKS") or data_home() / "networks")


def tree_heads() -> Path:
    """Return the file of signed tree heads of the books: `TAKINGS_TREE_HEADS`, else in the home."""
    return Path(setting("TAKINGS_TREE_HEADS") or data_home() / "tree-heads.jsonl")


def secret_key() -> str:
    """Return the secret that signs cookies and tokens: `TAKINGS_SECRET_KEY`, else kept here."""
    return setting("TAKINGS_SECRET_KEY") or _kept_secret("secret.key")


def seal_key() -> str:
    """Return the secret that signs the books: `TAKINGS_SEAL_KEY`, else kept here."""
    return setting("TAKINGS_SEAL_KEY") or _kept_secret("seal.key")


def vault_key() -> str:
    """Return the secrets that encrypt what is sealed: `TAKINGS_VAULT_KEY`, else one kept here."""
    return setting("TAKINGS_VAULT_KEY") or _kept_secret("vault.key")


def _kept_secret(name: str) -> str:
    """Return a secret of the data home, made once (mode 600)."""
    kept = data_home() / name
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

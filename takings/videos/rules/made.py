"""What the transcoder says of its work: the file ``made.json`` beside the segments."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Made:
    """A finished clip: upright pixels of the largest rendition, length, whether it has sound.

    ``renditions`` are the folders' names, largest first; ``gain_db`` what loudness normalisation
    added; ``frames_per_second`` the rate that all renditions share.
    """

    duration_ms: int
    width: int
    height: int
    has_audio: bool
    frames_per_second: int
    gain_db: float
    renditions: tuple[str, ...]

    def to_json(self) -> str:
        """Return the text of ``made.json``."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)


def read_made(text: str) -> Made:
    """Return what a ``made.json`` says."""
    fields = json.loads(text)
    return Made(**{**fields, "renditions": tuple(fields["renditions"])})

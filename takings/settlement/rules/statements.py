"""What a statement says, byte for byte, so that its digest can be checked by anybody."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from takings.settlement.rules.posting import PRODUCT, named


@dataclass(frozen=True, slots=True, order=True)
class StatementLine:
    """One line of a statement: a video's views of one day in one country, and what they earned."""

    country: str
    day: dt.date
    video_id: UUID
    views: int
    amount_micros: int
    product: str = PRODUCT


@dataclass(frozen=True, slots=True, order=True)
class SplitShare:
    """A part of a line that went to another creator (negative) or came from one (positive)."""

    country: str
    day: dt.date
    video_id: UUID
    other_id: int
    amount_micros: int
    product: str = PRODUCT


@dataclass(frozen=True, slots=True)
class StatementContent:
    """Everything a statement says; ``lines`` and ``splits`` in any order.

    After a correction ``revision`` is 2 or more, and ``replaces`` the digest of the one before.
    """

    period: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    creator_id: int
    currency: str
    policy_version: str
    lines: tuple[StatementLine, ...]
    splits: tuple[SplitShare, ...] = ()
    revision: int = 1
    replaces: str = ""

    @property
    def views(self) -> int:
        """All counted views: those of a video, day and country once."""
        return counted_once(
            ((line.country, line.day, line.video_id), line.views) for line in self.lines
        )

    @property
    def amount_micros(self) -> int:
        """The sum of the lines, less what others got of them, and what others gave."""
        own = sum(line.amount_micros for line in self.lines)
        return own + sum(part.amount_micros for part in self.splits)

    def canonical(self) -> bytes:
        """Return the content as JSON with sorted keys and sorted lines: one content, one text."""
        content: dict[str, object] = {
            "period": self.period,
            "starts_at": self.starts_at.astimezone(dt.UTC).isoformat(),
            "ends_at": self.ends_at.astimezone(dt.UTC).isoformat(),
            "creator": self.creator_id,
            "currency": self.currency,
            "policy": self.policy_version,
            "views": self.views,
            "amount_micros": self.amount_micros,
            "lines": [
                [
                    line.country,
                    line.day.isoformat(),
                    str(line.video_id),
                    line.views,
                    line.amount_micros,
                    *named(line.product),
                ]
                for line in sorted(self.lines)
            ],
        }
        if self.splits:  # a statement without any reads as it did before there were splits
            content["splits"] = [
                [
                    part.country,
                    part.day.isoformat(),
                    str(part.video_id),
                    part.other_id,
                    part.amount_micros,
                    *named(part.product),
                ]
                for part in sorted(self.splits)
            ]
        if self.replaces:
            content |= {"revision": self.revision, "replaces": self.replaces}
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

    def digest(self) -> str:
        """Return the SHA-256 of the canonical text, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def counted_once(rows: Iterable[tuple[tuple[str, dt.date, UUID], int]]) -> int:
    """Return how many views these are: the same ones may earn in several products' pools."""
    seen: dict[tuple[str, dt.date, UUID], int] = {}
    for key, views in rows:
        seen[key] = max(seen.get(key, 0), views)
    return sum(seen.values())


def digest_rows(rows: Iterable[tuple[object, ...]]) -> str:
    """Return the SHA-256 of rows as sorted lines of text: the same rows, the same digest."""
    lines = sorted("\t".join(str(cell) for cell in row) for row in rows)
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()

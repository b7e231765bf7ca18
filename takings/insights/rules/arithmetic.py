"""The sums behind a line, step by step with exact fractions, and where a micro-unit went.

These steps retell ``settlement.rules.methods.creator_pool``; a test holds them to its results.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from takings.insights.rules.exact import (
    count,
    exact_money,
    micros,
    of_micros,
    percent,
    permille,
)
from takings.insights.rules.reader import Whose, start
from takings.insights.rules.trace import Part, Step, Zoom
from takings.money import Money, allocate, format_money
from takings.policies.rules import PoolRule

_TRACKS = ("no track", "one track", "two tracks")


@dataclass(frozen=True, slots=True)
class PoolNumbers:
    """A country's pool and the counted views in it.

    ``sharing_views`` are those of creators who share, by the number of tracks in the video.
    """

    total: Money
    views: int
    sharing_views: Mapping[int, int]
    rule: PoolRule

    @property
    def sharing(self) -> int:
        """All counted views of creators who share."""
        return sum(self.sharing_views.values())

    @property
    def kept_views(self) -> Fraction:
        """The sharing creators' views, each weighed by what music leaves of it."""
        weighed = (
            views * self.rule.pool_part(tracks=tracks)
            for tracks, views in self.sharing_views.items()
        )
        return sum(weighed, Fraction(0))

    @property
    def allocation(self) -> Fraction:
        """The creators' pool before their share is taken, in micro-units, exact."""
        return self.total.micros * self.kept_views / (self.views or 1)

    def creator_part(self, views: int) -> Fraction:
        """Return the allocation of a creator with so many views, in micro-units, exact."""
        return self.allocation * views / (self.sharing or 1)

    def creator_exact(self, views: int) -> Fraction:
        """Return what such a creator is paid, in micro-units, before the one rounding."""
        return self.creator_part(views) * self.rule.creator_share.ratio


@dataclass(frozen=True, slots=True)
class LineNumbers:
    """One creator's country, and the line of one video and day in it."""

    creator_views: int
    creator_amount: Money
    line_views: int
    line_amount: Money

    @property
    def line_exact(self) -> Fraction:
        """The line's exact part of the creator's amount, in micro-units."""
        return Fraction(self.creator_amount.micros * self.line_views, self.creator_views or 1)


def music_steps(pool: PoolNumbers) -> tuple[Step, ...]:
    """Return how music comes out of the pool: views by tracks, then the creators' pool."""
    weighed = tuple(
        Step(
            what=f"Views with {tracks_words(tracks)}",
            formula=f"{count(views)} × {_part_words(pool.rule.pool_part(tracks=tracks))}",
            result=micros(views * pool.rule.pool_part(tracks=tracks)),
        )
        for tracks, views in sorted(pool.sharing_views.items())
    )
    code = pool.total.currency
    left = Step(
        what="Creators' pool",
        formula=f"{_units(pool.total)} × {micros(pool.kept_views)} / {count(pool.views)}",
        result=exact_money(pool.allocation, code),
    )
    return (*weighed, left)


def share_steps(pool: PoolNumbers, line: LineNumbers, *, by: Whose) -> tuple[Step, ...]:
    """Return the creator's part of the creators' pool, and the share of it that is paid."""
    code = pool.total.currency
    part, paid = pool.creator_part(line.creator_views), pool.creator_exact(line.creator_views)
    share = percent(pool.rule.creator_share.ratio)
    views = f"{count(line.creator_views)} / {count(pool.sharing)}"
    return (
        Step(
            what=start(f"{by.possessive} part"),
            formula=f"{exact_money(pool.allocation, code)} × {views} views",
            result=exact_money(part, code),
        ),
        Step(
            what="Creator share",
            formula=f"{exact_money(part, code)} × {share}",
            result=exact_money(paid, code),
        ),
        rounding_step(paid, line.creator_amount, whole="the pool"),
    )


def line_steps(line: LineNumbers, *, by: Whose) -> tuple[Step, ...]:
    """Return the line's part of the creator's amount in this country."""
    code = line.line_amount.currency
    views = f"{count(line.line_views)} / {count(line.creator_views)}"
    return (
        Step(
            what="By views",
            formula=f"{_exact(line.creator_amount)} × {views} views",
            result=exact_money(line.line_exact, code),
        ),
        rounding_step(line.line_exact, line.line_amount, whole=f"{by.possessive} amount"),
    )


def rounding_step(exact: Fraction, given: Money, *, whole: str) -> Step:
    """Return what the one rounding did: nothing, down, or one micro-unit up, and why."""
    if given.micros == exact:
        why = f"{count(given.micros)} micro-units exactly: nothing to round"
    elif abs(given.micros - exact) >= 1:
        why = f"{micros(exact)} micro-units do not explain this amount: please report it"
    elif given.micros > exact:
        why = f"{micros(exact)} micro-units; one left over from {whole} came here"
    else:
        why = f"{micros(exact)} micro-units, rounded down; the rest went to larger remainders"
    return Step(what="Whole micro-units", formula=why, result=_exact(given))


def zooms(pool: PoolNumbers, line: LineNumbers, *, place: str, by: Whose) -> tuple[Zoom, ...]:
    """Return the picture from the whole pool of ``place`` down to the line."""
    code = pool.total.currency
    allocation = Money(int(pool.allocation), code)
    part = Money(int(pool.creator_part(line.creator_views)), code)
    share = pool.rule.creator_share.ratio
    return (
        Zoom(
            whole=f"All ad money of {place}",
            amount=pool.total,
            part=f"{_rough(allocation.micros, pool.total.micros)} is the creators' pool",
            permille=permille(allocation.micros, pool.total.micros),
        ),
        Zoom(
            whole="Creators' pool, after music",
            amount=allocation,
            part=f"{count(line.creator_views)} of {count(pool.sharing)} views are {by.pronoun}",
            permille=permille(line.creator_views, pool.sharing),
        ),
        Zoom(
            whole=f"What {by.possessive} views stand for",
            amount=part,
            part=f"{percent(share)} is paid to {by.subject}",
            permille=int(share * 1000),
        ),
        Zoom(
            whole=start(f"{by.pronoun} from {place}"),
            amount=line.creator_amount,
            part=f"{count(line.line_views)} of {count(line.creator_views)} views on this line",
            permille=permille(line.line_views, line.creator_views),
        ),
    )


def tracks_words(tracks: int) -> str:
    """Return ``no track``, ``one track``, ``3 tracks``."""
    return _TRACKS[tracks] if tracks < len(_TRACKS) else f"{tracks} tracks"


def _part_words(part: Fraction) -> str:
    return str(part.numerator) if part.denominator == 1 else f"{part.numerator}/{part.denominator}"


def _units(amount: Money) -> str:
    """Return an amount without its sign of currency, for formulas: ``100,000``."""
    value = of_micros(amount)
    return (
        count(value.numerator) if value.denominator == 1 else f"{amount.decimal():,f}".rstrip("0")
    )


def _exact(amount: Money) -> str:
    return format_money(amount, exact=True)


def _rough(part: int, whole: int) -> str:
    """Return a share for a picture's caption: ``90 %``, ``0.4 %``, ``under 0.1 %``."""
    tenths = permille(part, whole)
    if part and not tenths:
        return "under 0.1 %"
    return f"{tenths // 10}.{tenths % 10} %" if tenths % 10 else f"{tenths // 10} %"


def split_parts(price: Money, *, creators: int, rights: int, platform: int) -> tuple[Part, ...]:
    """Return a price's part in each share of its pool, by largest remainder, so it sums to it."""
    shares = {"Creators": creators, "Rights holders of the music": rights, "Platform": platform}
    whole = creators + rights + platform
    parts = allocate(price.micros, shares)
    return tuple(
        Part(
            label=name,
            note=f"{percent(Fraction(shares[name], whole))} of the pool",
            amount=Money(micros, price.currency),
            tone="here" if name == "Creators" else "quiet",
        )
        for name, micros in parts.items()
    )

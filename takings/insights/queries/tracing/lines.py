"""The trace of one final line: from the advertisers' deposits to the creator's account."""

from dataclasses import dataclass

from takings.core.errors import NotFound
from takings.insights.queries.earnings import period_facts
from takings.insights.queries.earnings.shares import pool_numbers, tracks_of
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.booking import booking_stop, payable_stop
from takings.insights.queries.tracing.direct import direct_stops
from takings.insights.queries.tracing.money_in import money_in_stops, result_of
from takings.insights.queries.tracing.products import numbers_of, product_stops
from takings.insights.queries.tracing.showings import FEW, Place, showings_stop
from takings.insights.rules.arithmetic import (
    LineNumbers,
    PoolNumbers,
    line_steps,
    music_steps,
    share_steps,
    zooms,
)
from takings.insights.rules.reader import Reader, Whose, start, whose
from takings.insights.rules.trace import Fact, Part, Ref, Stop, Trace
from takings.insights.rules.words import (
    country_words,
    day_words,
    engaged_words,
    place_words,
    policy_card,
    product_words,
)
from takings.money import Money
from takings.policies.queries import policy
from takings.policies.rules import DIRECT, WATCH_ADS
from takings.settlement.models import PoolResult, ShareLine
from takings.settlement.queries import share_line
from takings.settlement.rules import PRODUCT, PoolKey


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything the stops of a line speak of."""

    line: ShareLine
    result: PoolResult
    pool: PoolNumbers
    numbers: LineNumbers
    by: Whose

    @property
    def place(self) -> str:
        return place_words(self.line.country)


def trace_line(*, line_id: int, reader: Reader, views: int = FEW) -> Trace:
    """Return the way of a final line's money; ``views`` showings are listed.

    Refuses NothingHere when there is no such line, or it is somebody else's.
    """
    try:
        line = share_line(id=line_id)
    except NotFound as unknown:
        raise NothingHere(id=line_id) from unknown
    if not reader.owns_creator(line.creator_id):
        raise NothingHere(id=line_id)
    key = PoolKey(line.period.name, line.country, line.currency, line.product)
    by = whose(handle=line.creator.handle, creator_id=line.creator_id, reader=reader)
    case = _case(line, by) if key.product == PRODUCT else None
    place = Place(line.creator_id, line.video_id, line.day, line.country)
    return Trace(
        ref=Ref("line", str(line.pk)),
        title=f"“{line.video.title}”, {day_words(line.day)}",
        sentence=(
            f"“{line.video.title}” by @{line.creator.handle} earned this on {day_words(line.day)} "
            f"in {place_words(line.country)}, with {_with(line)}."
        ),
        amount=Money(line.amount_micros, line.currency),
        status="final",
        stops=(
            *(
                direct_stops(line, by=by)
                if key.is_direct
                else (
                    *money_in_stops(key=key, reader=reader),
                    *((_music(case), _share(case), _here(case)) if case else _other(line, key, by)),
                    showings_stop(place, period=period_facts(period=line.period), limit=views),
                    booking_stop(line=line),
                )
            ),
            payable_stop(line=line, by=by),
        ),
        zooms=zooms(case.pool, case.numbers, place=case.place, by=by) if case else (),
        policy=policy_card(policy(line.period.policy_version)),
    )


def _with(line: ShareLine) -> str:
    if line.product == WATCH_ADS:
        return "ads inside it"
    is_direct = line.product in DIRECT
    return product_words(line.product).lower() if is_direct else engaged_words(line.views)


def _other(line: ShareLine, key: PoolKey, by: Whose) -> tuple[Stop, ...]:
    rule = policy(line.period.policy_version).rule_of(line.product)
    return product_stops(line, rule=rule, result=result_of(key), by=by)


def _case(line: ShareLine, by: Whose) -> _Case:
    result = PoolResult.objects.select_related("period").get(
        period=line.period, country=line.country, currency=line.currency, product=line.product
    )
    tracks = tracks_of(period=line.period.name, countries=[line.country])
    return _Case(
        line=line,
        result=result,
        pool=pool_numbers(result, by_tracks=tracks[line.country]),
        numbers=numbers_of(line),
        by=by,
    )


def _music(case: _Case) -> Stop:
    code = case.line.currency
    unshared = case.pool.views - case.pool.sharing
    note = f"{case.result.sharing_views:,} views of creators who share"
    parts = (
        Part("Creators' pool", Money(case.result.allocation_micros, code), note, tone="here"),
        Part(
            "Rights holders of the music",
            Money(case.result.rights_micros, code),
            tone="quiet",
        ),
        Part(
            "Views of creators who do not share",
            Money(
                case.result.total_micros
                - case.result.allocation_micros
                - case.result.rights_micros,
                code,
            ),
            "stays with the platform",
            count=unshared,
            tone="quiet",
        ),
    )
    return Stop(
        kind="music",
        title="Music is paid first",
        sentence=(
            f"The pool is shared by {engaged_words(case.pool.views)} in {case.place}. "
            "A video with music leaves a part of what it stands for to the rights holders: this is "
            f"taken from the pool, never from {case.by.possessive} share."
        ),
        amount=Money(case.result.allocation_micros, code),
        steps=music_steps(case.pool),
        parts=parts if unshared else parts[:2],
    )


def _share(case: _Case) -> Stop:
    numbers = case.numbers
    return Stop(
        kind="share",
        title=start(f"{case.by.possessive} share in {case.place}"),
        sentence=(
            f"{numbers.creator_views:,} of the {case.pool.sharing:,} sharing views were of "
            f"{case.by.possessive} videos. The arithmetic keeps exact fractions and rounds once."
        ),
        amount=numbers.creator_amount,
        steps=share_steps(case.pool, numbers, by=case.by),
    )


def _here(case: _Case) -> Stop:
    line = case.line
    return Stop(
        kind="line",
        title="This amount",
        sentence=(
            f"{start(case.by.possessive)} amount from {case.place} is divided over videos and "
            f"days by engaged views: {line.views:,} on this line."
        ),
        amount=case.numbers.line_amount,
        ref=Ref("line", str(line.pk)),
        facts=(
            Fact("Video", line.video.title, Ref("video", str(line.video_id))),
            Fact("Day", f"{day_words(line.day)} (UTC)"),
            Fact("Country", country_words(line.country)),
        ),
        steps=line_steps(case.numbers, by=case.by),
        here=True,
    )

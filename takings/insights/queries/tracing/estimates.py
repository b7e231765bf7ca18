"""The trace of an estimated line: what it would be if the period closed now."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db.models import Sum
from typing_extensions import override

from takings.core.errors import NotFound
from takings.insights.queries.earnings import line_ref, period_named
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.direct import direct_stops
from takings.insights.queries.tracing.lines import trace_line
from takings.insights.queries.tracing.money_in import money_in_stops
from takings.insights.queries.tracing.products import numbers_of, product_stops
from takings.insights.queries.tracing.showings import FEW, Place, showings_stop
from takings.insights.rules.arithmetic import line_steps
from takings.insights.rules.earnings import PeriodFacts
from takings.insights.rules.exact import count, exact_money
from takings.insights.rules.reader import Reader, Whose, start, whose
from takings.insights.rules.trace import Step, Stop, Trace
from takings.insights.rules.words import day_words, engaged_words, place_words, policy_card
from takings.money import Money, format_money
from takings.policies.queries import policy
from takings.settlement.models import EstimateLine, ShareLine
from takings.settlement.rules import PRODUCT, PoolKey


@dataclass(frozen=True, slots=True)
class LineKey:
    """What an estimated line is about: estimates are replaced, so this is their lasting name."""

    period: str
    country: str
    video_id: UUID
    day: dt.date
    product: str = PRODUCT

    @classmethod
    def parse(cls, text: str) -> "LineKey":
        """Read ``2026-11/DE/<video>/2026-11-14``, with ``/<product>`` unless that is feed ads.

        Refuses NothingHere for anything else.
        """
        try:
            period, country, video_id, day, *product = text.split("/", maxsplit=4)
            return cls(period, country, UUID(video_id), dt.date.fromisoformat(day), *product)
        except ValueError as wrong:
            raise NothingHere(id=text) from wrong

    @override
    def __str__(self) -> str:
        """Write it as it is read."""
        of = "" if self.product == PRODUCT else f"/{self.product}"
        return f"{self.period}/{self.country}/{self.video_id}/{self.day}{of}"


def trace_estimate(*, key: LineKey, reader: Reader, views: int = FEW) -> Trace:
    """Return the trace of an estimate; of the final line, once the period is closed.

    Refuses NothingHere.
    """
    try:
        period = period_named(name=key.period)
    except NotFound as unknown:
        raise NothingHere(id=key) from unknown
    about = {
        "period__name": key.period,
        "country": key.country,
        "video_id": key.video_id,
        "product": key.product,
    }
    if period.is_final:
        final = ShareLine.objects.filter(**about, day=key.day).first()
        if final is None:
            raise NothingHere(id=key)
        return trace_line(line_id=final.pk, reader=reader, views=views)
    rows = EstimateLine.objects.select_related("creator", "video").filter(**about, day=key.day)
    line = rows.first()
    if line is None or not reader.owns_creator(line.creator_id):
        raise NothingHere(id=key)
    return _trace(line, period=period, reader=reader, views=views)


def _trace(line: EstimateLine, *, period: PeriodFacts, reader: Reader, views: int) -> Trace:
    rules = policy(period.policy_version)
    return Trace(
        ref=line_ref(line, period=period.name),
        title=f"“{line.video.title}”, {day_words(line.day)}",
        sentence=(
            f"“{line.video.title}” would earn this for {day_words(line.day)} in "
            f"{place_words(line.country)} if the period closed now. It will change until then."
        ),
        amount=Money(line.amount_micros, line.currency),
        status="estimated",
        stops=_stops(line, period=period, reader=reader, views=views),
        policy=policy_card(rules),
    )


def _stops(
    line: EstimateLine, *, period: PeriodFacts, reader: Reader, views: int
) -> tuple[Stop, ...]:
    by = whose(handle=line.creator.handle, creator_id=line.creator_id, reader=reader)
    place = Place(line.creator_id, line.video_id, line.day, line.country)
    pool = PoolKey(period.name, line.country, line.currency, line.product)
    if pool.is_direct:
        return (*direct_stops(line, by=by), _stated_later(period, by))
    if line.product == PRODUCT:
        sums = _sums(line, by)
    else:
        rule = policy(period.policy_version).rule_of(line.product)
        sums = product_stops(line, rule=rule, result=None, by=by)
    return (
        *money_in_stops(key=pool, reader=reader),
        *sums,
        showings_stop(place, period=period, limit=views),
        _later(period, by),
    )


def _sums(line: EstimateLine, by: Whose) -> tuple[Stop, Stop]:
    """Retell the estimate from its own rows: what all creators would get, then this one's part."""
    rows = EstimateLine.objects.filter(
        period=line.period, country=line.country, currency=line.currency, product=line.product
    )
    whole = rows.aggregate(seen=Sum("views"), micros=Sum("amount_micros"))
    all_creators = Money(int(whole["micros"]), line.currency)
    numbers = numbers_of(line)
    exact = Fraction(all_creators.micros * numbers.creator_views, int(whole["seen"]) or 1)
    place = place_words(line.country)
    share = Stop(
        kind="share",
        title=start(f"{by.possessive} share in {place}, so far"),
        sentence=(
            "After music and the platform's share, creators together would get "
            f"{format_money(all_creators, exact=True)} from the money and views of now."
        ),
        amount=numbers.creator_amount,
        steps=(
            Step(
                what="By views",
                formula=(
                    f"{format_money(all_creators, exact=True)} × {count(numbers.creator_views)} / "
                    f"{count(int(whole['seen']))} views"
                ),
                result=exact_money(exact, line.currency),
            ),
        ),
    )
    here = Stop(
        kind="line",
        title="This amount, estimated",
        sentence=f"{engaged_words(line.views)} on this line.",
        amount=numbers.line_amount,
        steps=line_steps(numbers, by=by),
        here=True,
    )
    return share, here


def _stated_later(period: PeriodFacts, by: Whose) -> Stop:
    return Stop(
        kind="payable",
        title="The close will state it",
        sentence=(
            "This money is booked already. More of it comes until the end of the period, and what "
            f"no person saw goes back; then it is on the statement, and {by.subject} can be paid "
            "after the hold window."
        ),
        at=period.ends_at,
    )


def _later(period: PeriodFacts, by: Whose) -> Stop:
    return Stop(
        kind="payable",
        title="Nothing is booked yet",
        sentence=(
            "An estimate is not money. The close counts again, books the final amount, and the "
            f"statement tells {by.subject} what changed, line by line."
        ),
        at=period.ends_at,
    )

"""The trace of one view: what was watched, what became of it, and the line it is part of."""

from fractions import Fraction
from uuid import UUID

from takings.core import ids
from takings.core.errors import NotFound
from takings.events.queries import Outcome, View, view
from takings.insights.models import Tally
from takings.insights.queries.earnings import line_ref, period_covering
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.products import by_views
from takings.insights.rules.earnings import PeriodFacts
from takings.insights.rules.exact import exact_money
from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Fact, Ref, Step, Stop, Trace
from takings.insights.rules.words import (
    country_words,
    outcome_words,
    place_words,
    policy_card,
    product_words,
    watched_words,
)
from takings.money import Money, format_money
from takings.policies.queries import policy
from takings.policies.rules import Policy
from takings.settlement.models import EstimateLine, ShareLine
from takings.settlement.rules import PRODUCT
from takings.videos.models import Video


def trace_view(*, view_id: UUID, reader: Reader) -> Trace:
    """Return one showing of a reader's video. Refuses NothingHere."""
    try:
        period = period_covering(at=ids.time_of(view_id))
    except ValueError as no_time:
        raise NothingHere(id=view_id) from no_time
    rules = policy(period.policy_version)
    tally = Tally.objects.filter(period__name=period.name).first() if period.is_final else None
    try:
        found = view(
            view_id=view_id, policy=rules, snapshot_id=tally.snapshot_id if tally else None
        )
    except NotFound as unknown:
        raise NothingHere(id=view_id) from unknown
    video = Video.objects.select_related("creator").filter(pk=found.video_id).first()
    if video is None or not reader.owns_creator(video.creator_id):
        raise NothingHere(id=view_id)
    return Trace(
        ref=Ref("view", str(view_id)),
        title=f"One view of “{video.title}”",
        sentence=(
            f"Somebody in {place_words(found.country)} watched “{video.title}” for "
            f"{watched_words(found.watched_ms)}."
        ),
        amount=None,
        status="fact",
        stops=(
            _shown(found, video),
            _outcome(found, video, rules),
            *(stop for line in _lines(found, period) for stop in _earned(found, line, period)),
        ),
        policy=policy_card(rules),
    )


def _lines(found: View, period: PeriodFacts) -> list[ShareLine | EstimateLine]:
    """Return the lines that this view is part of, of each product whose pool goes by views."""
    about = {
        "period__name": period.name,
        "video_id": found.video_id,
        "day": found.day,
        "country": found.country,
    }
    lines: list[ShareLine | EstimateLine] = (
        [*ShareLine.objects.filter(**about)]
        if period.is_final
        else [*EstimateLine.objects.filter(**about)]
    )
    rules = policy(period.policy_version)
    own = [line for line in lines if by_views(rules.rule_of(line.product))]
    return sorted(own, key=lambda line: (line.product != PRODUCT, line.product, line.currency))


def _shown(found: View, video: Video) -> Stop:
    return Stop(
        kind="view",
        title="The video was shown",
        sentence="One showing in one player, from the start until leaving it.",
        at=found.started_at,
        ref=Ref("view", str(found.view_id)),
        facts=(
            Fact("Video", video.title, Ref("video", str(video.pk))),
            Fact("Country", country_words(found.country)),
            Fact("Viewer's mask of the day", found.viewer),
        ),
        here=True,
    )


def _outcome(found: View, video: Video, rules: Policy) -> Stop:
    name, rule = outcome_words(found.outcome, policy=rules)
    counts = found.outcome == Outcome.QUALIFIED
    verdict = "It counts" if counts else f"It does not count: {name.lower()}"
    part_bp = found.watched_ms * 10_000 // video.duration_ms if video.duration_ms else 0
    return Stop(
        kind="outcome",
        title=verdict,
        sentence=f"{rule[:1].upper()}{rule[1:]}." if rule else "",
        steps=(
            Step(
                what="Watched",
                formula=f"{found.watched_ms:,} ms of {video.duration_ms:,} ms",
                result=f"{part_bp / 100:g} %",
            ),
            Step(
                what="Asked for",
                formula=f"{rules.view.min_watch_ms:,} ms or {rules.view.min_percent} %",
                result=name,
            ),
            *(
                (Step(what="Found", formula=f"{found.evidence:,}", result=name),)
                if found.evidence
                else ()
            ),
        ),
    )


def _earned(found: View, line: ShareLine | EstimateLine, period: PeriodFacts) -> tuple[Stop, ...]:
    """Show what this view earned: its exact part of its line, if it counts."""
    if found.outcome != Outcome.QUALIFIED:
        return ()
    amount = Money(line.amount_micros, line.currency)
    each = exact_money(amount.micros / Fraction(line.views), line.currency)
    word = "earned" if period.is_final else "would earn if the period closed now"
    of = "" if line.product == PRODUCT else f" from “{product_words(line.product)}”"
    among = "the only engaged view"
    if line.views > 1:
        among = f"one of {line.views:,} engaged views"
    stop = Stop(
        kind="line",
        title=f"What it {word}{of}",
        sentence=f"It is {among} of the video on that day in that country.",
        amount=amount,
        ref=line_ref(line, period=period.name),
        steps=(
            Step(
                what="One view",
                formula=f"{format_money(amount, exact=True)} / {line.views:,}",
                result=each,
            ),
        ),
    )
    return (stop,)

"""The stops of money that was a creator's from the start: ads inside a video, gifts, sales."""

import datetime as dt
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from takings.ads.models import BilledImpression, Charge
from takings.ads.rules.direct import Pooled
from takings.ads.rules.tokens import Placement
from takings.ads.rules.traffic import Flaw
from takings.insights.queries.tracing.gifts import gift_stops
from takings.insights.rules.exact import percent
from takings.insights.rules.reader import Reader, Whose, start
from takings.insights.rules.trace import Fact, Part, Ref, Step, Stop
from takings.insights.rules.words import (
    ads_words,
    country_words,
    day_words,
    direct_words,
    place_words,
)
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.policies.queries import policy
from takings.policies.rules import GIFTS, WATCH_ADS
from takings.settlement.models import DirectEarning, EstimateLine, ShareLine
from takings.settlement.queries import direct_earnings

FEW = 25
CAME = {GIFTS: "Sent", WATCH_ADS: "Charged"}
BACK = {WATCH_ADS: " that no person saw"}
ALONE = {
    WATCH_ADS: (
        "Nothing is shared with others here: no pool, no view and no music have a part in what an "
        "ad inside a video pays."
    )
}
DAY = dt.timedelta(days=1)
PLACES = {
    Placement.FEED: "between two videos",
    Placement.PRE: "before the video",
    Placement.MID: "in the middle of the video",
    Placement.POST: "after the video",
}


def direct_stops(line: ShareLine | EstimateLine, *, by: Whose) -> tuple[Stop, ...]:
    """Return what paid a line, what its creator has of it, and what was booked for it."""
    earned = direct_earnings(line=line)
    booked = _booked(line, earned)
    if line.product == GIFTS:
        return (*gift_stops(line, earned, by=by), booked)
    if line.product == WATCH_ADS:
        return (_campaigns(line, _ads(line, earned)), _share(line, earned, by), booked)
    return (_share(line, earned, by), booked)


def share_words(row: BilledImpression, *, currency: str) -> str:
    """Return what of an impression's price is its creator's, or why nothing of it is."""
    if row.share_micros is None:
        return Pooled(row.pooled_why).sentence if row.pooled_why else "It was shown in the feed."
    price = format_money(Money(row.price_micros, currency), exact=True)
    return f"of {price}, {place_of(row)}"


def place_of(row: BilledImpression) -> str:
    """Return where an ad was shown, in words; of old ones it was not written down."""
    return PLACES[Placement(row.placement)] if row.placement else ""


def _ads(
    line: ShareLine | EstimateLine, earned: QuerySet[DirectEarning]
) -> QuerySet[BilledImpression]:
    midnight = dt.datetime.combine(line.day, dt.time(), tzinfo=dt.UTC)
    return BilledImpression.objects.filter(
        entry_id__in=earned.values("entry_id"),
        after_video_id=line.video_id,
        viewed_at__gte=midnight,
        viewed_at__lt=midnight + DAY,
    )


def _campaigns(line: ShareLine | EstimateLine, seen: QuerySet[BilledImpression]) -> Stop:
    code = line.currency
    rows = seen.values("campaign__name", "campaign__brand__name").annotate(
        Count("pk"), Sum("price_micros"), Sum("share_micros")
    )
    newest = seen.select_related("campaign__brand", "invalid").order_by("-viewed_at", "pk")
    count = seen.count()
    return Stop(
        kind="impressions",
        title="Ads were seen inside the video",
        sentence=(
            f"{ads_words(count)} before, within or after “{line.video.title}” on "
            f"{day_words(line.day)} in {place_words(line.country)}, each at the exact price of its "
            "decision. Its advertiser had paid before."
        ),
        amount=Money(int(seen.aggregate(sum=Sum("price_micros"))["sum"] or 0), code),
        parts=tuple(
            Part(
                label=row["campaign__name"],
                note=f"{row['campaign__brand__name']}, {_shared(row['share_micros__sum'], code)}",
                count=row["pk__count"],
                amount=Money(row["price_micros__sum"], code),
            )
            for row in rows.order_by("-price_micros__sum", "campaign__name")
        ),
        samples=tuple(_ad(row, code) for row in newest[:FEW]),
        left_out=max(0, count - FEW),
    )


def _shared(micros: int, code: str) -> str:
    return f"{format_money(Money(micros, code), exact=True)} of it for the creator"


def _ad(row: BilledImpression, code: str) -> Part:
    gone = getattr(row, "invalid", None)
    note = f"{row.campaign.brand.name}, {share_words(row, currency=code)}"
    return Part(
        label=row.campaign.name,
        note=f"{note}. Given back: {Flaw(gone.reason).sentence}" if gone else note,
        at=row.viewed_at,
        amount=Money(row.share_micros or 0, code),
        ref=Ref("impression", str(row.decision_id)),
        tone="quiet" if gone else "",
    )


def _share(line: ShareLine | EstimateLine, earned: QuerySet[DirectEarning], by: Whose) -> Stop:
    code = line.currency
    given = earned.filter(count__gt=0).aggregate(ads=Sum("count"), micros=Sum("share_micros"))
    back = earned.filter(count__lt=0).aggregate(ads=Sum("count"), micros=Sum("share_micros"))
    steps = [
        Step(
            what="Shares of each price",
            formula=(
                f"{direct_words(line.product, int(given['ads'] or 0))}, each cut once to a whole "
                "micro-unit"
            ),
            result=format_money(Money(int(given["micros"] or 0), code), exact=True),
        )
    ]
    if back["ads"]:
        steps.append(
            Step(
                what="Given back since",
                formula=f"{direct_words(line.product, -back['ads'])}{BACK.get(line.product, '')}",
                result=f"−{format_money(Money(-back['micros'], code), exact=True)}",
            )
        )
    return Stop(
        kind="line",
        title=start(f"{by.possessive} share of them"),
        sentence=ALONE.get(line.product, "The rest is the platform’s; taxes had been set aside."),
        amount=Money(line.amount_micros, code),
        steps=tuple(steps),
        facts=(
            Fact("Video", line.video.title, Ref("video", str(line.video_id))),
            Fact("Day", f"{day_words(line.day)} (UTC)"),
            Fact("Country", country_words(line.country)),
        ),
        here=True,
    )


def _booked(line: ShareLine | EstimateLine, earned: QuerySet[DirectEarning]) -> Stop:
    """Return the entries behind a line, the newest first."""
    total = earned.count()
    return Stop(
        kind="booking",
        title="It was booked when it happened",
        sentence=(
            "Each entry moved a share to the creator’s account, where it waits for the close and "
            "the hold window after it."
        ),
        amount=Money(int(earned.aggregate(sum=Sum("share_micros"))["sum"] or 0), line.currency),
        parts=tuple(
            Part(
                label=CAME.get(row.product, "Earned") if row.count > 0 else "Given back",
                note=direct_words(row.product, abs(row.count)),
                at=row.earned_at,
                amount=row.share,
                ref=Ref("entry", str(row.entry_id)),
            )
            for row in earned.order_by("-earned_at", "-pk")[:FEW]
        ),
        left_out=max(0, total - FEW),
    )


def paid_stop(row: BilledImpression, charge: Charge) -> Stop:
    """Return whom one ad inside a video paid, and how much of its price each got."""
    price = Money(row.price_micros, charge.currency)
    share = Money(row.share_micros or 0, charge.currency)
    rate = policy(ledger.entry(id=row.entry_id).policy_version).rule_of(WATCH_ADS).creator_share
    assert charge.creator is not None  # noqa: S101 - the caller asked
    whose = f"@{charge.creator.handle}"
    return Stop(
        kind="split",
        title="It paid the video’s creator at once",
        sentence=(
            f"It was shown {place_of(row)}: {percent(rate.ratio)} of its price is {whose}’s, cut "
            "once to a whole micro-unit; half of one goes to the creator."
        ),
        amount=price,
        ref=Ref("entry", str(row.entry_id)),
        parts=(
            Part(whose, share, note="on the statement of the period", tone="here"),
            Part("Platform", price - share, tone="quiet"),
        ),
        facts=(Fact("Video", str(row.after_video_id), Ref("video", str(row.after_video_id))),),
    )


def earned_stops(*, entry_id: UUID, reader: Reader) -> tuple[Stop, ...]:
    """Return what an entry brought a creator from its start, to them alone."""
    rows = DirectEarning.objects.filter(entry_id=entry_id).select_related("video")
    earned = [row for row in rows.order_by("day") if reader.owns_creator(row.creator_id)]
    if not earned:
        return ()
    stop = Stop(
        kind="line",
        title="What its creator earned by it",
        sentence="A line of a statement is a video, a day and a country.",
        parts=tuple(
            Part(
                label=f"“{row.video.title}”",
                note=f"{day_words(row.day)} · {direct_words(row.product, row.count)}",
                amount=row.share,
                ref=Ref(
                    "estimate",
                    f"{row.period}/{row.country}/{row.video_id}/{row.day}/{row.product}",
                ),
            )
            for row in earned
        ),
    )
    return (stop,)

"""The trace of one ad impression: from the deposit that paid it to the creators it went to."""

from uuid import UUID

from takings.ads.models import BilledImpression, Charge, InvalidImpression, RejectedImpression
from takings.ads.rules.direct import INSIDE, Pooled
from takings.ads.rules.judging import Reason
from takings.ads.rules.lines import Pricing
from takings.ads.rules.traffic import Flaw
from takings.insights.queries.readers import NothingHere
from takings.insights.queries.tracing.direct import paid_stop, place_of
from takings.insights.queries.tracing.money_in import (
    deposit_parts,
    earns_from,
    has_part_in,
    pool_stop,
    result_of,
)
from takings.insights.rules.arithmetic import split_parts
from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Fact, Part, Ref, Stop, Trace
from takings.insights.rules.words import (
    country_words,
    day_words,
    place_words,
    policy_card,
    views_words,
)
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.policies.queries import policy
from takings.settlement.models import ShareLine
from takings.settlement.rules import PoolKey
from takings.videos.models import Video

FEW = 10


def trace_impression(*, decision_id: UUID, reader: Reader) -> Trace:
    """Return an impression by its decision id, paid or rejected. Refuses NothingHere.

    The viewer is not in it: nobody needs to know who saw an ad to know what it paid.
    """
    billed = (
        BilledImpression.objects.select_related("campaign__brand")
        .filter(decision_id=decision_id)
        .first()
    )
    if billed is not None:
        return _paid(billed, reader)
    rejected = (
        RejectedImpression.objects.select_related("campaign__brand")
        .filter(decision_id=decision_id)
        .first()
    )
    if rejected is None or not _may_see_rejected(rejected, reader):
        raise NothingHere(id=decision_id)
    return _unpaid(rejected)


def _paid(row: BilledImpression, reader: Reader) -> Trace:
    charges = Charge.objects.select_related("campaign__brand", "creator")
    charge = charges.get(entry_id=row.entry_id)
    key = PoolKey(charge.period, charge.country, charge.currency)
    if not (reader.owns_brand(row.campaign.brand_id) or _earns(charge, key, reader=reader)):
        raise NothingHere(id=row.decision_id)
    entry = ledger.entry(id=row.entry_id)
    price = Money(row.price_micros, charge.currency)
    name = row.campaign.name
    gone = InvalidImpression.objects.select_related("credit").filter(pk=row.pk).first()
    after: tuple[Stop, ...] = (pool_stop(key=key, reader=reader), *_shared(key, price, reader))
    if charge.creator_id is not None:
        after = (paid_stop(row, charge),)
    if gone:
        after = (_given_back(gone, price),)
    return Trace(
        ref=Ref("impression", str(row.decision_id)),
        title=f"One view of “{name}”",
        sentence=(
            f"An ad of {row.campaign.brand.name} was seen in {place_words(row.country)} "
            f"on {day_words(row.viewed_at.date())}."
        ),
        amount=price,
        status="fact",
        stops=(
            _deposit(charge, reader),
            _seen(row, price),
            _charge(charge),
            *after,
        ),
        policy=policy_card(policy(entry.policy_version)),
    )


def _earns(charge: Charge, key: PoolKey, *, reader: Reader) -> bool:
    """Tell whether the reader has a part of what the entry of an impression paid."""
    if charge.creator_id is not None:
        return reader.owns_creator(charge.creator_id)
    return has_part_in(key, reader=reader)


def _deposit(charge: Charge, reader: Reader) -> Stop:
    brand = charge.campaign.brand
    visible = [brand.pk] if reader.owns_brand(brand.pk) else []
    parts = deposit_parts(brand_ids=visible, currency=charge.currency, until=charge.charged_at)
    return Stop(
        kind="deposit",
        title=f"{brand.name} paid in advance",
        sentence="The ad was shown only because its price was already here.",
        parts=parts,
    )


_SEEN = {
    Pricing.CPM: "Its picture began to move in a viewer's view.",
    Pricing.VCPM: (
        "Half of it or more was on screen for two seconds without a break, in a viewer's {where}."
    ),
    Pricing.CPV: "It was watched for 30 seconds or to its end, or its button was used.",
    Pricing.CPC: "A viewer used its button.",
    Pricing.CPA: "A viewer used its button, and the advertiser reported what followed.",
}


def _seen(row: BilledImpression, price: Money) -> Stop:
    kind = row.lease.line_item.kind
    paid = format_money(price * kind.per, exact=True)
    is_inside = row.placement in INSIDE
    told = _SEEN[Pricing(row.lease.line_item.pricing)]
    seen = told.format(where="player" if is_inside else "feed")
    return Stop(
        kind="impressions",
        title="The ad was seen",
        sentence=f"{seen} It costs {paid} for {kind.unit}.",
        amount=price,
        at=row.viewed_at,
        ref=Ref("impression", str(row.decision_id)),
        facts=(
            Fact("Campaign", row.campaign.name),
            Fact("Inside video" if is_inside else "Came after video", str(row.after_video_id)),
            *((Fact("Shown", place_of(row)),) if row.placement else ()),
            *(
                (Fact("Paid nobody directly", Pooled(row.pooled_why).sentence),)
                if row.pooled_why
                else ()
            ),
            Fact("Event", str(row.event_id)),
            Fact("Segment", row.segment),
        ),
        here=True,
    )


def _charge(charge: Charge) -> Stop:
    return Stop(
        kind="transfers",
        title="It was charged with others",
        sentence=(
            f"One entry charges {charge.impression_count:,} views of the campaign, brought by one "
            "segment of the event log."
        ),
        amount=charge.amount,
        at=charge.charged_at,
        ref=Ref("entry", str(charge.entry_id)),
    )


def _given_back(row: InvalidImpression, price: Money) -> Stop:
    return Stop(
        kind="outcome",
        title="It was given back",
        sentence=f"{Flaw(row.reason).sentence} The advertiser got back what it had cost.",
        amount=price,
        at=row.credit.credited_at,
        ref=Ref("entry", str(row.credit_id)),
        facts=(Fact("Reason", row.reason),),
    )


def _shared(key: PoolKey, price: Money, reader: Reader) -> tuple[Stop, ...]:
    """Show who this price went to, and the reader's own lines in the pool."""
    result = result_of(key)
    if result is None or not result.total_micros:
        return ()
    split = Stop(
        kind="split",
        title="Who it went to",
        sentence=(
            "The close shared the whole pool; a part of every price in it went to each of these. "
            "Amounts are this price's part of each, in whole micro-units."
        ),
        amount=price,
        ref=Ref("entry", str(result.entry_id)) if result.entry_id else None,
        parts=split_parts(
            price,
            creators=result.creators_micros,
            rights=result.rights_micros,
            platform=result.platform_micros,
        ),
    )
    if not earns_from(key, reader=reader):
        return (split,)
    return split, _lines(key, reader)


def _lines(key: PoolKey, reader: Reader) -> Stop:
    lines = ShareLine.objects.filter(
        period__name=key.period,
        country=key.country,
        currency=key.currency,
        product=key.product,
    ).select_related("video", "creator")
    if not reader.is_operator:
        lines = lines.filter(creator_id=reader.creator_id or 0)
    listed = lines.order_by("-amount_micros", "pk")[:FEW]
    return Stop(
        kind="line",
        title="Lines paid from this pool",
        sentence="Each is a video's engaged views of one day.",
        parts=tuple(
            Part(
                label=f"“{line.video.title}”",
                note=f"@{line.creator.handle} · {day_words(line.day)} · {views_words(line.views)}",
                amount=Money(line.amount_micros, line.currency),
                ref=Ref("line", str(line.pk)),
            )
            for line in listed
        ),
        left_out=max(0, lines.count() - FEW),
    )


def _may_see_rejected(row: RejectedImpression, reader: Reader) -> bool:
    """Tell whether it is the reader's ad, or was inside a video of theirs: it would have paid."""
    if reader.is_operator or reader.owns_brand(row.campaign.brand_id if row.campaign else None):
        return True
    if row.placement not in INSIDE or row.after_video_id is None:
        return False
    video = Video.objects.filter(pk=row.after_video_id).values_list("creator_id", flat=True)
    return reader.owns_creator(video.first())


def _unpaid(row: RejectedImpression) -> Trace:
    reason = Reason(row.reason)
    name = row.campaign.name if row.campaign else "an unknown campaign"
    return Trace(
        ref=Ref("impression", str(row.decision_id)),
        title=f"A view of “{name}” that nobody paid for",
        sentence=reason.sentence,
        amount=None,
        status="fact",
        stops=(
            Stop(
                kind="outcome",
                title="Rejected",
                sentence=reason.sentence,
                at=row.viewed_at,
                facts=(
                    Fact("Reason", row.reason),
                    Fact("Country", country_words(row.country)),
                    Fact("Event", str(row.event_id)),
                    Fact("Segment", row.segment),
                ),
                here=True,
            ),
        ),
    )

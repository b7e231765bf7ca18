"""The stops of gifts: which were sent for a video on a day, and what of each is its creator's."""

from django.db.models import QuerySet, Sum

from takings.gifts.models import Gift, GiftMoney
from takings.insights.rules.reader import Whose, start
from takings.insights.rules.trace import Fact, Part, Ref, Stop
from takings.insights.rules.words import country_words, day_words, direct_words, place_words
from takings.money import Money, format_money
from takings.policies.rules import GIFTS
from takings.settlement.models import DirectEarning, EstimateLine, ShareLine

FEW = 25


def gift_stops(
    line: ShareLine | EstimateLine, earned: QuerySet[DirectEarning], *, by: Whose
) -> tuple[Stop, Stop]:
    """Return which gifts a line is of, and what of each is its creator's."""
    code, entries = line.currency, earned.values("entry_id")
    moneys = GiftMoney.objects.filter(currency=code)
    rows = moneys.filter(gift__entry_id__in=entries) | moneys.filter(
        gift__release__entry_id__in=entries
    )
    gifts = rows.select_related("gift__kind", "gift__sender", "gift__taken_back")
    count = gifts.count()
    return (
        Stop(
            kind="impressions",
            title="Gifts were sent",
            sentence=(
                f"{direct_words(GIFTS, count)} for “{line.video.title}” on {day_words(line.day)} "
                f"from {place_words(line.country)}. Their coins had been bought before; given ones "
                "bring nothing."
            ),
            amount=Money(int(gifts.aggregate(sum=Sum("brought_micros"))["sum"] or 0), code),
            samples=tuple(_gift(row) for row in gifts.order_by("-gift__sent_at", "pk")[:FEW]),
            left_out=max(0, count - FEW),
        ),
        Stop(
            kind="line",
            title=start(f"{by.possessive} share of them"),
            sentence=(
                "Of what each gift’s coins had brought without tax the creator’s share was cut "
                "once to a whole micro-unit. Gifts that were taken back are not in it."
            ),
            amount=Money(line.amount_micros, code),
            facts=(
                Fact("Video", line.video.title, Ref("video", str(line.video_id))),
                Fact("Day", f"{day_words(line.day)} (UTC)"),
                Fact("Country", country_words(line.country)),
            ),
            here=True,
        ),
    )


def _gift(row: GiftMoney) -> Part:
    gift: Gift = row.gift
    sender = "Somebody" if gift.is_anonymous else gift.sender.display_name
    note = f"{sender}, {format_money(gift.coins)}: of {format_money(row.brought, exact=True)}"
    is_back = hasattr(gift, "taken_back")
    return Part(
        label=gift.kind.name,
        note=f"{note}. Taken back" if is_back else note,
        at=gift.sent_at,
        amount=row.share,
        ref=Ref("entry", str(gift.entry_id)),
        tone="quiet" if is_back else "",
    )

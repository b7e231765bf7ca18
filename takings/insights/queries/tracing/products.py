"""The stops of a line that a pool other than feed ads paid: what was done with it, and the part."""

from django.db.models import Sum

from takings.insights.rules.arithmetic import LineNumbers, line_steps
from takings.insights.rules.reader import Whose, start
from takings.insights.rules.trace import Fact, Ref, Stop
from takings.insights.rules.words import (
    country_words,
    day_words,
    place_words,
    product_words,
    views_words,
)
from takings.money import Money
from takings.policies.rules import PoolRule
from takings.settlement.models import EstimateLine, PoolResult, ShareLine


def numbers_of(line: ShareLine | EstimateLine) -> LineNumbers:
    """Return a line beside all that its pool pays the same creator."""
    own = type(line).objects.filter(
        period=line.period,
        country=line.country,
        currency=line.currency,
        product=line.product,
        creator=line.creator,
    )
    sums = own.aggregate(seen=Sum("views"), micros=Sum("amount_micros"))
    return LineNumbers(
        creator_views=int(sums["seen"]),
        creator_amount=Money(int(sums["micros"]), line.currency),
        line_views=line.views,
        line_amount=Money(line.amount_micros, line.currency),
    )


def by_views(rule: PoolRule) -> bool:
    """Tell whether a line of this product is its views' part of what its creator gets."""
    return rule.unit == "views" and rule.method not in {"user_centric", "direct"}


def product_stops(
    line: ShareLine | EstimateLine, *, rule: PoolRule, result: PoolResult | None, by: Whose
) -> tuple[Stop, Stop]:
    """Return what the pool pays this creator and this line; ``result`` says how, once closed."""
    numbers = numbers_of(line)
    name, place = product_words(line.product), place_words(line.country)
    said = result.said if result else "The close will share it by the rule below"
    share = Stop(
        kind="share",
        title=start(f"{by.possessive} part of “{name}” in {place}"),
        sentence=f"{said}.",
        amount=numbers.creator_amount,
    )
    measure = "counted views" if by_views(rule) else "what was watched for it"
    here = Stop(
        kind="line",
        title="This amount" if result else "This amount, estimated",
        sentence=(
            f"The part of this video and day, by {measure}: {views_words(line.views)} on this line."
        ),
        amount=numbers.line_amount,
        facts=(
            Fact("Video", line.video.title, Ref("video", str(line.video_id))),
            Fact("Day", f"{day_words(line.day)} (UTC)"),
            Fact("Country", country_words(line.country)),
            Fact("Pool", name),
        ),
        steps=line_steps(numbers, by=by) if by_views(rule) else (),
        here=True,
    )
    return share, here

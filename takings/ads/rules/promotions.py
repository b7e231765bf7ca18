"""A creator's own video as an ad: who may, what it costs, what it says, where it leads."""

import datetime as dt
import uuid
from dataclasses import dataclass

from takings.ads.rules.campaigns import LONGEST_HEADLINE, LONGEST_NAME, Frame, Message
from takings.ads.rules.frequency import Caps
from takings.ads.rules.lines import Pricing, Sale
from takings.ads.rules.schedule import DAY
from takings.ads.rules.targeting import Audience
from takings.ads.rules.terms import Draft, Terms
from takings.ads.rules.tokens import Placement
from takings.core.errors import Conflict, Forbidden, Invalid
from takings.core.zones import time_zone_or_utc
from takings.money import Money, format_money
from takings.people.rules import age_on
from takings.policies.rules import PromotionRule

MICROS = 1_000_000
CALL = "Watch it"


class PromoterTooYoung(Forbidden):
    """Who pays for ads makes a contract."""

    code = "promoter_too_young"
    sentence = "You must be {age} to promote videos; your earnings stay yours."


class PromoterAgeUnknown(Forbidden):
    """Without an age nobody knows whether somebody is old enough."""

    code = "promoter_age_unknown"
    sentence = "Say on the page of coins in which year you were born; promotions are for adults."


class PromotionTooSmall(Invalid):
    """Too little money shows nothing that anybody learns from."""

    code = "promotion_too_small"
    sentence = "A promotion costs {least} or more."


class BadPromotionDays(Invalid):
    """A promotion has an end that one sees coming."""

    code = "bad_promotion_days"
    sentence = "A promotion runs for 1 to {most} days."


class NotEnoughCredits(Conflict):
    """Credits that another promotion may still spend are not promised twice."""

    code = "not_enough_credits"
    sentence = (
        "This takes {asked} of credits; {there} are free. Take more under Rewards, or end a"
        " promotion."
    )


class CreditsAreNotSold(Conflict):
    """What a card paid in could go back to it; what was exchanged for credits could then, too."""

    code = "credits_are_not_sold"
    sentence = "Promotion credits are taken for earnings; a card does not pay for them."


class NotPromotable(Conflict):
    """What only some may watch is not shown to everybody."""

    code = "not_promotable"
    sentence = "Only a video of yours that is ready, and public, can be promoted."


@dataclass(frozen=True, slots=True)
class PromotionDraft:
    """What a creator wants promoted, under the id its form was given: no country is everywhere."""

    id: uuid.UUID
    video_id: uuid.UUID
    budget: Money
    days: int
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Credits:
    """A creator's promotion credits: ``taken`` in all is the rest in sum, less ``planned``.

    ``reserved`` is held by ad servers; of what is ``there``, running promotions may still spend
    ``planned``.
    """

    taken: Money
    there: Money
    reserved: Money
    spent: Money
    planned: Money

    @property
    def promised(self) -> Money:
        """What running promotions may still spend, and what ad servers hold for them."""
        return self.taken - self.spent - self.free

    @property
    def free(self) -> Money:
        """What another promotion could spend."""
        return max(self.there - self.planned, self.there * 0)


def check_promoter(*, born_on: dt.date | None, day: dt.date, rule: PromotionRule) -> None:
    """Refuse minors, and whose age is not known. Refuses: PromoterAgeUnknown, PromoterTooYoung."""
    if born_on is None:
        raise PromoterAgeUnknown
    if age_on(born_on=born_on, day=day) < rule.age:
        raise PromoterTooYoung(age=rule.age)


def check_promotion(draft: PromotionDraft, *, rule: PromotionRule) -> None:
    """Refuse what is too small or too long. Refuses: PromotionTooSmall, BadPromotionDays."""
    least = Money(rule.least_budget * MICROS, draft.budget.currency)
    if draft.budget < least:
        raise PromotionTooSmall(least=format_money(least))
    if not 1 <= draft.days <= rule.most_days:
        raise BadPromotionDays(most=rule.most_days)


def landing_page(video_id: uuid.UUID) -> str:
    """Return where a promotion leads: its video, told that the visit was paid for."""
    return f"/v/{video_id}?promoted"


def promotion_message(*, video_id: uuid.UUID, title: str, category: str) -> Message:
    """Return what a promotion says: what everybody reads of the video already."""
    return Message(_line(title, LONGEST_HEADLINE), CALL, landing_page(video_id), category)


def promotion_terms(
    draft: PromotionDraft, *, rule: PromotionRule, time_zone: str, at: dt.datetime
) -> Terms:
    """Return what a promotion buys: viewable views in the feed, by auction, from now on."""
    return Terms(
        name="Promotion",
        price=Money(rule.bid_micros, draft.budget.currency),
        pricing=Pricing.VCPM,
        sale=Sale.AUCTION,
        countries=draft.countries,
        starts_at=at,
        ends_at=at + draft.days * DAY,
        time_zone=time_zone_or_utc(time_zone),
        audience=Audience(languages=draft.languages, placements=(Placement.FEED.word,)),
    )


def promotion_campaign(
    draft: PromotionDraft, *, terms: Terms, message: Message, rule: PromotionRule
) -> Draft:
    """Return a promotion as a campaign of one line item and one ad."""
    name = message.headline[:LONGEST_NAME]
    return Draft(
        id=draft.id,
        frame=Frame(name, draft.budget, Caps(day=rule.day_cap)),
        terms=terms,
        message=message,
        creative_id=draft.video_id,
    )


def _line(title: str, longest: int) -> str:
    """Return a title as one line that is not too long, of what can be printed."""
    line = "".join(one for one in title if one.isprintable()).strip() or "A video"
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"

"""Line items of a campaign: added, changed, paused, resumed."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace

from django.db import transaction

from takings.ads import queries
from takings.ads.actions.locks import lock_campaign, lock_line_item
from takings.ads.actions.prepaid import CurrencyNotSold
from takings.ads.models import Campaign, Change, Creative, LineItem, Review
from takings.ads.queries.conversions import NoSuchGoal, goal_of
from takings.ads.rules.changes import Taken, check_change, check_open, differences, told_terms
from takings.ads.rules.frequency import Caps
from takings.ads.rules.lines import Pricing, Window
from takings.ads.rules.rotation import AdOfOthers, DeclinedAd, tidied_ads, told_ads
from takings.ads.rules.targeting import tidied_audience
from takings.ads.rules.terms import Terms, WrongPayer, check_bid, check_terms
from takings.core.errors import Conflict
from takings.money import Money
from takings.people.models import User
from takings.policies.queries import policy_at


class LineItemIdTaken(Conflict):
    """The id of a line item is its idempotency key."""

    code = "line_item_id_taken"
    sentence = "A line item with this id exists and is another one; open the form again."


@dataclass(frozen=True, slots=True)
class LineItemDraft:
    """A whole line item, under the id its form was given."""

    id: uuid.UUID
    terms: Terms
    kept: frozenset[uuid.UUID] = frozenset()
    """Ads that it may show though they were declined: those of the line item it is a copy of."""


@transaction.atomic
def add_line_item(
    *, campaign_id: uuid.UUID, draft: LineItemDraft, user: User, at: dt.datetime
) -> LineItem:
    """Let a campaign buy one more thing; if the campaign runs, it is served within two seconds.

    The same draft sent twice (its id) makes one line item. Refuses: all that ``check_terms`` does,
    CurrencyNotSold, NoSuchGoal, WrongPayer, AdOfOthers, DeclinedAd, CampaignHasEnded,
    LineItemIdTaken.
    """
    campaign = lock_campaign(campaign_id)
    check_open(campaign.status)
    check_sold(draft.terms, within=campaign.budget, at=at)
    _check_brand(draft.terms, brand_id=campaign.brand_id)
    _check_shown(draft.terms, campaign=campaign, kept=draft.kept)
    columns = columns_of(tidied(draft.terms))
    item, is_new = LineItem.objects.get_or_create(
        id=draft.id, defaults={"campaign": campaign, "added_at": at, **columns}
    )
    if is_new:
        record_change(item, {"line item": ("", item.name)}, user=user, at=at)
    elif (item.campaign_id, item.name) != (campaign_id, columns["name"]):
        raise LineItemIdTaken
    return item


@transaction.atomic
def change_line_item(
    *, line_item_id: uuid.UUID, terms: Terms, user: User, at: dt.datetime
) -> LineItem:
    """Change what a line item buys; ad servers notice within two seconds. No money moves.

    What was decided before stays charged at its price. The same terms again change nothing.
    Refuses: all that ``check_terms`` and ``check_change`` do, CurrencyNotSold, NoSuchGoal,
    WrongPayer, AdOfOthers, DeclinedAd.
    """
    item = lock_line_item(line_item_id)
    check_sold(terms, within=item.campaign.budget, at=at)
    _check_brand(terms, brand_id=item.campaign.brand_id)
    before, after = queries.terms_of(item=item), tidied(terms)
    _check_shown(after, campaign=item.campaign, kept=frozenset(before.ads.ids))
    taken = Taken(item.campaign.status, item.leases.exists(), item.committed)
    check_change(before, after, taken=taken)
    columns = columns_of(after)
    for column, value in columns.items():
        setattr(item, column, value)
    item.save(update_fields=columns)
    record_change(item, differences(_told(before), _told(after)), user=user, at=at)
    return item


@transaction.atomic
def pause_line_item(*, line_item_id: uuid.UUID, user: User, at: dt.datetime) -> LineItem:
    """Serve a line item no more until it is resumed; pausing it twice is pausing it once.

    Refuses: CampaignHasEnded.
    """
    item = lock_line_item(line_item_id)
    check_open(item.campaign.status)
    if item.paused_at is None:
        _set_paused(item, paused_at=at)
        record_change(item, {"line item": ("running", "paused")}, user=user, at=at)
    return item


@transaction.atomic
def resume_line_item(*, line_item_id: uuid.UUID, user: User, at: dt.datetime) -> LineItem:
    """Serve a paused line item again; again changes nothing. Refuses: CampaignHasEnded."""
    item = lock_line_item(line_item_id)
    check_open(item.campaign.status)
    if item.paused_at is not None:
        _set_paused(item, paused_at=None)
        record_change(item, {"line item": ("paused", "running")}, user=user, at=at)
    return item


def check_sold(terms: Terms, *, within: Money, at: dt.datetime) -> None:
    """Refuse terms that cannot be bought.

    Refuses: all that ``check_terms`` and ``check_bid`` do, CurrencyNotSold.
    """
    check_terms(terms, within=within, at=at)
    policy = policy_at(at=at)
    if terms.price.currency != policy.currency:
        raise CurrencyNotSold(sold=policy.currency, given=terms.price.currency)
    check_bid(terms, floor=Money(policy.ads.auction_floor_micros, policy.currency))


def _told(terms: Terms) -> dict[str, str]:
    """Return terms in words, creators by their handles, and ads by their headlines."""
    creators = {
        "creators": queries.handles_of(terms.audience.creators),
        "blocked creators": queries.handles_of(terms.audience.blocked_creators),
    }
    named = {word: " ".join(handles) for word, handles in creators.items() if handles}
    ads = told_ads(terms.ads, headlines=queries.headlines_of(terms.ads.ids))
    return {**told_terms(terms), **named, **ads}


def tidied(terms: Terms) -> Terms:
    """Return the terms without blanks around the name, each value of a list once, in order.

    Call it on checked ones only.
    """
    return replace(
        terms,
        name=terms.name.strip(),
        countries=tuple(sorted(set(terms.countries))),
        audience=tidied_audience(terms.audience),
        ads=tidied_ads(terms.ads),
    )


def columns_of(terms: Terms) -> dict[str, object]:
    """Return terms as the columns of a line item."""
    return {
        "name": terms.name,
        "pricing": terms.pricing,
        "sale": terms.sale,
        "goal_id": terms.goal.id if terms.goal else None,
        "price_micros": terms.price.micros,
        "budget_micros": terms.budget.micros if terms.budget else None,
        "daily_budget_micros": terms.daily.micros if terms.daily else None,
        "countries": list(terms.countries),
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
        "time_zone": terms.time_zone,
        "ads": list(terms.ads.ids),
        "ad_weights": list(terms.ads.weights),
        "rotation": terms.ads.rotation,
        **columns_of_caps(terms.caps),
        **columns_of_caps(terms.ad_caps, prefix="ad_"),
        **{name: list(values) for name, values in asdict(terms.audience).items()},
    }


def columns_of_caps(caps: Caps, *, prefix: str = "") -> dict[str, object]:
    """Return caps as the columns of a line item or a campaign."""
    return {f"{prefix}{window}_cap": getattr(caps, window) for window in Window}


def record_change(
    changed: Campaign | LineItem,
    values: Mapping[str, tuple[str, str]],
    *,
    user: User,
    at: dt.datetime,
) -> None:
    """Write down what became of what, one row for each word, of a campaign or a line item."""
    item = changed if isinstance(changed, LineItem) else None
    Change.objects.bulk_create(
        Change(
            campaign_id=item.campaign_id if item else changed.pk,
            line_item=item,
            field=word,
            was=was,
            became=became,
            changed_by=user,
            changed_at=at,
        )
        for word, (was, became) in values.items()
    )


def _check_brand(terms: Terms, *, brand_id: int) -> None:
    """Refuse what a brand cannot buy: what another one counts; only the platform's costs nothing.

    Refuses: NoSuchGoal, WrongPayer.
    """
    if (terms.pricing is Pricing.FREE) != queries.is_house(brand_id=brand_id):
        raise WrongPayer
    if terms.goal and goal_of(goal_id=terms.goal.id).brand_id != brand_id:
        raise NoSuchGoal


def _check_shown(terms: Terms, *, campaign: Campaign, kept: Collection[uuid.UUID]) -> None:
    """Refuse ads of others, and those that were declined before they were chosen.

    Refuses: AdOfOthers, DeclinedAd.
    """
    chosen = Creative.objects.filter(pk__in=terms.ads.ids, campaign=campaign)
    found = {creative.pk: creative for creative in chosen}
    for one in terms.ads.ids:
        if one not in found:
            raise AdOfOthers
        if found[one].review == Review.DECLINED and one not in kept:
            raise DeclinedAd(headline=found[one].headline)


def _set_paused(item: LineItem, *, paused_at: dt.datetime | None) -> None:
    item.paused_at = paused_at
    item.save(update_fields=["paused_at"])

"""Private deals: agreed, changed, switched on and off by operators."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from takings.ads.models import Deal, DemandPartner
from takings.ads.rules import deals
from takings.core.errors import Conflict
from takings.money import Money, format_money
from takings.people.actions import record_staff_act
from takings.people.models import User


class DealIdTaken(Conflict):
    """An id names one deal, whoever it is with."""

    code = "deal_id_taken"
    sentence = "There is another deal with this id; change that one, or choose another id."


@dataclass(frozen=True, slots=True)
class DealDraft:
    """A deal as an operator fills it in; ``partner_id`` is empty for one with a site."""

    code: str
    partner_id: uuid.UUID | None
    kind: deals.Kind
    price: Money
    seats: frozenset[str]
    is_on: bool


@transaction.atomic
def add_deal(
    *,
    id: uuid.UUID,  # noqa: A002 - the form's id, which makes it one deal
    draft: DealDraft,
    operator: User,
    at: dt.datetime,
) -> Deal:
    """Keep to a deal from now on; the same form again changes nothing. A staff act.

    Refuses: BadDeal, :class:`DealIdTaken`.
    """
    _check(draft)
    used = Deal.objects.filter(pk=id).exclude(code=draft.code, partner=draft.partner_id)
    if used.exists():
        raise DealIdTaken
    deal, is_new = Deal.objects.get_or_create(
        code=draft.code,
        defaults={
            "id": id,
            "partner_id": draft.partner_id,
            "currency": draft.price.currency,
            "added_by": operator,
            "added_at": at,
            **_columns(draft),
        },
    )
    if deal.pk != id:
        raise DealIdTaken
    if is_new:
        _record("add", deal, operator=operator, at=at)
    return deal


@transaction.atomic
def change_deal(*, deal_id: uuid.UUID, draft: DealDraft, operator: User, at: dt.datetime) -> Deal:
    """Change what was agreed, or keep to it no more; its id and with whom it is stay. A staff act.

    Ad servers notice within seconds. Refuses: BadDeal.
    """
    deal = Deal.objects.select_for_update(no_key=True).get(pk=deal_id)
    _check(draft)
    columns = _columns(draft)
    for column, given in columns.items():
        setattr(deal, column, given)
    deal.save(update_fields=columns)
    _record("change", deal, operator=operator, at=at)
    return deal


def _check(draft: DealDraft) -> None:
    dearest = None
    if draft.partner_id is not None:
        partners = DemandPartner.objects.select_related("line_item__campaign")
        dearest = partners.get(pk=draft.partner_id).line_item.price
    deal = deals.Deal(uuid.UUID(int=0), draft.code, draft.kind, draft.price, draft.seats)
    deals.check_deal(deal, dearest=dearest)


def _columns(draft: DealDraft) -> dict[str, object]:
    return {
        "kind": draft.kind,
        "price_micros": draft.price.micros,
        "seats": sorted(draft.seats),
        "is_on": draft.is_on,
    }


def _record(verb: str, deal: Deal, *, operator: User, at: dt.datetime) -> None:
    price = format_money(deal.price, exact=True)
    record_staff_act(
        operator=operator,
        act=f"ads.{verb}_deal",
        target=f"deal:{deal.pk}",
        reason=f"{deal.code}, {deal.kind} {price}, is {'on' if deal.is_on else 'off'}"[:500],
        at=at,
    )

"""Partners outside: added, changed, switched on and off by operators."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from takings.ads.models import DemandPartner, LineItem
from takings.ads.queries.partners import header_of, partner_line_items, seal
from takings.ads.rules.partners import Access, Blocks, check_partner
from takings.core.errors import Conflict, Invalid
from takings.people.actions import record_staff_act
from takings.people.models import User


class NotForPartners(Invalid):
    """A partner bids for impressions, with the money of a line item of its own."""

    code = "not_for_partners"
    sentence = "Choose a line item that is sold by impressions (CPM) and is no other partner’s."


class PartnerIdTaken(Conflict):
    """The form's id was used for another partner."""

    code = "partner_id_taken"
    sentence = "This form was sent before for another partner; reload the page."


class HeaderWithoutValue(Invalid):
    """A header that says nothing opens nothing."""

    code = "header_without_value"
    sentence = "Give the header’s value, or no header at all."


@dataclass(frozen=True, slots=True)
class PartnerDraft:
    """A partner as an operator fills it in; a header without a value keeps the one it had."""

    name: str
    line_item_id: uuid.UUID
    access: Access
    blocks: Blocks
    is_on: bool


@transaction.atomic
def add_partner(
    *,
    id: uuid.UUID,  # noqa: A002 - the form's id, which makes it one partner
    draft: PartnerDraft,
    operator: User,
    at: dt.datetime,
) -> DemandPartner:
    """Ask somebody for bids from now on; the same form again changes nothing. A staff act.

    Refuses: BadText, BadOutsideAddress, BadPartner, NotForPartners, HeaderWithoutValue,
    :class:`PartnerIdTaken`.
    """
    known = DemandPartner.objects.filter(pk=id).first()
    if known is not None:
        if (known.name, known.line_item_id) != (draft.name.strip(), draft.line_item_id):
            raise PartnerIdTaken
        return known
    check_partner(draft.name, access=draft.access, blocks=draft.blocks)
    item = _line_item(draft, besides=None)
    columns = _columns(draft, value=draft.access.header[1])
    partner = DemandPartner.objects.create(
        id=id, line_item=item, added_by=operator, added_at=at, **columns
    )
    _record("add", partner, operator=operator, at=at)
    return partner


@transaction.atomic
def change_partner(
    *, partner_id: uuid.UUID, draft: PartnerDraft, operator: User, at: dt.datetime
) -> DemandPartner:
    """Ask somebody in another way, or no more. Ad servers notice within seconds. A staff act.

    Refuses: as :func:`add_partner`.
    """
    check_partner(draft.name, access=draft.access, blocks=draft.blocks)
    partner = DemandPartner.objects.select_for_update(no_key=True).get(pk=partner_id)
    name, value = draft.access.header
    if name == partner.header_name and not value:
        value = header_of(partner) or ""
    columns = {"line_item": _line_item(draft, besides=partner), **_columns(draft, value=value)}
    for column, given in columns.items():
        setattr(partner, column, given)
    partner.save(update_fields=columns)
    _record("change", partner, operator=operator, at=at)
    return partner


def _line_item(draft: PartnerDraft, *, besides: DemandPartner | None) -> LineItem:
    found = partner_line_items(besides=besides).filter(pk=draft.line_item_id).first()
    if found is None:
        raise NotForPartners
    return found


def _columns(draft: PartnerDraft, *, value: str) -> dict[str, object]:
    access = draft.access
    if access.header[0] and not value:
        raise HeaderWithoutValue
    return {
        "name": draft.name.strip(),
        "endpoint": access.endpoint,
        "timeout_ms": access.timeout_ms,
        "qps": access.qps,
        "seat": access.seat,
        "vendor_id": access.vendor_id,
        "header_name": access.header[0],
        "header_sealed": seal().lock(value) if access.header[0] else b"",
        "blocked_domains": sorted(draft.blocks.domains),
        "blocked_categories": sorted(draft.blocks.categories),
        "is_on": draft.is_on,
    }


def _record(verb: str, partner: DemandPartner, *, operator: User, at: dt.datetime) -> None:
    record_staff_act(
        operator=operator,
        act=f"ads.{verb}_partner",
        target=f"partner:{partner.pk}",
        reason=f"{partner.name} at {partner.endpoint} is {'on' if partner.is_on else 'off'}"[:500],
        at=at,
    )

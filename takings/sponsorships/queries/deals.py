"""Whose deal it is, what it says, and where it stands."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from takings.core.errors import Forbidden, NotFound
from takings.invoicing.queries import billing_details
from takings.invoicing.rules import Customer, Evidence, Party
from takings.payments.models import Payment
from takings.payments.queries import Listed, payments_of, with_receipts
from takings.payments.rules import PurposeName
from takings.people.models import Brand, Creator, Role, User
from takings.people.queries import Visitor, access_self, role_in
from takings.sponsorships.models import Deal, Dispute, Step, Work
from takings.sponsorships.rules import Side

DEAL_PURPOSE = PurposeName.DEAL
PROMOTER = "@"
"""How the names of those brands begin that show a creator's own videos, for earnings."""


class NoSuchDeal(NotFound):
    """It does not exist, or is between others."""

    code = "no_such_brand_deal"
    sentence = "There is no such deal among yours."


class LookingOnly(Forbidden):
    """Operators look on; a brand's viewers change nothing."""

    code = "looking_only"
    sentence = "You may look at this deal, not act in it."


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody sits in a deal; an operator on no side. ``acts``: may change something."""

    deal: Deal
    user: User
    side: Side | None
    acts: bool


def access_deal(*, user: Visitor, deal_id: UUID) -> Seat:
    """Return a deal to its creator, to members of its brand, and to operators.

    Refuses: NotSignedIn, NoSuchDeal.
    """
    person = access_self(user=user)
    found = Deal.objects.select_related("brand", "creator__user").filter(pk=deal_id).first()
    if found is None:
        raise NoSuchDeal
    if found.creator.user_id == person.pk:
        return Seat(found, person, Side.CREATOR, acts=True)
    if found.brand.members.filter(pk=person.pk).exists():
        acts = role_in(user=person, brand=found.brand) != Role.VIEWER
        return Seat(found, person, Side.BRAND, acts=acts)
    if not person.is_staff:
        raise NoSuchDeal
    return Seat(found, person, None, acts=False)


def access_seat(*, user: Visitor, deal_id: UUID) -> Seat:
    """Return the seat of somebody who may act. Refuses: NotSignedIn, NoSuchDeal, LookingOnly."""
    seat = access_deal(user=user, deal_id=deal_id)
    if not seat.acts:
        raise LookingOnly
    return seat


def deal_of_subject(subject: str) -> Deal:
    """Return the deal of ``deal:<id>``. Refuses: NoSuchDeal."""
    kind, _, name = subject.partition(":")
    try:
        found = Deal.objects.select_related("brand", "creator").filter(pk=UUID(name)).first()
    except ValueError:
        raise NoSuchDeal from None
    if kind != "deal" or found is None:
        raise NoSuchDeal
    return found


def subject_of(deal: Deal) -> str:
    """Return under which name payments and entries know a deal."""
    return f"deal:{deal.pk}"


def deals_of(*, brand: Brand | None = None, creator: Creator | None = None) -> QuerySet[Deal]:
    """Return the deals of a brand or a creator, the newest first."""
    whose = Q(brand=brand) if brand is not None else Q(creator=creator)
    found = Deal.objects.filter(whose).select_related("brand", "creator__user")
    return found.order_by("-opened_at", "-pk")


def brands_for_deals(*, user: User) -> list[Brand]:
    """Return the brands for which somebody may make deals, by name; all to operators."""
    found = Brand.objects.all() if user.is_staff else Brand.objects.filter(members=user)
    return list(found.exclude(name__startswith=PROMOTER).order_by("name"))


def works_of(deal: Deal) -> list[Work]:
    """Return a deal's videos, in order."""
    return list(deal.works.select_related("video"))


def steps_of(deal: Deal) -> list[Step]:
    """Return what was done and said in a deal, the first first."""
    return list(deal.steps.select_related("taken_by"))


def open_dispute_of(deal: Deal) -> Dispute | None:
    """Return the dispute that waits for its answer."""
    return deal.disputes.filter(answer="").first()


def disputes() -> QuerySet[Dispute]:
    """Return all disputes: those that wait in front, the oldest first."""
    found = Dispute.objects.select_related("deal__brand", "deal__creator")
    return found.order_by("answered_at", "opened_at")


def payments_for(deal: Deal) -> list[Listed]:
    """Return the card payments for a deal, newest first, with their receipts."""
    return with_receipts(payments_of(purpose=DEAL_PURPOSE, subject=subject_of(deal)))


def payment_of(funding_id: UUID) -> Payment:
    """Return the card payment by which a deal was paid in."""
    return Payment.objects.get(pk=funding_id)


def customer_of(brand: Brand, *, payer: User) -> Customer:
    """Return a brand as its receipts address it: by its own word, else by who pays."""
    key = f"brand:{brand.pk}"
    given = billing_details(customer=key)
    evidence = [Evidence("account of a member", payer.country)]
    party = Party(brand.name, brand.website, payer.country)
    if given is not None:
        evidence.insert(0, Evidence("billing address", given.country))
        party = Party(given.name, given.address, given.country, given.tax_id)
    return Customer(key=key, party=party, is_business=True, evidence=tuple(evidence))

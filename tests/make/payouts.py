"""Creators who may be paid: their papers, an operator's verdict, an account."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

from takings.payouts.actions import choose_method, review_profile, submit_profile
from takings.payouts.models import Method, Profile, Verdict
from takings.payouts.rules.methods import Details, Kind
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.withholding import TaxForm
from takings.people.models import Creator, User
from tests.make.people import NOON, make_operator

IBAN = "DE89370400440532013000"
ADA = Papers(
    legal_name="Ada Lovelace",
    is_company=False,
    born_on=dt.date(1990, 12, 10),
    street="Invalidenstraße 43",
    postcode="10115",
    town="Berlin",
    country="DE",
    tax_form=TaxForm.W8BEN,
    tax_number="36574261809",
)
SEPA = Details(Kind.SEPA, "EUR", "Ada Lovelace", iban=IBAN, bic="COBADEFFXXX")
BY_HAND = Details(Kind.MANUAL, "USD", "Ada Lovelace", reference="Till 4")


def american(name: str = "Ada Lovelace") -> Papers:
    """Return the papers of somebody who pays tax in the United States."""
    return replace(
        ADA, legal_name=name, country="US", tax_form=TaxForm.W9, tax_number="536-90-4399"
    )


def us_account(holder: str = "Ada Lovelace") -> Details:
    """Return an account in the United States."""
    return Details(Kind.US_BANK, "USD", holder, routing="021000021", account="123456789")


def make_profile(creator: Creator, *, papers: Papers = ADA, at: dt.datetime = NOON) -> Profile:
    """Let a creator send their papers."""
    return submit_profile(
        creator=creator, papers=papers, signature=papers.legal_name, id=uuid4(), at=at
    )


def make_verified(
    creator: Creator,
    *,
    papers: Papers = ADA,
    operator: User | None = None,
    at: dt.datetime = NOON,
) -> Profile:
    """Let a creator send their papers and an operator verify them."""
    profile = make_profile(creator, papers=papers, at=at)
    review_profile(
        operator=operator or make_operator(),
        profile=profile,
        verdict=Verdict.VERIFIED,
        reason="The passport was seen.",
        at=at,
    )
    return profile


def make_method(creator: Creator, *, details: Details = SEPA, at: dt.datetime = NOON) -> Method:
    """Let a creator choose where the money goes."""
    return choose_method(creator=creator, details=details, id=uuid4(), at=at)

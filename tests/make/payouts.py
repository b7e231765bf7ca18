"""Creators who may be paid: their papers, an operator's verdict, an account."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

from takings.ledger.actions import post
from takings.money import Money
from takings.payouts.actions import (
    approve_batch,
    choose_method,
    draft_batch,
    execute_batch,
    read_bank_answers,
    review_profile,
    submit_profile,
)
from takings.payouts.models import AnswerFile, Batch, Method, Payout, Profile, Verdict
from takings.payouts.rules.methods import Details, Kind
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.withholding import TaxForm
from takings.people.models import Creator, User
from takings.settlement.actions import close_period, earn_directly, release_earnings
from takings.settlement.rules import Earning, PoolKey, direct_parts
from tests.make.ledger import make_entry, make_posted, move
from tests.make.people import NOON, make_operator
from tests.make.settlement import DECEMBER, WINDOW, Act, counted, counting, make_act, make_pool

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


PAY_DAY = dt.datetime(2026, 12, 21, 12, tzinfo=dt.UTC)
"""The first day on which November's statements are paid."""


def make_earned(
    *acts: Act,
    german: str = "2000",
    american_: str = "1000",
    period: str = "2026-11",
    at: dt.datetime = DECEMBER,
) -> None:
    """Let acts share the pools of a month (45 % of them) and their hold window end.

    One act alone earns $900 in Germany and $450 in the United States.
    """
    make_pool(german, country="DE", period=period)
    make_pool(american_, country="US", period=period)
    day = dt.date.fromisoformat(f"{period}-01")
    rows = [counted(act, 5, country=code, day=day) for act in acts for code in ("DE", "US")]
    close_period(name=period, at=at, count=counting(*rows))
    release_earnings(at=at + WINDOW)


def make_sold(act: Act, product: str, *, total: str, share: str, currency: str = "USD") -> None:
    """Let a sale in Germany bring a creator this share of its price, on the first of November."""
    at = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
    key = PoolKey("2026-11", "DE", currency, product)
    parts = Money.parse(total, currency), Money.parse(share, currency)
    one = Earning(key, act.creator.pk, act.video_id, at.date(), 1, *parts)
    entry = make_entry(*(move("bank", *part) for part in direct_parts([one]).items()))
    post(drafts=[entry], at=at)
    earn_directly(earnings=[(entry.id, one)], at=at)


def make_payable(creator: Creator, amount: str | Money, *, at: dt.datetime = DECEMBER) -> None:
    """Let money be payable that no statement tells of; it is in the bank, too."""
    make_posted(move("bank", f"creator:{creator.pk}:payable", amount), at=at)


def make_payee(
    name: str = "Ada", *, papers: Papers | None = None, details: Details = BY_HAND
) -> Act:
    """Open a studio whose owner may be paid, with a post that may earn."""
    act = make_act(name)
    told = papers or replace(ADA, legal_name="Ada Lovelace")
    make_verified(act.creator, papers=told)
    make_method(act.creator, details=details)
    return act


def make_batch(*, at: dt.datetime = PAY_DAY, maker: User | None = None) -> Batch:
    """Draft a batch."""
    return draft_batch(operator=maker or make_operator("Max"), id=uuid4(), at=at)


def make_approved(*, at: dt.datetime = PAY_DAY) -> Batch:
    """Draft a batch and let a second person approve it."""
    batch = make_batch(at=at)
    return approve_batch(
        operator=make_operator("Zoe"), batch_id=batch.pk, reason="The sums are right.", at=at
    )


def make_paid(*, at: dt.datetime = PAY_DAY) -> Batch:
    """Draft, approve and execute a batch."""
    batch = make_approved(at=at)
    return execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=at)


def make_returned(payout: Payout, *, code: str = "AC04", at: dt.datetime = PAY_DAY) -> AnswerFile:
    """Let the bank give a payout back, in a table."""
    told = f"end_to_end_id,status,code,reason\n{payout.pk.hex},RJCT,{code},\n"
    return read_bank_answers(
        operator=make_operator("Max"), content=told.encode(), name="back.csv", id=uuid4(), at=at
    )

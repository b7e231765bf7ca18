"""Batches: what is paid to whom, what is withheld, who is left out, and the second person."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from takings.ledger.actions.rates import record_rates
from takings.ledger.queries import balance, check_books, entry
from takings.money import Money
from takings.payouts import queries
from takings.payouts.actions import (
    NotApproved,
    NothingToPay,
    SamePerson,
    approve_batch,
    cancel_batch,
    draft_batch,
    execute_batch,
)
from takings.payouts.models import Batch, BatchState, Line, Omission, Payout, PayoutState
from takings.payouts.queries import NoSuchBatch
from takings.payouts.rules.drafting import Draft
from takings.payouts.rules.states import NotThatStep
from takings.payouts.rules.withholding import TaxForm
from takings.people.models import StaffAct
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.payouts import (
    ADA,
    BY_HAND,
    PAY_DAY,
    SEPA,
    american,
    make_approved,
    make_batch,
    make_earned,
    make_method,
    make_paid,
    make_payable,
    make_payee,
    make_verified,
    us_account,
)
from tests.make.people import make_creator, make_operator
from tests.make.settlement import DECEMBER, Act, make_act

pytestmark = pytest.mark.django_db


def payable(act: Act, currency: str = "USD") -> Money:
    return balance(name=queries.account_of(act.creator.pk), currency=currency)


def reasons() -> dict[str, str]:
    return dict(Omission.objects.values_list("reason", "sentence"))


def test_a_payout_takes_a_statement_withholds_tax_and_leaves_whole_cents() -> None:
    ada = make_payee()
    make_earned(ada)
    make_payable(ada.creator, Money(12_345, "USD"))
    bank = dollars("bank")
    batch = make_paid()
    payout = Payout.objects.get()
    # 1,350.012345: 450 of 1,350 from the United States, so a third of it, of which 30 %.
    assert payout.withheld == Money(135_001_234, "USD")
    assert payout.net == usd("1215.01")
    assert payout.remainder == Money(1_111, "USD")
    assert payable(ada) == payout.remainder
    assert dollars("tax:US:withheld") == payout.withheld
    assert dollars("bank") == bank - payout.net
    assert (batch.state, payout.state) == (BatchState.SENT, PayoutState.SENT)
    assert entry(id=payout.pk).kind == "payout_sent"
    lines = list(payout.lines.order_by("pk").values_list("statement_id", "worth_micros"))
    assert [worth for _, worth in lines] == [1_350_000_000, 11_234]
    assert sum(worth for _, worth in lines) == payout.gross_micros
    assert check_books() == []


def test_a_dry_run_shows_what_a_batch_would_hold_and_keeps_nothing() -> None:
    ada, ben = make_payee(), make_act("Ben")
    make_earned(ada)
    make_payable(ben.creator, "5")
    seen = queries.preview(at=PAY_DAY)
    [(creator, draft)] = seen.drafts
    [(left, money, why)] = seen.left_out
    assert (creator, draft.parts.net, left, money) == (ada.creator, usd(1_215), ben.creator, usd(5))
    assert why.sentence == "Who you are and where you pay tax is not known yet."
    [total] = seen.totals
    assert (total.rail, total.count, total.net, total.withheld) == ("csv", 1, usd(1_215), usd(135))
    assert seen.reasons == (("no_profile", 1),)
    assert not Batch.objects.exists()
    make_batch()
    kept = Payout.objects.get()
    assert (kept.net, kept.withheld) == (total.net, total.withheld)


def test_who_is_left_out_and_why_is_kept_with_the_batch() -> None:
    make_earned(make_payee())
    poor, owing, listed, new = (make_payee(name) for name in ("Poor", "Owing", "Listed", "New"))
    make_payable(poor.creator, "99.99")
    make_posted(move(f"creator:{owing.creator.pk}:payable", "platform:loss", "4"), at=DECEMBER)
    make_payable(listed.creator, "200")
    make_method(new.creator, details=us_account(), at=DECEMBER)
    make_payable(new.creator, "200")
    other = make_act("Rejected")
    make_payable(other.creator, "200")
    make_batch()
    told = reasons()
    assert told["below_minimum"] == "$0.01 below the minimum of $100.00."
    assert told["owed"] == "$4.00 is owed: more was taken back than there was."
    assert told["cooling"] == "The new bank account is paid from 22 December 2026 on."
    assert told["no_profile"] == "Who you are and where you pay tax is not known yet."
    assert Payout.objects.count() == 2
    assert all(str(one) for one in Omission.objects.all())


def test_drafting_twice_is_drafting_once_and_a_balance_is_in_one_batch() -> None:
    make_earned(make_payee())
    max_, key = make_operator("Max"), uuid4()
    batch = draft_batch(operator=max_, id=key, at=PAY_DAY)
    assert draft_batch(operator=max_, id=key, at=PAY_DAY) == batch
    with pytest.raises(NothingToPay, match="1 balances are left out"):
        make_batch()
    assert Payout.objects.count() == 1
    assert str(batch) == "batch of 2026-12-21 12:00"
    assert not Omission.objects.exists()


def test_whoever_drafted_a_batch_does_not_approve_it() -> None:
    make_earned(make_payee())
    batch = make_batch()
    with pytest.raises(SamePerson):
        approve_batch(operator=batch.drafted_by, batch_id=batch.pk, reason="Mine.", at=PAY_DAY)
    with pytest.raises(NotApproved):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    batch.refresh_from_db()
    assert (batch.state, batch.approved_by) == (BatchState.DRAFTED, None)
    for change in ({"approved_by": batch.drafted_by}, {"state": BatchState.POSTED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Batch.objects.update(**change)
    acts = StaffAct.objects.filter(act__startswith="payouts.batch")
    assert list(acts.values_list("act", flat=True)) == ["payouts.batch_drafted"]


def test_an_approval_is_an_audit_row_and_happens_once() -> None:
    make_earned(make_payee())
    batch = make_approved()
    acts = StaffAct.objects.filter(act="payouts.batch_approved")
    assert acts.get().reason == "The sums are right."
    with pytest.raises(NotThatStep):
        approve_batch(operator=make_operator(), batch_id=batch.pk, reason="Again.", at=PAY_DAY)
    assert [str(step).split(" → ")[1] for step in batch.steps.all()] == ["drafted", "approved"]
    with pytest.raises(NoSuchBatch):
        approve_batch(operator=make_operator(), batch_id=uuid4(), reason="None.", at=PAY_DAY)


def test_a_cancelled_batch_frees_its_balances() -> None:
    ada = make_payee()
    make_earned(ada)
    batch = make_approved()
    before = all_balances()
    cancel_batch(operator=make_operator(), batch_id=batch.pk, reason="A mistake.", at=PAY_DAY)
    assert all_balances() == before
    [payout] = Payout.objects.all()
    assert (payout.state, payout.why) == (PayoutState.DROPPED, "The batch was cancelled.")
    with pytest.raises(NotApproved):
        execute_batch(operator=make_operator(), batch_id=batch.pk, at=PAY_DAY)
    paid = make_paid()
    with pytest.raises(NotThatStep):
        cancel_batch(operator=make_operator(), batch_id=paid.pk, reason="Late.", at=PAY_DAY)
    assert payable(ada) == usd(0)
    assert Line.objects.filter(is_live=True).count() == 1
    assert check_books() == []


def test_we_27_what_becomes_payable_after_the_evaluation_waits_a_month() -> None:
    ada = make_payee()
    make_payable(ada.creator, "99.99", at=DECEMBER)
    make_payable(ada.creator, "500", at=PAY_DAY)
    with pytest.raises(NothingToPay):
        make_batch()
    january = dt.datetime(2027, 1, 21, tzinfo=dt.UTC)
    make_paid(at=january)
    assert Payout.objects.get().gross_micros + payable(ada).micros == 599_990_000


def test_money_in_another_currency_is_changed_first_at_a_stored_rate() -> None:
    ada = make_payee(details=SEPA)
    make_earned(ada)
    make_posted(move("bank", "opening:EUR", Money.parse("5000", "EUR")), at=DECEMBER)
    with pytest.raises(NothingToPay):
        make_batch()
    rates = b"base,quote,valid_on,rate\nUSD,EUR,2026-12-18,0.9215\n"
    record_rates(content=rates, source="ECB", at=PAY_DAY)
    make_paid()
    payout = Payout.objects.get()
    assert (payout.currency, payout.rail) == ("EUR", "pain.001")
    assert payout.balance_micros == 1_244_025_000  # 1,350 × 0.9215
    assert payout.withheld_micros == 124_402_500  # 30 % of a third
    assert payout.net == Money.parse("1119.62", "EUR")
    assert payable(ada) == usd(0)
    assert payable(ada, "EUR") == Money(2_500, "EUR")
    change = payout.conversions.get()
    assert entry(id=change.entry_id).reference == "rate:USD-EUR:2026-12-18"
    assert "1350000000 USD" in str(change)
    assert check_books() == []


def test_the_next_payout_taxes_only_what_is_new() -> None:
    ada = make_payee()
    make_payable(ada.creator, Money(150_009_999, "USD"))
    make_paid()
    first = Payout.objects.get()
    # No statement says where it comes from, so all of it counts: 30 %.
    assert first.withheld == Money(45_002_999, "USD")
    assert first.remainder == Money(7_000, "USD")
    make_payable(ada.creator, "200", at=PAY_DAY)
    make_paid(at=PAY_DAY + dt.timedelta(days=31))
    second = Payout.objects.exclude(pk=first.pk).get()
    assert second.withheld == usd(60)
    assert second.balance_micros == 200_007_000
    assert check_books() == []


def test_a_resident_of_china_is_withheld_cumulatively_in_yuan() -> None:
    chinese = replace(ADA, country="CN", tax_number="")
    lin = make_payee("Lin", papers=chinese)
    make_payable(lin.creator, "3000")
    with pytest.raises(NothingToPay):
        make_batch()
    yuan = replace(BY_HAND, currency="CNY")
    rates = b"base,quote,valid_on,rate\nUSD,CNY,2027-01-20,7.0\nUSD,CNY,2027-02-20,7.0\n"
    record_rates(content=rates, source="PBC", at=PAY_DAY)
    make_method(lin.creator, details=yuan, at=DECEMBER)
    make_posted(move("bank", "opening:CNY", Money.parse("1", "CNY")), at=DECEMBER)
    make_posted(move("bank", "fx:CNY", Money.parse("100000", "CNY")), at=DECEMBER)
    make_paid(at=dt.datetime(2027, 1, 21, tzinfo=dt.UTC))
    first = Payout.objects.get()
    taxes = dict(first.withholdings.values_list("jurisdiction", "amount_micros"))
    # 21,000 × 0.8 − 5,000 = 11,800, of which 3 %; and 30 % as no statement says where it is from.
    assert taxes == {"CN": 354_000_000, "US": 6_300_000_000}
    make_payable(lin.creator, "1000", at=dt.datetime(2027, 2, 1, tzinfo=dt.UTC))
    make_paid(at=dt.datetime(2027, 2, 21, tzinfo=dt.UTC))
    second = Payout.objects.exclude(pk=first.pk).get()
    # 28,000 × 0.8 − 10,000 = 12,400: 372 less the 354 withheld before.
    assert second.withholdings.get(jurisdiction="CN").amount_micros == 18_000_000
    assert str(second.withholdings.get(jurisdiction="CN")) == "CN: 18000000"
    assert check_books() == []


def test_we_29_what_rests_two_years_is_paid_below_the_minimum() -> None:
    ada = make_payee(papers=american(), details=us_account())
    make_earned(ada, german="40", american_="20")
    poor = make_act("Nobody")
    make_earned(
        poor,
        german="40",
        american_="20",
        period="2026-12",
        at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC),
    )
    with pytest.raises(NothingToPay):
        make_batch()
    make_paid(at=dt.datetime(2028, 12, 21, tzinfo=dt.UTC))
    payout = Payout.objects.get()
    assert payout.net == usd(27)
    assert payout.why == "It rested too long to wait for the minimum."
    assert "falls to the state" in reasons()["escheat"]


def test_a_creator_sees_the_next_payout_or_why_there_is_none() -> None:
    ada = make_payee(papers=american(), details=us_account())
    none = queries.upcoming(creator=ada.creator, at=DECEMBER)
    assert (none.balances, none.decision) == (
        (),
        queries.upcoming(creator=ada.creator, at=PAY_DAY).decision,
    )
    make_payable(ada.creator, "96.80")
    below = queries.upcoming(creator=ada.creator, at=DECEMBER)
    assert "$3.20 below the minimum of $100.00." in str(below.decision)
    make_payable(ada.creator, "20")
    soon = queries.upcoming(creator=ada.creator, at=DECEMBER)
    assert isinstance(soon.decision, Draft)
    assert soon.decision.parts.net == usd("116.80")
    assert (soon.dates.paid_from, soon.dates.paid_to) == (
        dt.date(2026, 12, 21),
        dt.date(2026, 12, 26),
    )
    assert soon.balances == (usd("116.80"),)


def test_a_new_treaty_form_is_expired_after_three_years() -> None:
    ada = make_payee()
    make_payable(ada.creator, "300")
    with pytest.raises(NothingToPay):
        make_batch(at=dt.datetime(2030, 1, 21, tzinfo=dt.UTC))
    told = queries.preview(at=dt.datetime(2030, 1, 21, tzinfo=dt.UTC)).left_out[0][2]
    assert told.reason == "form_expired"
    assert queries.standing(creator=make_creator("New")).tax_status() is None
    make_verified(ada.creator, papers=replace(ADA, tax_form=TaxForm.NONE))
    assert isinstance(queries.preview(at=PAY_DAY).drafts[0][1], Draft)

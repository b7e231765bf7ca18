"""Vouchers for earnings: one entry, one code, one creator; faulty ones are made good once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.payouts.queries import late_returns
from takings.payouts.queries import report_csv as year_csv
from takings.payouts.rules.year_end import Report
from takings.people.models import StaffAct
from takings.settlement.actions.answering import ProposalAnswered, SecondPersonNeeded
from takings.settlement.actions.exchanging import (
    NotThatMuchEarned,
    Wanted,
    exchange_earnings,
)
from takings.settlement.actions.undoing import ExchangeUndone, undo_exchange
from takings.settlement.models import Exchange
from takings.settlement.queries.exchange_checks import EXCHANGES_ARE_POSTED
from takings.settlement.queries.rewards import reward_named
from takings.vouchers import actions, queries
from takings.vouchers.models import Fault, Handout, Load, Voucher, VoucherKind
from takings.vouchers.queries.checks import IS_PAID
from takings.vouchers.rules.files import BadVoucherFile
from takings.vouchers.rules.taking import (
    AgeNotKnown,
    NotInTheirCountry,
    OutOfStock,
    TooYoungForVouchers,
    VouchersExpired,
)
from tests.make.coins import ADULT
from tests.make.ledger import all_balances, make_posted, move
from tests.make.passes import Time
from tests.make.payouts import make_verified
from tests.make.people import make_operator
from tests.make.settlement import Act
from tests.make.vouchers import make_vouchers, voucher_file, voucher_line

pytestmark = pytest.mark.django_db(transaction=True)
CODES = ("TH-7KQ4-M9ZT", "TH-8LR5-N2AB", "TH-9MS6-P3CD")

Refused = tuple[tuple[type[Refusal], dict[str, object]], ...]


def wanted() -> Wanted:
    return Wanted(uuid4(), "vouchers", str(VoucherKind.objects.get().pk))


def take(act: Act, wish: Wanted | None = None) -> Exchange:
    return exchange_earnings(creator=act.creator, wanted=wish or wanted(), at=clock.now())


def code_of(exchange: Exchange) -> str:
    [handout] = queries.handouts_of(creator=exchange.creator).filter(exchange=exchange)
    return queries.owned(handout=handout, at=clock.now()).code


def reported(exchange: Exchange) -> Fault:
    [handout] = queries.handouts_of(creator=exchange.creator).filter(exchange=exchange)
    return actions.report_fault(handout=handout, said="The shop says no.", at=clock.now())


def euros(name: str) -> Money:
    return balance(name=name, currency="EUR")


def test_a_creator_takes_one_code_for_earnings_in_one_entry_once(ada: Act) -> None:
    make_vouchers(*CODES[:2])
    wish = wanted()
    done = take(ada, wish)
    assert (done, done.words) == (take(ada, wish), "€20.00 at Threadhouse, until 31 December 2027")
    assert euros(f"creator:{ada.creator.pk}:payable") == Money.parse("30", "EUR")
    assert euros("vouchers:threadhouse") == Money.parse("20", "EUR")
    assert {code_of(done), code_of(take(ada))} == set(CODES[:2])
    sealed = bytes(Voucher.objects.all()[0].sealed)
    assert not any(code.encode() in sealed for code in CODES)
    with pytest.raises(DatabaseError, match="change"), transaction.atomic():
        Handout.objects.update(given_at=clock.now())
    assert check_books() == []


def test_what_cannot_be_had_is_refused_by_name_and_moves_nothing(ada: Act, time: Time) -> None:
    make_vouchers(CODES[0])
    user, before = ada.creator.user, all_balances()
    refused: Refused = (
        (NotInTheirCountry, {"country": "FR"}),
        (TooYoungForVouchers, {"born_on": dt.date(2015, 1, 1)}),
        (AgeNotKnown, {"born_on": None}),
    )
    for refusal, changes in refused:
        for field, value in {"country": "DE", "born_on": ADULT, **changes}.items():
            setattr(user, field, value)
        with pytest.raises(refusal):
            take(ada)
    user.born_on = ADULT
    time.go(12, 31)
    with pytest.raises(VouchersExpired, match="2027-12-31"):
        take(ada)
    assert (all_balances(), Exchange.objects.count(), Handout.objects.count()) == (before, 0, 0)


def test_more_than_is_payable_takes_no_code(ada: Act) -> None:
    make_vouchers(*CODES, value="30")
    take(ada)
    with pytest.raises(NotThatMuchEarned, match="€20"):
        take(ada)
    assert Handout.objects.count() == 1
    assert check_books() == []


def test_of_many_at_once_each_code_goes_to_one_creator_and_the_rest_hear_that_it_is_gone(
    ada: Act,
) -> None:
    make_vouchers(*CODES[:2], value="10")
    reward, creator = reward_named(name="vouchers"), ada.creator
    [stale] = reward.offers(creator=creator, at=clock.now())

    def ask(wish: Wanted) -> bool:
        try:
            take(ada, wish)
        except OutOfStock:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(pool.map(ask, [wanted() for _ in range(4)]))
    assert (done.count(True), Handout.objects.count()) == (2, 2)
    assert euros("vouchers:threadhouse") == Money.parse("20", "EUR")
    with pytest.raises(OutOfStock):
        take(ada)
    with pytest.raises(OutOfStock):  # who saw the page before hears it as well
        reward.begin(creator=creator, offer=stale, at=clock.now())
    assert check_books() == []


def test_a_code_that_does_not_work_is_replaced_once_by_another_person(ada: Act) -> None:
    make_vouchers(*CODES[:2])
    done, olga = take(ada), make_operator()
    first = code_of(done)
    [handout] = queries.handouts_of(creator=ada.creator)
    with pytest.raises(actions.FaultNeedsWords):
        actions.report_fault(handout=handout, said=" ", at=clock.now())
    fault = reported(done)
    with pytest.raises(actions.ReportedAlready):
        reported(done)
    with pytest.raises(actions.VouchersNeedReason):
        actions.replace_voucher(operator=olga, fault=fault, answer=" ", at=clock.now())
    with pytest.raises(SecondPersonNeeded):
        actions.replace_voucher(
            operator=ada.creator.user, fault=fault, answer="Yes.", at=clock.now()
        )
    actions.replace_voucher(operator=olga, fault=fault, answer="Used before.", at=clock.now())
    assert {first, code_of(done)} == set(CODES[:2])
    with pytest.raises(ProposalAnswered):
        actions.return_earnings(operator=olga, fault=fault, answer="Again.", at=clock.now())
    with pytest.raises(DatabaseError, match="answered once"), transaction.atomic():
        Fault.objects.update(said="Nothing.")
    last = reported(done)
    with pytest.raises(OutOfStock):
        actions.replace_voucher(operator=olga, fault=last, answer="Yes.", at=clock.now())
    declined = actions.decline_fault(operator=olga, fault=last, answer="It works.", at=clock.now())
    assert declined.is_approved is False
    acts = StaffAct.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts)[-2:] == ["vouchers.replaced", "vouchers.fault_declined"]
    assert euros("vouchers:threadhouse") == Money.parse("20", "EUR")
    assert check_books() == []


def test_no_code_that_ended_replaces_another(ada: Act, time: Time) -> None:
    make_vouchers(*CODES[:2])
    fault = reported(take(ada))
    time.go(12, 31)
    with pytest.raises(VouchersExpired):
        actions.replace_voucher(
            operator=make_operator(), fault=fault, answer="Yes.", at=clock.now()
        )


def test_earnings_are_given_back_exactly_and_once_and_leave_the_years_reports(
    ada: Act, time: Time
) -> None:
    make_vouchers(*CODES)
    make_verified(ada.creator)  # a W-8BEN, and no statement says where it came from
    before = all_balances()
    done, olga = take(ada), make_operator()
    assert done.withheld == Money.parse("8.571428", "EUR")
    assert b"28.571428" in year_csv(report=Report.DAC7, year=2027, at=time.now)
    actions.return_earnings(
        operator=olga, fault=reported(done), answer="The shop closed.", at=clock.now()
    )
    assert all_balances() == before
    assert b"28.571428" not in year_csv(report=Report.DAC7, year=2027, at=time.now)
    assert code_of(done) == ""
    with pytest.raises(ExchangeUndone):
        undo_exchange(operator=olga, exchange=done, reason="Again.", at=clock.now())
    assert check_books() == []
    again = take(ada)  # what its tax office was paid meanwhile is owed back
    make_posted(move("tax:US:withheld", "bank", Money.parse("8.57", "EUR")))
    time.now = time.now.replace(year=2028)
    actions.return_earnings(
        operator=olga, fault=reported(again), answer="The shop closed.", at=clock.now()
    )
    assert euros(f"creator:{ada.creator.pk}:payable") == Money.parse("50", "EUR")
    assert euros("tax_receivable:US:withheld") == Money.parse("8.57", "EUR")
    [late] = late_returns(year=2027, at=time.now)
    assert (late.id, late.is_exchange, late.gross) == (again.pk, True, again.amount)
    assert check_books() == []


def test_nothing_is_withheld_and_nothing_reclaimed_where_there_was_no_tax(ada: Act) -> None:
    make_vouchers(CODES[0])
    before, done = all_balances(), take(ada)
    actions.return_earnings(
        operator=make_operator(), fault=reported(done), answer="It was used.", at=clock.now()
    )
    assert all_balances() == before
    assert check_books() == []


@pytest.mark.usefixtures("time")
def test_a_file_is_loaded_once_and_whole() -> None:
    olga = make_operator()
    file = voucher_file(voucher_line("TH-000001"), voucher_line("SHORT1", price="18"))

    def load(one: actions.VoucherFile) -> Load:
        return actions.load_vouchers(operator=olga, file=one, at=clock.now())

    assert load(file) == load(file)
    with pytest.raises(actions.LoadIdTaken):
        load(replace(file, content=b"other"))
    with pytest.raises(actions.LoadedBefore, match=r"codes\.csv"):
        load(replace(file, id=uuid4()))
    half = voucher_file(voucher_line("TH-000009"), voucher_line("TH-000001"))
    with pytest.raises(BadVoucherFile, match="Line 3: the code was loaded before"):
        load(half)
    assert set(Voucher.objects.values_list("tail", flat=True)) == {"001", ""}
    assert load(replace(voucher_file(voucher_line("TH-000009")), name="")).name == "codes"
    free = {one.kind.price_micros: one.free_count for one in queries.stock()}
    assert free == {18_000_000: 1, 20_000_000: 2}
    act = StaffAct.objects.filter(act="vouchers.loaded").first()
    assert act is not None
    assert "TH-0" not in act.reason


def test_what_is_withdrawn_is_given_to_nobody_any_more(ada: Act) -> None:
    load, olga = make_vouchers(*CODES[:2]), make_operator()
    mine, wish = take(ada), wanted()
    with pytest.raises(actions.VouchersNeedReason):
        actions.withdraw_load(operator=olga, load=load, reason=" ", at=clock.now())
    actions.withdraw_load(operator=olga, load=load, reason="Misprinted.", at=clock.now())
    with pytest.raises(actions.LoadWithdrawn):
        actions.withdraw_load(operator=olga, load=load, reason="Twice.", at=clock.now())
    with pytest.raises(OutOfStock):
        take(ada, wish)
    assert code_of(mine) in CODES


def test_books_name_a_voucher_that_was_not_paid_and_an_exchange_that_gave_none(ada: Act) -> None:
    make_vouchers(*CODES[:2])
    first, second = take(ada), take(ada)
    with connection.cursor() as cursor:
        for table in ("vouchers_voucherkind", "vouchers_handout", "settlement_exchangereturn"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE vouchers_voucherkind SET price_micros = 1")
        cursor.execute("DELETE FROM vouchers_handout WHERE exchange_id = %s", [second.pk])
        for table in ("vouchers_voucherkind", "vouchers_handout"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    gave_none, not_paid = check_books()
    assert gave_none.invariant == not_paid.invariant == IS_PAID.invariant
    assert gave_none.sentence == "no code was given for it"
    assert "its price is 1, its entry paid 20000000" in not_paid.sentence
    olga, fault = make_operator(), reported(first)
    actions.return_earnings(operator=olga, fault=fault, answer="It was used.", at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM settlement_exchangereturn")
        cursor.execute("ALTER TABLE settlement_exchangereturn ENABLE TRIGGER USER")
    undone = [one for one in check_books() if one.invariant == EXCHANGES_ARE_POSTED.invariant]
    assert [one.sentence for one in undone] == [
        "the books and its row disagree about whether it was undone"
    ]

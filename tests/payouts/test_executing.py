"""Paying a batch: in chunks that a crash cannot tear, never more than is there, and once."""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.db import IntegrityError, connection, transaction

from takings.ledger.actions import PeriodLocked
from takings.ledger.actions.terms import lock_period
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.payouts import queries
from takings.payouts.actions import (
    cancel_batch,
    execute_batch,
    executing,
)
from takings.payouts.models import (
    BankFile,
    Batch,
    BatchState,
    Line,
    Payout,
    PayoutState,
)
from takings.sandbox.models import Transfer
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.payouts import (
    PAY_DAY,
    american,
    make_approved,
    make_paid,
    make_payable,
    make_payee,
    us_account,
)
from tests.make.people import make_operator
from tests.make.providers import fund, fund_sandbox, make_paid_there, providers_pay
from tests.make.settlement import DECEMBER, Act


class Crash(Exception):  # noqa: N818 - it stands for a power cut
    """The power goes."""


def make_three() -> list[Act]:
    """Let three creators have $100.00, $200.00 and $300.00 to be paid, with nothing withheld."""
    acts = [make_payee(name, papers=american(), details=us_account()) for name in "ABC"]
    for number, act in enumerate(acts, start=1):
        make_payable(act.creator, usd(100 * number))
    return acts


def payables(acts: list[Act]) -> list[Money]:
    return [balance(name=queries.account_of(a.creator.pk), currency="USD") for a in acts]


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each payout be a chunk of its own."""
    monkeypatch.setattr(executing, "CHUNK", 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("fatal", [0, 1, 2, 3])
def test_a_crash_before_any_chunk_is_finished_by_running_again(fatal: int) -> None:
    acts = make_three()
    batch = make_approved()

    def die(step: str, done: int, _total: int) -> None:
        if (step, done) == ("posted", fatal):
            raise Crash

    with pytest.raises(Crash):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY, progress=die)
    assert sum(money == usd(0) for money in payables(acts)) == fatal
    assert dollars("bank") == usd(600 - sum(p.net.micros for p in _sent()) // 1_000_000)
    for _ in range(2):
        found = execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
        assert found.state == BatchState.SENT
        assert payables(acts) == [usd(0)] * 3
        assert dollars("bank") == usd(0)
    assert check_books() == []


def _sent() -> list[Payout]:
    return list(Payout.objects.filter(state=PayoutState.SENT))


@pytest.mark.django_db
def test_a_crash_inside_a_chunk_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    make_three()
    batch = make_approved()
    before = all_balances()

    def broken(**_: object) -> None:
        raise Crash

    monkeypatch.setattr(executing, "overdrawn", broken)
    with pytest.raises(Crash):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert all_balances() == before
    assert _sent() == []


EXECUTE_AND_DIE = """
import os, signal, sys
import django
django.setup()
import datetime as dt
from uuid import UUID
from takings.payouts.actions import executing
from takings.payouts.models import Batch
from takings.payouts.providers.sandbox import Sandbox

executing.CHUNK = 1
send = Sandbox.send

def send_and_die(self, ask):
    told = send(self, ask)
    if sys.argv[1] == "called":
        os.kill(os.getpid(), signal.SIGKILL)
    return told

Sandbox.send = send_and_die

def die(step, done, total):
    if f"{step} {done}" == sys.argv[1]:
        os.kill(os.getpid(), signal.SIGKILL)

batch = Batch.objects.select_related("drafted_by").get()
at = dt.datetime(2026, 12, 21, 12, tzinfo=dt.UTC)
executing.execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=at, progress=die)
print("paid")
"""


US_PAYER = {"TAKINGS_PAYER_ROUTING": "021000021", "TAKINGS_PAYER_ACCOUNT": "000123456"}
STAGES = (
    *("posted 0", "posted 1", "posted 3", "files 0", "files 3"),
    *("transfers 0", "called", "never"),
)


@pytest.mark.processes
def test_kill_9_at_every_chunk_of_a_batch_pays_once(transactional_db: None) -> None:
    del transactional_db
    acts = make_three()
    with providers_pay():
        acts.append(make_paid_there("D"))
    fund(100)
    fund_sandbox("USD", 100)
    make_approved()
    name = connection.settings_dict["NAME"]
    address, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{address.rpartition('/')[0]}/{name}?{query}"
    for step in STAGES:
        done = subprocess.run(
            [sys.executable, "-c", EXECUTE_AND_DIE, step],
            env=os.environ | {"DATABASE_URL": url} | US_PAYER,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        expected = 0 if step == "never" else -signal.SIGKILL
        assert done.returncode == expected, done.stderr
    assert payables(acts) == [usd(0)] * 4
    assert dollars("bank") == usd(100)  # of the one whom the provider paid
    assert (dollars("provider:sandbox"), Transfer.objects.count()) == (usd(0), 1)
    assert Batch.objects.get().state == BatchState.SENT
    assert check_books() == []


@pytest.mark.django_db
def test_amount_over_the_balance_is_left_out_and_the_others_are_paid() -> None:
    first, second, third = acts = make_three()
    batch = make_approved()
    account = queries.account_of(second.creator.pk)
    make_posted(move(account, "platform:loss", "0.01"), at=PAY_DAY)
    execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert payables(acts) == [usd(0), usd("199.99"), usd(0)]
    dropped = Payout.objects.get(creator=second.creator)
    assert (dropped.state, dropped.why) == (PayoutState.DROPPED, executing.FELL)
    assert not Line.objects.filter(payout=dropped, is_live=True).exists()
    assert {p.creator_id for p in _sent()} == {first.creator.pk, third.creator.pk}
    assert check_books() == []


@pytest.mark.django_db
def test_a_chunk_that_somebody_cancelled_meanwhile_is_not_posted() -> None:
    acts = make_three()
    batch = make_approved()

    def cancel(_step: str, done: int, _total: int) -> None:
        if done == 0 and Batch.objects.get().state == BatchState.APPROVED:
            cancel_batch(operator=make_operator(), batch_id=batch.pk, reason="Stop.", at=PAY_DAY)

    found = execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY, progress=cancel)
    assert found.state == BatchState.CANCELLED
    assert payables(acts) == [usd(100), usd(200), usd(300)]


@pytest.mark.django_db
def test_the_database_lets_payouts_go_forward_only() -> None:
    make_three()
    make_paid()
    payout = Payout.objects.order_by("pk").first()
    assert payout is not None
    assert str(payout).endswith(" USD")
    changes = (
        lambda: Payout.objects.update(net_micros=1, gross_micros=1, withheld_micros=0),
        lambda: Payout.objects.update(state=PayoutState.DRAFTED, sent_at=None),
        lambda: Payout.objects.filter(pk=payout.pk).update(sent_at=DECEMBER),
        lambda: Line.objects.update(worth_micros=1),
        lambda: Line.objects.filter(payout=payout).delete(),
        lambda: Batch.objects.update(state=BatchState.APPROVED),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert check_books() == []


DAMAGE = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    "ALTER TABLE payouts_payout DISABLE TRIGGER USER",
    "ALTER TABLE payouts_line DISABLE TRIGGER USER",
    "ALTER TABLE payouts_batch DISABLE TRIGGER USER",
    "ALTER TABLE payouts_batch DROP CONSTRAINT a_batch_is_approved_by_a_second_person",
    "UPDATE payouts_line SET worth_micros = worth_micros - 1, is_live = false",
    "ALTER TABLE payouts_payout DROP CONSTRAINT a_payout_is_its_parts",
    "UPDATE payouts_payout SET net_micros = net_micros + 1",
    "UPDATE payouts_batch SET approved_by_id = drafted_by_id",
    "UPDATE payouts_payout SET state = 'returned' WHERE net_micros > 300000000",
)


@pytest.mark.django_db
def test_check_books_finds_payouts_that_do_not_add_up() -> None:
    make_three()
    make_paid()
    with connection.cursor() as cursor:
        for damage in DAMAGE:
            cursor.execute(damage)
    found = check_books()
    told = {finding.invariant: finding.sentence for finding in found}
    assert "it takes" in " ".join(f.sentence for f in found)
    assert "could be paid twice" in " ".join(f.sentence for f in found)
    assert {
        "a payout equals its lines, always, after any number of returns",
        "the entry of a payout pays what it says, and is undone if it came back",
        "what a creator was paid and had withheld is what left their balance",
        "every batch that was paid was approved by a second person",
    } == set(told)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payouts_line SET is_live = true")
    assert "would never be paid" in " ".join(f.sentence for f in check_books())


@pytest.mark.django_db
def test_two_workers_at_one_batch_make_each_file_once() -> None:
    make_three()
    batch = make_approved()

    def overtake(step: str, done: int, _total: int) -> None:
        if (step, done) == ("files", 0):
            execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)

    found = execute_batch(
        operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY, progress=overtake
    )
    assert found.state == BatchState.SENT
    assert BankFile.objects.count() == 1
    assert check_books() == []


@pytest.mark.django_db
def test_a_batch_of_which_every_balance_fell_sends_nothing() -> None:
    ada = make_payee("Ada", papers=american(), details=us_account())
    make_payable(ada.creator, "150")
    batch = make_approved()
    account = queries.account_of(ada.creator.pk)
    make_posted(move(account, "platform:loss", "1"), at=PAY_DAY)
    found = execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert (found.state, BankFile.objects.count()) == (BatchState.SENT, 0)
    assert Payout.objects.get().state == PayoutState.DROPPED
    assert payables([ada]) == [usd(149)]


@pytest.mark.django_db
def test_what_the_books_refuse_for_another_reason_is_told_as_it_is() -> None:
    ada = make_payee("Ada", papers=american(), details=us_account())
    make_payable(ada.creator, "150")
    batch = make_approved()
    lock_period(before=PAY_DAY, reason="The auditors were here.", at=PAY_DAY)
    with pytest.raises(PeriodLocked):
        execute_batch(
            operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY - dt.timedelta(hours=1)
        )
    assert payables([ada]) == [usd(150)]

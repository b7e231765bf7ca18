"""Payouts through a provider: sent once whatever happens, settled or given back with a reason."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from typing_extensions import override

from takings.core import clock
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments.queries import standing_at_end
from takings.payments.rules import UnknownProvider
from takings.payouts import actions, providers, queries
from takings.payouts.actions import ProviderTooLow, execute_batch, listening, transferring
from takings.payouts.jobs import ask_providers
from takings.payouts.models import (
    PayoutState,
    ProviderAccount,
    Transfer,
    TransferNews,
    TransferStatus,
)
from takings.payouts.providers.sandbox import Sandbox
from takings.payouts.rules.deciding import LeftOut, Reason
from takings.payouts.rules.port import Event, TransferAsk, TransferTold
from takings.people.models import StaffAct
from takings.sandbox.models import Payee
from takings.sandbox.models import Transfer as Sent
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.payouts import PAY_DAY, make_approved, make_paid, make_payable, us_account
from tests.make.payouts import make_method as make_bank
from tests.make.people import NOON, make_operator
from tests.make.providers import (
    PAID,
    REFUSED,
    RETURNED,
    SILENT,
    fund,
    fund_sandbox,
    make_paid_there,
    payout_of,
    providers_pay,
)
from tests.make.settlement import Act

pytestmark = pytest.mark.django_db
SANDBOX = "provider:sandbox"
DAY = dt.timedelta(days=1)


class Crash(Exception):  # noqa: N818 - it stands for a power cut
    """The power goes."""


@pytest.fixture(autouse=True)
def _the_sandbox_pays() -> Iterator[None]:
    with providers_pay():
        yield


def funded(units: int = 100) -> None:
    """Let the sandbox hold so much, by our books and by its own."""
    fund(units)
    fund_sandbox("USD", units)


def payable(act: Act) -> Money:
    return dollars(queries.account_of(act.creator.pk))


def words(act: Act) -> list[str]:
    return [row.words for row in queries.answers_of(payout_of(act))]


def use(monkeypatch: pytest.MonkeyPatch, adapter: type[Sandbox]) -> None:
    monkeypatch.setitem(providers.MAKERS, "sandbox", adapter)


def test_paid_at_once_from_what_the_provider_holds() -> None:
    ada = make_paid_there()
    funded()
    batch = make_paid()
    payout = payout_of(ada)
    assert (payout.state, batch.state, payout.file) == (PayoutState.SETTLED, "sent", None)
    assert (payable(ada), dollars(SANDBOX), dollars("bank")) == (usd(0), usd(0), usd(100))
    assert [row.told for row in queries.answers_of(payout)] == ["The provider paid it"]
    transfer = Transfer.objects.get()
    assert str(transfer) == f"{payout.pk}: made"
    assert str(transfer.news.get()) == f"{payout.pk}: settled"
    assert str(transfer.account) == "account at sandbox"
    assert transfer.ask_at == PAY_DAY + DAY
    assert check_books() == []


def test_refused_at_once_goes_back_and_nothing_more_goes_there() -> None:
    ada = make_paid_there(number=REFUSED)
    funded()
    before = all_balances()
    make_paid()
    assert {k: v for k, v in all_balances().items() if v} == {k: v for k, v in before.items() if v}
    assert (payout_of(ada).state, words(ada)) == (
        PayoutState.RETURNED,
        ["The account takes no transfers."],
    )
    soon = queries.upcoming(creator=ada.creator, at=PAY_DAY).decision
    told = "The last payout to this account came back: The account takes no transfers."
    assert soon == LeftOut(Reason.CAME_BACK, told)
    [back] = queries.recent_returns()
    assert (back.payout.creator, back.told) == (ada.creator, "The provider refused it")
    assert check_books() == []
    make_bank(ada.creator, details=us_account(), at=NOON)
    assert not isinstance(
        queries.upcoming(creator=ada.creator, at=PAY_DAY + 21 * DAY).decision,
        LeftOut,
    )


def test_what_was_refused_is_never_sent_whoever_asks() -> None:
    ada = make_paid_there(number=REFUSED)
    funded()
    make_paid()
    account = ProviderAccount.objects.get()
    Payee.objects.filter(pk=account.ref).update(number=PAID)  # now it would be paid
    actions.ask_now(operator=make_operator(), payout_id=payout_of(ada).pk, at=PAY_DAY)
    assert (payout_of(ada).state, payable(ada)) == (PayoutState.RETURNED, usd(100))
    assert Sent.objects.count() == 0


def test_an_account_that_is_not_ready_is_left_out_and_says_what_is_missing() -> None:
    ada = make_paid_there(number="000123456011")
    decision = queries.upcoming(creator=ada.creator, at=PAY_DAY).decision
    told = "Your account at sandbox cannot be paid yet: a copy of your passport. Complete it there."
    assert decision == LeftOut(Reason.ACCOUNT_NOT_READY, told)


def test_a_provider_that_holds_too_little_by_the_books_sends_nothing() -> None:
    acts = [make_paid_there(name, dollars=110) for name in ("Ada", "Ben")]
    funded(219)
    batch = make_approved()
    before = all_balances()
    with pytest.raises(ProviderTooLow, match=r"sandbox holds \$219.00 for us; \$220.00 are to be"):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert all_balances() == before
    assert (Sent.objects.count(), Transfer.objects.count()) == (0, 0)
    funded(1)
    execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert [payable(act) for act in acts] == [usd(0), usd(0)]


def test_nothing_is_posted_that_no_adapter_could_send(monkeypatch: pytest.MonkeyPatch) -> None:
    make_paid_there()
    funded()
    batch = make_approved()
    before = all_balances()
    monkeypatch.delitem(providers.MAKERS, "sandbox")
    with pytest.raises(UnknownProvider):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert all_balances() == before


def test_what_is_posted_and_not_sent_yet_is_no_difference() -> None:
    make_paid_there()
    fund(100)
    make_paid()
    today = clock.now().date()
    begin = dt.datetime.combine(today, dt.time(), tzinfo=dt.UTC)
    [line] = queries.movements("sandbox", begin, None)
    assert (line.key, line.gross) == ("transferred:", usd(-100))
    assert standing_at_end(provider="sandbox", day=today, currency="USD") == usd(100)
    Transfer.objects.get().delete()
    [line] = queries.movements("sandbox", begin, None)
    assert line.key == "transferred:"


def test_silent_and_paid_all_the_same_is_found_by_asking() -> None:
    ada = make_paid_there(number=SILENT)
    funded()
    make_paid()
    transfer = Transfer.objects.get()
    assert (transfer.status, payout_of(ada).state) == (TransferStatus.UNKNOWN, PayoutState.SENT)
    assert queries.open_transfers() == [transfer]
    assert actions.ask_all(at=PAY_DAY) == 0
    assert actions.ask_all(at=PAY_DAY + DAY) == 1
    assert (payout_of(ada).state, Sent.objects.count()) == (PayoutState.SETTLED, 1)
    assert queries.open_transfers() == []


def test_given_back_days_later_is_found_at_night_and_payable_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make_paid_there(number=RETURNED)
    funded()
    make_paid()
    assert payout_of(ada).state == PayoutState.SETTLED
    Sent.objects.update(due_at=PAY_DAY)
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY + DAY)
    ask_providers()
    transfer = Transfer.objects.get()
    assert payout_of(ada).state == PayoutState.RETURNED
    assert (payable(ada), dollars(SANDBOX)) == (usd(100), usd(100))
    assert words(ada)[-1] == "The bank account is closed."
    assert (transfer.ask_at, transfer.returned_at is None) == (None, False)
    assert check_books() == []


class Dying(Sandbox):
    """The machine dies before a call, or after it and before its answer is kept."""

    dies_before: bool = True

    @override
    def send(self, ask: TransferAsk) -> TransferTold:
        """Die."""
        if not self.dies_before:
            super().send(ask)
        raise Crash


class DyingAfter(Dying):
    """The call arrives first."""

    dies_before = False


@pytest.mark.parametrize("adapter", [Dying, DyingAfter])
def test_a_crash_around_a_call_is_finished_by_paying_again(
    monkeypatch: pytest.MonkeyPatch, adapter: type[Sandbox]
) -> None:
    acts = [make_paid_there(name) for name in ("Ada", "Ben")]
    funded(200)
    batch = make_approved()
    with monkeypatch.context() as patch:
        use(patch, adapter)
        for _ in range(2):
            with pytest.raises(Crash):
                execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    for _ in range(2):
        found = execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
        assert found.state == "sent"
    assert [payable(act) for act in acts] == [usd(0), usd(0)]
    assert (Sent.objects.count(), dollars(SANDBOX)) == (2, usd(0))
    assert check_books() == []


@pytest.mark.parametrize("fatal", [("posted", 2), ("transfers", 0), ("transfers", 1), ("asked", 0)])
def test_a_crash_between_calls_is_finished_by_paying_again(
    monkeypatch: pytest.MonkeyPatch, fatal: tuple[str, int]
) -> None:
    acts = [make_paid_there(name) for name in ("Ada", "Ben")]
    funded(200)
    batch = make_approved()
    pay: Callable[..., object] = execute_batch
    deaths = [("transfers", 1), fatal] if fatal[0] == "asked" else [fatal]
    for death in deaths:

        def die(step: str, done: int, _total: int, death: tuple[str, int] = death) -> None:
            if (step, done) == death:
                raise Crash

        with pytest.raises(Crash):
            pay(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY, progress=die)
    monkeypatch.setattr(transferring, "CHUNK", 1)
    execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert [payable(act) for act in acts] == [usd(0), usd(0)]
    assert (Sent.objects.count(), dollars(SANDBOX)) == (2, usd(0))
    assert check_books() == []


def test_a_bell_that_is_rung_orders_one_job(monkeypatch: pytest.MonkeyPatch) -> None:
    event = Event(id="ev_1", transfer="tr_1")
    monkeypatch.setattr(Sandbox, "check_signature", lambda _self, **_words: None)
    monkeypatch.setattr(Sandbox, "events_in", lambda _self, _body: (event, event))
    stored = actions.receive_event(provider="sandbox", body=b"", headers={}, at=PAY_DAY)
    jobs = ProcrastinateJob.objects.filter(task_name=listening.WORK)
    assert (stored, jobs.count()) == (1, 1)


def test_the_database_keeps_what_was_told() -> None:
    make_paid_there()
    funded()
    make_paid()
    changes: tuple[Callable[[], object], ...] = (
        lambda: TransferNews.objects.update(told="returned"),
        lambda: Transfer.objects.update(ref=""),
        lambda: ProviderAccount.objects.update(ref=""),
    )
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


DAMAGE = (
    "SET CONSTRAINTS ALL IMMEDIATE",
    "ALTER TABLE payouts_payout DISABLE TRIGGER USER",
    "ALTER TABLE payouts_transfernews DISABLE TRIGGER USER",
)


def test_check_books_finds_transfers_that_do_not_fit() -> None:
    ada, ben, cy = (make_paid_there(name) for name in ("Ada", "Ben", "Cy"))
    funded(300)
    make_paid()
    lost, back, never = payout_of(ada).pk, payout_of(ben).pk, payout_of(cy).pk
    with connection.cursor() as cursor:
        for damage in DAMAGE:
            cursor.execute(damage)
        cursor.execute("DELETE FROM payouts_transfernews")
        cursor.execute("DELETE FROM payouts_transfer WHERE payout_id = %s", [lost])
        cursor.execute(
            "UPDATE payouts_transfer SET returned_at = made_at WHERE payout_id = %s", [back]
        )
        cursor.execute("UPDATE payouts_payout SET state = 'returned' WHERE id = %s", [never])
    told = {f.row: f.sentence for f in check_books() if "has its transfer" in f.invariant}
    assert told == {
        f"payout:{lost}": "its batch was sent and no transfer of it was",
        f"payout:{back}": "the provider has its money for us, and it is settled",
        f"payout:{never}": "it came back, and the provider has not its money",
    }


def test_asking_at_once_is_written_down() -> None:
    make_paid_there(number=SILENT)
    funded()
    make_paid()
    operator = make_operator()
    key = Transfer.objects.get().pk
    assert actions.ask_now(operator=operator, payout_id=key, at=PAY_DAY)
    act = StaffAct.objects.get(act="payouts.transfer_asked")
    assert (act.operator, act.target) == (operator, f"payout:{key}")


def test_a_batch_of_banks_and_providers_pays_both() -> None:
    ada = make_paid_there()
    ben = make_paid_there("Ben")
    make_bank(ben.creator, details=us_account(), at=NOON - 60 * DAY)
    make_payable(ben.creator, "1")
    make_posted(move("bank", "opening:USD", "1"), at=NOON)
    funded()
    batch = make_paid()
    assert (payout_of(ada).rail, payout_of(ben).rail) == ("provider", "nacha")
    [file] = queries.files_of(batch)
    assert file.total == usd(101)
    assert (dollars(SANDBOX), Sent.objects.count()) == (usd(0), 1)
    assert check_books() == []

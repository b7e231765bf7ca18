"""What providers tell of transfers: in any order, twice, early, or of nothing we know."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from typing_extensions import override

from takings.core import clock
from takings.ledger.queries import check_books
from takings.payments.models import Case
from takings.payments.rules import ProviderSilent, UnknownProvider
from takings.payouts import actions, providers
from takings.payouts.actions import hearing, listening, transferring
from takings.payouts.jobs import work_event as work_job
from takings.payouts.models import (
    Payout,
    PayoutState,
    ProviderAccount,
    ProviderEvent,
    Transfer,
    TransferNews,
    TransferStatus,
)
from takings.payouts.providers.sandbox import Sandbox
from takings.payouts.rules.port import Outcome, TransferAsk, TransferTold
from takings.sandbox.models import Transfer as Sent
from tests.make.ledger import all_balances, dollars, usd
from tests.make.payouts import PAY_DAY, make_paid
from tests.make.providers import (
    REFUSED,
    RETURNED,
    SILENT,
    fund,
    fund_sandbox,
    make_paid_there,
    payout_of,
)
from tests.payouts.test_transfers import _the_sandbox_pays, funded, payable, use

__all__ = ["_the_sandbox_pays"]
pytestmark = pytest.mark.django_db
SANDBOX = "provider:sandbox"
DAY = dt.timedelta(days=1)


class Early(Sandbox):
    """A message comes before the answer of the call it is about."""

    @override
    def send(self, ask: TransferAsk) -> TransferTold:
        """Let the message be worked first."""
        told = super().send(ask)
        event = ProviderEvent.objects.create(
            provider="sandbox",
            event_id="ev_early",
            transfer=told.ref,
            key=ask.key,
            received_at=PAY_DAY,
        )
        work_job(event_id=event.pk)
        return told


def test_a_message_before_the_answer_is_the_same_news_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make_paid_there()
    funded()
    use(monkeypatch, Early)
    make_paid()
    assert payout_of(ada).state == PayoutState.SETTLED
    assert (TransferNews.objects.count(), Sent.objects.count()) == (1, 1)
    event = ProviderEvent.objects.get()
    assert (event.worked_at is not None, str(event)) == (True, "sandbox ev_early")


def told_of(payout: Payout, outcome: Outcome) -> TransferTold:
    back = clock.now() if outcome is Outcome.RETURNED else None
    return TransferTold("tr_x", payout.net, outcome, PAY_DAY, back, reason="Closed.")


ORDERS = (
    (Outcome.SENT, Outcome.SETTLED, Outcome.RETURNED),
    (Outcome.RETURNED, Outcome.SETTLED, Outcome.SENT),
    (Outcome.SETTLED, Outcome.RETURNED, Outcome.RETURNED, Outcome.SETTLED),
    (Outcome.FAILED, Outcome.RETURNED, Outcome.FAILED),
    (Outcome.SETTLED, Outcome.SENT, Outcome.SETTLED),
    (Outcome.SENT, Outcome.SENT),
)


@pytest.mark.parametrize("order", ORDERS)
def test_news_in_any_order_and_twice_end_at_the_right_balance(order: tuple[Outcome, ...]) -> None:
    ada = make_paid_there(number=SILENT)
    funded()
    make_paid()
    payout = payout_of(ada)
    for outcome in order:
        for _ in range(2):
            hearing.hear(payout.pk, told_of(payout, outcome), at=PAY_DAY)
    is_back = Outcome.RETURNED in order
    assert payable(ada) == usd(100 if is_back else 0)
    assert dollars(SANDBOX) == usd(100 if is_back else 0)
    state = PayoutState.SETTLED if Outcome.SETTLED in order else PayoutState.SENT
    assert payout_of(ada).state == (PayoutState.RETURNED if is_back else state)
    assert check_books() == []


def test_what_contradicts_a_payout_is_not_believed() -> None:
    ada = make_paid_there(number=REFUSED)
    ben = make_paid_there("Ben", number=SILENT)
    funded(200)
    make_paid()
    before = all_balances()
    less = replace(told_of(payout_of(ben), Outcome.SETTLED), amount=usd(99))
    hearing.hear(payout_of(ben).pk, less, at=PAY_DAY + DAY)
    assert Transfer.objects.get(payout__creator=ben.creator).ask_at == PAY_DAY + 2 * DAY
    hearing.hear(payout_of(ada).pk, told_of(payout_of(ada), Outcome.SETTLED), at=PAY_DAY)
    hearing.note(payout_of(ada).pk, TransferStatus.UNKNOWN, why="Late.", at=PAY_DAY)
    assert all_balances() == before
    assert payout_of(ben).state == PayoutState.SENT
    kinds = Case.objects.order_by("kind").values_list("kind", "sentence")
    assert [kind for kind, _ in kinds] == ["amount_differs", "fact_changed"]
    assert kinds[0][1] == (
        f"Transfer tr_x of $99.00 is settled; payout {payout_of(ben).pk} of $100.00 is sent."
    )


def test_a_refusal_after_the_news_changes_nothing() -> None:
    ada = make_paid_there()
    funded()
    make_paid()
    hearing.refuse(payout_of(ada).pk, why="Late.", at=PAY_DAY)
    assert (payout_of(ada).state, payable(ada)) == (PayoutState.SETTLED, usd(0))


def stored(**about: str | UUID) -> ProviderEvent:
    return ProviderEvent.objects.create(
        provider="sandbox", event_id=f"ev_{uuid4().hex}", received_at=PAY_DAY, **about
    )


def test_a_message_about_nothing_we_know_is_a_case() -> None:
    for event in (stored(transfer="tr_other"), stored(account="acct_other", key=uuid4())):
        actions.work_event(event_id=event.pk, at=PAY_DAY)
    assert list(Case.objects.order_by("pk").values_list("kind", "key")) == [
        ("unknown_object", "tr_other"),
        ("unknown_object", "acct_other"),
    ]


def test_a_message_about_an_account_asks_for_it_and_its_transfers() -> None:
    ada = make_paid_there(number=RETURNED)
    funded()
    make_paid()
    Sent.objects.update(due_at=clock.now())
    account = ProviderAccount.objects.get()
    actions.work_event(event_id=stored(account=account.ref).pk, at=PAY_DAY)
    assert payout_of(ada).state == PayoutState.RETURNED


class Mute(Sandbox):
    """Nobody answers."""

    @override
    def find(self, key: UUID) -> TransferTold | None:
        """Say nothing."""
        raise ProviderSilent

    @override
    def look_up(self, ref: str) -> TransferTold:
        """Say nothing."""
        raise ProviderSilent


def test_a_message_is_worked_again_until_the_provider_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = make_paid_there(number=SILENT)
    funded()
    make_paid()
    event = stored(transfer="tr_?", key=Transfer.objects.get().key)
    with monkeypatch.context() as patch:
        use(patch, Mute)
        with pytest.raises(ProviderSilent):
            actions.work_event(event_id=event.pk, at=PAY_DAY)
    assert payout_of(ada).state == PayoutState.SENT
    for _ in range(2):
        actions.work_event(event_id=event.pk, at=PAY_DAY)
    assert payout_of(ada).state == PayoutState.SETTLED


def test_what_cannot_be_booked_is_a_case_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acts = [make_paid_there(name, number=SILENT) for name in ("Ada", "Ben")]
    funded(200)
    make_paid()
    first = Transfer.objects.order_by("ask_at", "pk")[0]
    monkeypatch.delitem(providers.MAKERS, "sandbox")

    def broken(*, payout_id: UUID, at: dt.datetime) -> bool:
        if payout_id == first.pk:
            raise UnknownProvider(name="sandbox")
        hearing.hear(payout_id, told_of(Payout.objects.get(pk=payout_id), Outcome.SETTLED), at=at)
        return True

    monkeypatch.setattr(listening, "ask_transfer", broken)
    assert actions.ask_all(at=PAY_DAY + DAY) == 1
    assert sorted(payout_of(act).state for act in acts) == ["sent", "settled"]
    [case] = Case.objects.all()
    assert (case.kind, case.key) == ("not_booked", str(first.pk))


def test_waiting_is_renewed_once_even_by_two_who_ask() -> None:
    make_paid_there()
    fund(100)
    make_paid()
    transfer = Transfer.objects.get()
    assert (transfer.status, transfer.try_count) == (TransferStatus.WAITING, 1)
    fund_sandbox("USD", 100)
    transferring._renew(transfer.pk, at=PAY_DAY)  # noqa: SLF001 - the other one is here, too
    transferring._renew(transfer.pk, at=PAY_DAY)  # noqa: SLF001 - the same
    assert actions.ask_transfer(payout_id=transfer.pk, at=PAY_DAY)
    transfer.refresh_from_db()
    assert (transfer.status, transfer.try_count) == (TransferStatus.MADE, 2)
    assert Sent.objects.count() == 1

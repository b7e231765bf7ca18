"""The sandbox pays those whom its merchant owes, from what it holds for the merchant."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.money import Money
from takings.sandbox import actions, jobs, queries
from takings.sandbox.actions import (
    MessageNotTaken,
    SandboxRefused,
    SandboxSilent,
    SandboxTooLow,
    WantedPayee,
)
from takings.sandbox.models import Happening, Payee, Transfer
from takings.sandbox.rules import NotATestAccount, TransferState
from tests.make.pages import page_text
from tests.make.payments import cards_taken
from tests.make.providers import (
    LACKING,
    PAID,
    REFUSED,
    RETURNED,
    SILENT,
    TELLS_FIRST,
    fund_sandbox,
    providers_pay,
)

pytestmark = pytest.mark.django_db
DAYS = dt.timedelta(days=1)


def make_payee(number: str = PAID) -> Payee:
    key = uuid4()
    wanted = WantedPayee(
        key=key,
        email="ada@example.org",
        country="DE",
        currency="USD",
        return_url="https://merchant.example/back",
    )
    state = actions.open_payee(wanted, at=clock.now())
    assert actions.open_payee(wanted, at=clock.now()) == state
    assert state.status == "new"
    payee = Payee.objects.get(pk=state.ref)
    if number:
        actions.tell_bank(payee=payee, number=number, at=clock.now())
    payee.refresh_from_db()
    return payee


def send(payee: Payee, *, key: UUID | None = None, dollars: int = 10) -> TransferState:
    amount = Money(dollars * 10**6, "USD")
    return actions.send_transfer(
        key=key or uuid4(), payee_id=payee.pk, amount=amount, at=clock.now()
    )


def held() -> int:
    return queries.held("USD").micros // 10**6


def test_a_transfer_leaves_the_balance_once() -> None:
    fund_sandbox("USD", 100)
    payee, key = make_payee(), uuid4()
    first = send(payee, key=key)
    assert send(payee, key=key) == first
    assert (first.status, held()) == ("paid", 90)
    found = queries.find_transfer(key)
    assert found == first.ref
    assert queries.find_transfer(uuid4()) == ""
    assert (str(payee), str(Transfer.objects.get())) == (f"{payee.pk}: active", first.ref)
    with pytest.raises(SandboxTooLow, match=r"holds \$90.00, \$91.00 are to be sent"):
        send(payee, dollars=91)
    assert held() == 90


@pytest.mark.parametrize("number", ["", LACKING])
def test_nobody_is_paid_who_is_not_active(number: str) -> None:
    fund_sandbox("USD", 100)
    payee = make_payee(number)
    with pytest.raises(SandboxRefused):
        send(payee)
    assert (held(), Transfer.objects.count()) == (100, 0)


def test_what_an_account_lacks_is_told() -> None:
    lacking, refused = make_payee(LACKING), make_payee("000123456022")
    assert queries.payee_state(lacking.pk).lacks == "a copy of your passport"
    assert queries.payee_state(refused.pk).status == "refused"
    with pytest.raises(queries.NoSuchPayee):
        queries.payee_state("acct_nobody")
    with pytest.raises(queries.NoSuchTransfer):
        actions.look_up_transfer("tr_nothing", at=clock.now())
    with pytest.raises(NotATestAccount):
        actions.tell_bank(payee=lacking, number="DE89370400440532013000", at=clock.now())


def test_a_refusal_and_a_silence_are_scripted() -> None:
    fund_sandbox("USD", 100)
    with pytest.raises(SandboxRefused, match="takes no transfers"):
        send(make_payee(REFUSED))
    silent, key = make_payee(SILENT), uuid4()
    with pytest.raises(SandboxSilent):
        send(silent, key=key)
    assert send(silent, key=key).status == "paid"
    assert held() == 90


def test_a_bank_gives_back_when_its_time_has_come_and_once() -> None:
    fund_sandbox("USD", 100)
    payee = make_payee(RETURNED)
    sent = send(payee)
    now = clock.now()
    assert actions.look_up_transfer(sent.ref, at=now + 2 * DAYS).status == "paid"
    jobs.return_transfer(transfer_id=sent.ref)
    assert held() == 90
    for _ in range(2):
        found = actions.look_up_transfer(sent.ref, at=now + 4 * DAYS)
        assert (found.status, found.reason) == ("returned", "The bank account is closed.")
    assert held() == 100
    kinds = Happening.objects.filter(ref=sent.ref).values_list("kind", flat=True)
    assert sorted(kinds) == ["transfer_undone", "transferred"]
    assert ProcrastinateJob.objects.filter(task_name="sandbox.return_transfer").count() == 1


def test_messages_come_twice_or_before_the_answer() -> None:
    fund_sandbox("USD", 100)
    send(make_payee("000123456066"))
    orders = ProcrastinateJob.objects.filter(task_name="sandbox.deliver_message")
    assert orders.count() == 4
    with pytest.raises(MessageNotTaken):  # nobody listens here
        make_payee(TELLS_FIRST)
    payee = Payee.objects.get(number=TELLS_FIRST)
    with pytest.raises(MessageNotTaken):
        send(payee)
    assert (held(), orders.count()) == (80, 4)


def test_the_page_takes_a_test_account_and_leads_back() -> None:
    payee = make_payee("")
    address = f"/sandbox/payees/{payee.pk}/"
    client = Client()
    assert client.get(address).status_code == 404
    with cards_taken():
        page = page_text(client.get(f"{address}?account={LACKING}"))
        assert "More papers are needed" in page
        wrong = page_text(client.post(address, {"number": "123"}))
        assert "its own test accounts only" in wrong
        answer = client.post(address, {"number": LACKING})
        assert answer.headers["location"] == "https://merchant.example/back"
        assert "ends in 011" in page_text(client.get(address))


def test_what_pays_others_is_not_sent_to_the_bank() -> None:
    fund_sandbox("USD", 100)
    with providers_pay():
        actions.pay_out(day=clock.now().date())
    assert held() == 100
    actions.pay_out(day=clock.now().date())
    assert held() == 0

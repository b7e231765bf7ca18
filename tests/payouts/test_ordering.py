"""A batch between its approval and its payment: who is barred by now, and what is told."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.payouts import jobs, queries
from takings.payouts.actions import (
    BankTooLow,
    NotApproved,
    cancel_batch,
    execute_batch,
    executing,
    order_execution,
)
from takings.payouts.models import (
    BatchOrder,
    BatchState,
    Payout,
    PayoutState,
)
from takings.people.models import Creator, StaffAct, User
from tests.make.ledger import all_balances, make_posted, move, usd
from tests.make.payouts import (
    BY_HAND,
    PAY_DAY,
    american,
    make_approved,
    make_batch,
    make_method,
    make_payable,
    make_payee,
    make_profile,
    make_verified,
    us_account,
)
from tests.make.people import make_operator
from tests.payouts.test_executing import make_three, payables


def _other_account(creator: Creator) -> None:
    make_method(creator, details=BY_HAND, at=PAY_DAY)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (make_profile, "What you told about yourself is being checked."),
        (make_verified, queries.CHANGED),
        (_other_account, "The new bank account is paid from 11 January 2027 on."),
    ],
)
def test_who_changed_something_after_the_approval_is_left_out(
    change: Callable[[Creator], object], why: str
) -> None:
    act = make_payee(papers=american(), details=us_account())
    make_payable(act.creator, "100")
    batch = make_approved()
    change(act.creator)
    before = all_balances()
    execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    dropped = Payout.objects.get()
    assert (dropped.state, dropped.why) == (PayoutState.DROPPED, why)
    assert all_balances() == before


@pytest.mark.django_db
def test_whoever_is_listed_after_the_approval_is_left_out(tmp_path: Path) -> None:
    acts = make_three()
    batch = make_approved()
    newer = tmp_path / "list.csv"
    newer.write_text("reference,name,born_on,list\nX1,Ada Lovelace,,of today\n")
    with override_settings(SANCTIONS_FILE=str(newer)):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert payables(acts) == [usd(100), usd(200), usd(300)]
    told = set(Payout.objects.values_list("state", "why"))
    assert told == {("dropped", "A legal check of your name has to be finished first.")}


@pytest.mark.django_db
def test_a_bank_account_that_is_too_low_sends_nothing_and_may_be_filled() -> None:
    acts = make_three()
    batch = make_approved()
    make_posted(move("platform:loss", "bank", "1"), at=PAY_DAY)
    before = all_balances()
    with pytest.raises(BankTooLow, match=r"holds \$599.00"):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert all_balances() == before
    make_posted(move("bank", "opening:USD", "1"), at=PAY_DAY)
    execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert payables(acts) == [usd(0)] * 3


@pytest.mark.django_db
def test_an_order_that_is_refused_says_why_and_may_be_given_again(
    sign_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    make_three()
    batch, zoe = make_approved(), make_operator("Zoe")
    make_posted(move("platform:loss", "bank", "1"), at=PAY_DAY)
    page = f"/desk/payouts/batches/{batch.pk}/"
    desk = sign_in(zoe)
    for refusal in ("holds $599.00 and $600.00 are to be paid next", ""):
        desk.post(f"{page}pay/", {"reason": "It is the 21st."})
        assert "It is being paid" in desk.get(page).content.decode()
        jobs.execute_batch(batch_id=str(batch.pk), operator_id=zoe.pk)
        told = desk.get(page).content.decode()
        assert "It is being paid" not in told
        assert refusal in told
        make_posted(move("bank", "opening:USD", "1"), at=PAY_DAY)
    first, second = BatchOrder.objects.all()
    assert (str(first), str(second)) == (
        f"pay {batch.pk}: {first.refusal}",
        f"pay {batch.pk}: It is the 21st.",
    )
    batch.refresh_from_db()
    assert batch.state == BatchState.SENT


@pytest.mark.django_db
def test_only_what_was_approved_is_ordered_and_a_job_pays_it() -> None:
    make_three()
    batch = make_batch()
    operator = make_operator("Zoe")
    with pytest.raises(NotApproved):
        order_execution(operator=operator, batch_id=batch.pk, reason="Now.", at=PAY_DAY)
    assert not StaffAct.objects.filter(act="payouts.batch_ordered").exists()
    cancel_batch(operator=operator, batch_id=batch.pk, reason="Not this one.", at=PAY_DAY)
    good = make_approved()
    order_execution(operator=operator, batch_id=good.pk, reason="It is the 21st.", at=PAY_DAY)
    assert StaffAct.objects.get(act="payouts.batch_ordered").reason == "It is the 21st."
    [job] = ProcrastinateJob.objects.filter(task_name=executing.TASK)
    assert job.args == {"batch_id": str(good.pk), "operator_id": operator.pk}
    with pytest.raises(queries.NoSuchBatch):
        execute_batch(operator=operator, batch_id=uuid4(), at=PAY_DAY)

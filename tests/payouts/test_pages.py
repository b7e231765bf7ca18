"""The pages of payouts: setting up, looking, and what strangers see."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.payouts.jobs import draft_batch as make_draft
from takings.payouts.jobs import execute_batch as execute_job
from takings.payouts.models import Batch, DraftOrder, Method, Payout, Profile, Review
from takings.payouts.views import batches
from takings.people.models import User
from tests.make.pages import page_text
from tests.make.payouts import (
    IBAN,
    PAY_DAY,
    make_batch,
    make_earned,
    make_method,
    make_paid,
    make_payable,
    make_payee,
    make_profile,
)
from tests.make.people import make_creator, make_operator, make_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
STUDIO, DESK = "/studio/payouts/", "/desk/payouts/profiles/"


def filled(**changes: str) -> dict[str, str]:
    return {
        "id": str(uuid4()),
        "legal": "person",
        "legal_name": "Ada Lovelace",
        "born_on": "1990-12-10",
        "street": "Invalidenstraße 43",
        "postcode": "10115",
        "town": "Berlin",
        "country": "DE",
        "tax_form": "w8ben",
        "tax_number": "36574261809",
        "signature": "Ada Lovelace",
        **changes,
    }


def account(**changes: str) -> dict[str, str]:
    given = {"id": str(uuid4()), "kind": "sepa", "currency": "EUR", "holder": "Ada Lovelace"}
    return given | {"iban": IBAN} | changes


def test_a_creator_tells_who_they_are_and_where_the_money_goes(sign_in: SignIn) -> None:
    ada = make_creator()
    client = sign_in(ada.user)
    assert "who you are and where you pay tax" in page_text(client.get(STUDIO)).lower()
    first = client.get(f"{STUDIO}account/")
    assert first.headers["location"] == f"{STUDIO}profile/"
    wrong = page_text(client.post(f"{STUDIO}profile/", filled(tax_number="")))
    assert "In DE your tax number is needed (DAC7)." in wrong
    data = filled()
    for _ in range(2):  # a double click is one version
        answer = client.post(f"{STUDIO}profile/", data)
        assert answer.headers["location"] == STUDIO
    assert Profile.objects.count() == 1
    assert "Being checked" in page_text(client.get(STUDIO))
    again = client.get(f"{STUDIO}profile/").content.decode()
    assert "Invalidenstraße 43" in again
    assert "36574261809" not in again
    refused = page_text(client.post(f"{STUDIO}account/", account(iban="DE00")))
    assert "“DE00” is not an IBAN" in refused
    other = page_text(client.post(f"{STUDIO}account/", account(holder="Charles Babbage")))
    assert "The account is in the name of “Charles Babbage”" in other
    assert not Method.objects.exists()
    answer = client.post(f"{STUDIO}account/", account())
    assert answer.headers["location"] == STUDIO
    shown = client.get(STUDIO).content.decode()
    assert "•••• 3000" in shown
    assert IBAN not in shown
    client.post(f"{STUDIO}account/", account())
    assert "Cooling off" in page_text(client.get(STUDIO))


def test_an_operator_looks_and_the_creator_reads_why_not(sign_in: SignIn) -> None:
    ada = make_creator()
    profile = make_profile(ada)
    make_method(ada)
    desk = sign_in(make_operator())
    assert str(ada) in page_text(desk.get(DESK))
    page = page_text(desk.get(f"{DESK}{profile.pk}/"))
    assert "Ada Lovelace" in page
    assert "36574261809" in page
    cleared = desk.post(f"{DESK}{profile.pk}/", {"verdict": "cleared", "reason": "Another."})
    assert "No row of the list names this person" in page_text(cleared)
    assert not Review.objects.exists()
    desk.post(f"{DESK}{profile.pk}/", {"verdict": "rejected", "reason": "The town is wrong."})
    assert "Everybody was looked at." in page_text(desk.get(DESK))
    client = sign_in(ada.user)
    told = page_text(client.get(STUDIO))
    assert "The town is wrong." in told
    assert "Correct it" in told
    again = desk.post(f"{DESK}{profile.pk}/", {"verdict": "verified", "reason": "After all."})
    assert "looked at already: Rejected" in page_text(again)
    newer = make_profile(ada)
    desk.post(f"{DESK}{newer.pk}/", {"verdict": "verified", "reason": "Seen."})
    assert "Everything needed to pay you is here." in page_text(client.get(STUDIO))


def test_strangers_see_nothing(sign_in: SignIn, client: Client) -> None:
    profile = make_profile(make_creator())
    assert client.get(STUDIO).headers["location"].startswith("/accounts/login/")
    viewer = sign_in(make_user())
    assert viewer.get(STUDIO).headers["location"] == "/studio/open/"
    for page in (DESK, f"{DESK}{profile.pk}/"):
        assert viewer.get(page).status_code == 404
        assert viewer.post(page).status_code in {404, 405}
    operator = sign_in(make_operator())
    assert operator.get(f"{DESK}{uuid4()}/").status_code == 404
    assert not Review.objects.exists()


def make_desk() -> tuple[User, User]:
    """Return two operators."""
    return make_operator("Max"), make_operator("Zoe")


def test_finance_pays_with_two_people(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    ada = make_payee()
    make_earned(ada)
    poor = make_payee("Poor")
    make_payable(poor.creator, "96.80")
    max_, zoe = make_desk()
    first, second = sign_in(max_), sign_in(zoe)
    assert "No batch yet" in page_text(first.get("/desk/payouts/"))
    dry = page_text(first.get("/desk/payouts/new/"))
    assert "$1,215.00" in dry
    assert "$3.20 below the minimum of $100.00." in dry
    data = {"id": str(uuid4())}
    address = first.post("/desk/payouts/new/", data).headers["location"]
    assert "Everybody with a balance is being decided" in page_text(first.get(address))
    assert first.post("/desk/payouts/new/", data).headers["location"] == address
    assert ProcrastinateJob.objects.filter(task_name="payouts.draft_batch").count() == 2
    make_draft(batch_id=data["id"], operator_id=max_.pk)
    make_draft(batch_id=data["id"], operator_id=max_.pk)
    assert "somebody else approves it" in page_text(first.get(address))
    refused = page_text(first.post(f"{address}approve/", {"reason": "Mine."}))
    assert "You drafted this batch; somebody else must approve it." in refused
    other = str(uuid4())
    first.post("/desk/payouts/new/", {"id": other})
    make_draft(batch_id=other, operator_id=max_.pk)
    refused = page_text(first.get(f"/desk/payouts/batches/{other}/"))
    assert "Nobody can be paid now: 2 balances are left out, each with its reason." in refused
    assert str(DraftOrder.objects.get(pk=other)).endswith("each with its reason.")
    assert first.get(f"{address}explode/").status_code == 404
    assert "Approve this batch?" in page_text(second.get(f"{address}approve/"))
    second.post(f"{address}approve/", {"reason": "Looked at."})
    second.post(f"{address}pay/", {"reason": "Now."})
    assert "It is being paid" in page_text(second.get(address))
    batch = Batch.objects.get()
    execute_job(batch_id=str(batch.pk), operator_id=batch.drafted_by_id)
    shown = page_text(second.get(address))
    assert "Sent to the bank" in shown
    assert "On its way" in shown
    [payout] = Payout.objects.all()
    client = sign_in(ada.creator.user)
    assert "$1,215.00" in page_text(client.get(STUDIO))
    detail = page_text(client.get(f"{STUDIO}{payout.pk}/"))
    assert "Statement of 2026-11" in detail
    assert "non-resident: 30 % of $450.00" in detail
    assert client.get(f"/trace/entry/{payout.pk}/").status_code == 200
    stranger = sign_in(poor.creator.user)
    assert stranger.get(f"{STUDIO}{payout.pk}/").status_code == 404
    assert "$3.20 below the minimum" in page_text(stranger.get(STUDIO))
    assert stranger.get(address).status_code == 404
    assert second.get(f"{STUDIO}{payout.pk}/").status_code == 200
    assert "Sent to the bank" in page_text(second.get("/desk/payouts/"))


def test_a_batch_is_cancelled_at_the_desk(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    ada = make_payee()
    make_payable(ada.creator, "150")
    batch = make_batch()
    desk = sign_in(make_operator("Zoe"))
    address = f"/desk/payouts/batches/{batch.pk}/"
    unapproved = page_text(desk.post(f"{address}pay/", {"reason": "Now."}))
    assert "This batch was not approved." in unapproved
    desk.post(f"{address}cancel/", {"reason": "A mistake."})
    assert "Cancelled" in page_text(desk.get(address))
    [payout] = Payout.objects.all()
    told = page_text(sign_in(ada.creator.user).get(f"{STUDIO}{payout.pk}/"))
    assert "It was left out: The batch was cancelled. Nothing left your balance." in told
    assert desk.get(f"/desk/payouts/batches/{uuid4()}/").status_code == 404


def test_the_bank_gives_one_back_and_the_creator_reads_why(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    ada = make_payee()
    make_payable(ada.creator, "200")
    batch = make_paid()
    [payout] = Payout.objects.all()
    desk = sign_in(make_operator("Zoe"))
    page = desk.get(f"/desk/payouts/batches/{batch.pk}/").content.decode()
    [address] = re.findall(r'action="(/desk/payouts/files/[^"]+)"', page)
    first, second = desk.post(address), desk.post(address)
    assert first.content == second.content
    assert payout.pk.hex.encode() in first.content
    assert desk.get(address).status_code == 405
    rows = f"end_to_end_id,status,code,reason\n{payout.pk.hex},RJCT,AC04,\n"
    for said in ("says something of 1 payout", "was read before"):
        data = {"id": str(uuid4()), "file": SimpleUploadedFile("bank.csv", rows.encode())}
        assert said in page_text(desk.post("/desk/payouts/answers/", data, follow=True))
    assert "The account is closed." in page_text(desk.get("/desk/payouts/answers/"))
    client = sign_in(ada.creator.user)
    told = page_text(client.get(f"{STUDIO}{payout.pk}/"))
    assert "The bank gave it back" in told
    assert "The account is closed." in told
    assert "Choose another account" in page_text(client.get(STUDIO))
    assert sign_in(make_user()).post(address).status_code == 404


def test_a_dry_run_of_too_many_offers_the_draft(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    monkeypatch.setattr(batches, "MOST_SHOWN", 1)
    desk = sign_in(make_operator())
    for name in ("Ada", "Ben"):
        assert "too many" not in page_text(desk.get("/desk/payouts/new/"))
        make_payable(make_payee(name).creator, "200")
    page = page_text(desk.get("/desk/payouts/new/"))
    assert "2 balances are due: too many to look at before." in page
    assert "$200.00" not in page
    assert "Keep it as a draft" in page

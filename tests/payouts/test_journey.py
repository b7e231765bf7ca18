"""A real browser: a creator sets up payouts, finance pays with four eyes, the bank returns one."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from takings.core import clock
from takings.payouts.jobs import draft_batch, execute_batch
from takings.payouts.models import Batch, DraftOrder, Payout
from takings.people.models import Creator
from tests.make.browser import Look
from tests.make.payouts import IBAN, PAY_DAY, make_earned, make_payable, make_payee
from tests.make.people import make_operator
from tests.make.settlement import make_act

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tell_who_one_is(page: Page) -> None:
    """Fill in the papers, once with a mistake."""
    page.get_by_role("link", name="Tell who you are").click()
    page.get_by_label("Legal name").fill("Ada Lovelace")
    page.get_by_label("Born on").fill("1990-12-10")
    page.get_by_label("Street and number").fill("Invalidenstraße 43")
    page.get_by_label("Postal code").fill("10115")
    page.get_by_label("Town").fill("Berlin")
    page.get_by_label("Country where you pay tax").select_option("DE")
    page.get_by_label("Form for the United States").select_option("w8ben")
    page.get_by_label("Sign with your name").fill("Ada Lovelace")
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("In DE your tax number is needed (DAC7).")).to_be_visible()
    page.get_by_label("Tax number").fill("36574261809")
    page.get_by_role("button", name="Sign and send").click()
    expect(page.get_by_text("Somebody looks at it now.")).to_be_visible()


def choose_account(page: Page) -> None:
    """Choose an account, once with a wrong digit."""
    page.get_by_role("link", name="Add an account").click()
    page.get_by_label("How").select_option("iban")
    page.get_by_label("Currency").select_option("USD")
    page.get_by_label("IBAN").fill("DE89370400440532013001")
    page.get_by_role("button", name="Save the account").click()
    expect(page.get_by_text("is not an IBAN")).to_be_visible()
    page.get_by_label("IBAN").fill(IBAN)
    page.get_by_role("button", name="Save the account").click()
    expect(page.get_by_text("•••• 3000").first).to_be_visible()


def test_from_setting_up_to_a_payout_that_came_back(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    ada, ben = make_act("Ada"), make_payee("Ben")
    make_earned(ada)
    make_payable(ben.creator, "200")
    studio = look.open("/studio/payouts/", user=ada.creator.user, phone=True)
    tell_who_one_is(studio)
    choose_account(studio)

    max_, zoe = make_operator("Max"), make_operator("Zoe")
    desk = look.open("/desk/payouts/profiles/", user=max_)
    desk.get_by_role("link", name=str(ada.creator)).click()
    desk.get_by_label("Reason").fill("The passport was seen.")
    desk.get_by_role("button", name="Write down the verdict").click()
    expect(desk.get_by_text("Everybody was looked at.")).to_be_visible()

    desk.goto("/desk/payouts/")
    desk.get_by_role("link", name="Dry run").first.click()
    expect(desk.get_by_text("$1,215.00").first).to_be_visible()
    desk.get_by_role("button", name="Keep it as a draft").click()
    expect(desk.get_by_text("this page follows")).to_be_visible()
    draft_batch(batch_id=str(DraftOrder.objects.get().pk), operator_id=max_.pk)
    expect(desk.get_by_text("somebody else approves it")).to_be_visible()
    expect(desk.get_by_role("link", name="Approve…")).to_have_count(0)
    second = look.open(desk.url, user=zoe)
    second.get_by_role("link", name="Approve…").click()
    second.get_by_role("button", name="Approve").click()
    second.get_by_role("link", name="Pay…").click()
    second.get_by_role("button", name="Pay now").click()
    expect(second.get_by_text("It is being paid; this page follows")).to_be_visible()
    execute_batch(batch_id=str(Batch.objects.get().pk), operator_id=zoe.pk)
    expect(second.get_by_text("Files for the bank")).to_be_visible()  # the page followed by itself
    with second.expect_download() as download:
        second.get_by_role("button", name="Download").click()
    content = download.value.path().read_text()
    assert IBAN in content

    answer = tmp_path / "bank.csv"
    rows = [f"{_payout(ada.creator).pk.hex},RJCT,AC04,", f"{_payout(ben.creator).pk.hex},ACSC,,"]
    answer.write_text("\n".join(["end_to_end_id,status,code,reason", *rows]))
    second.get_by_role("link", name="Read an answer").click()
    second.get_by_label("File", exact=True).set_input_files(answer)
    second.get_by_role("button", name="Read the file").click()
    expect(second.get_by_text("says something of 2 payouts")).to_be_visible()

    studio.goto("/studio/payouts/")
    expect(studio.get_by_text("The account is closed.").first).to_be_visible()
    studio.get_by_role("table").get_by_role("link").first.click()
    expect(studio.get_by_text("The bank gave it back")).to_be_visible()
    expect(studio.get_by_text("back in your balance")).to_be_visible()
    paid = look.open("/studio/payouts/", user=ben.creator.user)
    expect(paid.get_by_text("Paid", exact=True).first).to_be_visible()


def _payout(creator: Creator) -> Payout:
    return Payout.objects.get(creator=creator)

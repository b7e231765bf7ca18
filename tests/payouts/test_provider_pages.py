"""An account at a provider as its owner sees it, and what the desk and the provider see."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import expect
from typing_extensions import override

from takings.core import clock
from takings.payments.rules import ProviderRefused, ProviderSilent
from takings.payouts import actions, providers
from takings.payouts.actions import NoAccountThere, NoPapersYet, ProviderDoesNotAnswer
from takings.payouts.models import Method, ProviderAccount, ProviderEvent, Transfer
from takings.payouts.providers.sandbox import Sandbox
from takings.payouts.rules.port import AccountAsk, AccountTold
from takings.people.models import User
from takings.sandbox.models import Happening
from takings.sandbox.queries import message_of
from takings.sandbox.rules import HEADER, sign
from tests.make.browser import Look
from tests.make.pages import page_text
from tests.make.payouts import PAY_DAY, american, make_paid, make_payable, make_verified
from tests.make.people import make_creator, make_operator
from tests.make.providers import (
    LACKING,
    PAID,
    SILENT,
    TELLS_FIRST,
    complete,
    fund,
    fund_sandbox,
    make_account,
    make_paid_there,
    payout_of,
    providers_pay,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
STUDIO, OPEN = "/studio/payouts/", "/desk/payouts/transfers/"


@pytest.fixture(autouse=True)
def _the_sandbox_pays() -> Iterator[None]:
    with providers_pay(routes="US/USD=sandbox"):
        yield


def wanted(**changes: str) -> dict[str, str]:
    given = {"id": str(uuid4()), "kind": "provider", "currency": "USD", "holder": "Ada Lovelace"}
    return given | changes


def test_a_creator_opens_an_account_completes_it_and_is_told_how_far_it_is(
    sign_in: SignIn,
) -> None:
    ada = make_creator()
    make_verified(ada, papers=american())
    client = sign_in(ada.user)
    assert "Account at a payment provider" in page_text(client.get(f"{STUDIO}account/"))
    nobody = page_text(client.post(f"{STUDIO}account/", wanted(currency="EUR")))
    assert "No provider pays EUR to people in US here" in nobody
    assert not Method.objects.exists()
    data = wanted()
    for _ in range(2):  # a double click is one account
        answer = client.post(f"{STUDIO}account/", data)
        assert answer.headers["location"] == f"{STUDIO}account/go/"
    method = Method.objects.get()
    assert method.account is not None
    page = f"{settings.PUBLIC_URL}/sandbox/payees/{method.account.ref}/"
    assert client.get(f"{STUDIO}account/go/").headers["location"] == page
    shown = page_text(client.get(STUDIO))
    assert "Your account at sandbox is not complete." in shown
    assert "Verified by sandbox once the account is ready" in shown
    complete(method, LACKING)
    assert "cannot be paid yet: a copy of your passport" in page_text(client.get(STUDIO))
    complete(method, PAID)
    assert client.get(f"{STUDIO}account/back/").headers["location"] == STUDIO
    assert "Verified by sandbox" in page_text(client.get(STUDIO))
    assert ProviderAccount.objects.get().state == "ready"
    answer = client.get(f"{STUDIO}account/go/", follow=True)
    assert "Your account at sandbox is complete. To change it, sign in there." in page_text(answer)


def test_where_no_provider_pays_none_is_offered(sign_in: SignIn) -> None:
    ada = make_creator()
    make_verified(ada)  # she lives in Germany
    client = sign_in(ada.user)
    assert "Account at a payment provider" not in page_text(client.get(f"{STUDIO}account/"))
    client.post(f"{STUDIO}account/", wanted())
    assert not Method.objects.exists()
    for address in ("go", "back"):
        assert client.get(f"{STUDIO}account/{address}/").status_code == 404


class Elsewhere(Sandbox):
    """Its pages are on another site."""

    @override
    def onboarding_url(self, *, ref: str, return_url: str) -> str:
        """Lead there."""
        return f"https://provider.example/{ref}?back={return_url}"


class Refusing(Sandbox):
    """It opens no account, and shows no page."""

    @override
    def open_account(self, ask: AccountAsk) -> AccountTold:
        """Refuse."""
        raise ProviderRefused(why="Not in this country.")

    @override
    def onboarding_url(self, *, ref: str, return_url: str) -> str:
        """Refuse."""
        raise ProviderRefused(why="Not in this country.")

    @override
    def look_up_account(self, ref: str) -> AccountTold:
        """Refuse."""
        raise ProviderRefused(why="Not in this country.")


class Silent(Sandbox):
    """It does not answer."""

    @override
    def open_account(self, ask: AccountAsk) -> AccountTold:
        """Open it, and lose the answer."""
        super().open_account(ask)
        raise ProviderSilent

    @override
    def onboarding_url(self, *, ref: str, return_url: str) -> str:
        """Say nothing."""
        raise ProviderSilent


def test_no_form_leads_off_our_pages(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers.MAKERS, "sandbox", Elsewhere)
    ada = make_creator()
    make_verified(ada, papers=american())
    make_account(ada)
    page = sign_in(ada.user).get(f"{STUDIO}account/go/").content.decode()
    assert 'href="https://provider.example/acct_' in page


def test_a_provider_that_refuses_or_is_silent_changes_nothing(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_creator()
    with pytest.raises(NoPapersYet):
        make_account(ada)
    make_verified(ada, papers=american())
    monkeypatch.setitem(providers.MAKERS, "sandbox", Refusing)
    with pytest.raises(NoAccountThere, match=r"sandbox opens no account: Not in this country\."):
        make_account(ada)
    monkeypatch.setitem(providers.MAKERS, "sandbox", Silent)
    with pytest.raises(ProviderDoesNotAnswer):
        make_account(ada)
    assert not Method.objects.exists()
    monkeypatch.setitem(providers.MAKERS, "sandbox", Sandbox)
    method = make_account(ada)
    account = ProviderAccount.objects.get()
    assert method.account == account
    client = sign_in(ada.user)
    for adapter in (Refusing, Silent):
        monkeypatch.setitem(providers.MAKERS, "sandbox", adapter)
        page = client.get(f"{STUDIO}account/go/", follow=True)
        assert page.redirect_chain == [(STUDIO, 302)]
    monkeypatch.setitem(providers.MAKERS, "sandbox", Refusing)
    assert not actions.ask_account(account_id=account.pk, at=PAY_DAY)
    account.refresh_from_db()
    assert (account.state, account.ask_at) == (
        "onboarding",
        PAY_DAY + dt.timedelta(days=1),
    )
    monkeypatch.setitem(providers.MAKERS, "sandbox", Sandbox)
    assert actions.ask_all(at=PAY_DAY + dt.timedelta(days=1)) == 1


def test_the_desk_sees_what_is_open_and_asks(sign_in: SignIn) -> None:
    ada = make_paid_there(number=SILENT)
    fund(100)
    fund_sandbox("USD", 100)
    batch = make_paid()
    desk = sign_in(make_operator("Zoe"))
    told = "1 transfer of providers has no answer yet"
    assert told in page_text(desk.get("/desk/payouts/"))
    assert told in page_text(desk.get(f"/desk/payouts/batches/{batch.pk}/"))
    page = desk.get(OPEN).content.decode()
    [address] = re.findall(r'action="(/desk/payouts/transfers/[^"]+)"', page)
    assert "The provider answered." in page_text(desk.post(address, follow=True))
    assert "Nothing is open" in page_text(desk.get(OPEN))
    assert payout_of(ada).state == "settled"
    assert desk.post(f"{OPEN}{uuid4()}/").status_code == 404
    stranger = sign_in(make_creator("Eve").user)
    assert (stranger.get(OPEN).status_code, stranger.post(address).status_code) == (404, 404)


class Mute(Sandbox):
    """It answers nothing about transfers."""

    @override
    def find(self, key: object) -> None:
        """Say nothing."""
        raise ProviderSilent


def test_the_desk_is_told_that_nobody_answers(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_paid_there(number=SILENT)
    fund(100)
    fund_sandbox("USD", 100)
    make_paid()
    monkeypatch.setitem(providers.MAKERS, "sandbox", Mute)
    address = f"{OPEN}{Transfer.objects.get().pk}/"
    answer = sign_in(make_operator("Zoe")).post(address, follow=True)
    assert "does not answer yet" in page_text(answer)


def test_messages_arrive_over_http_or_are_refused_by_name() -> None:
    make_paid_there()
    fund(100)
    fund_sandbox("USD", 100)
    make_paid()
    body = message_of(Happening.objects.get(kind="transferred"))
    client, address = Client(), "/payouts/webhooks/sandbox/"

    def post(headers: dict[str, str], content: bytes = body, to: str = address) -> tuple[int, str]:
        answer = client.post(to, content, content_type="application/json", headers=headers)
        return answer.status_code, answer.content.decode()

    with override_settings(SANDBOX_SECRET="of the tests"):
        good = {HEADER: sign(body, secret="of the tests", at=clock.now())}
        assert post(good) == (200, '{"stored": 1}')
        assert post(good) == (200, '{"stored": 0}')
        assert post({})[0] == 403
        assert post({HEADER: sign(b"{", secret="of the tests", at=clock.now())}, b"{")[0] == 422
    assert post({}, to="/payouts/webhooks/nobody/")[0] == 404
    assert client.get(address).status_code == 405
    assert ProviderEvent.objects.count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_an_account_at_a_provider_to_a_payout_that_was_asked_for(
    look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: PAY_DAY)
    ada = make_creator()
    make_verified(ada, papers=american())
    with providers_pay(url=look.url):
        page = look.open(f"{STUDIO}account/", user=ada.user, phone=True)
        page.get_by_label("How").select_option("provider")
        page.get_by_label("Currency").select_option("USD")
        page.get_by_role("button", name="Save the account").click()
        expect(page.get_by_role("heading", name="Open an account to be paid")).to_be_visible()
        page.get_by_label("Bank account").fill(LACKING)
        page.get_by_role("button", name="Give this account").click()
        expect(page.get_by_text("a copy of your passport").first).to_be_visible()
        page.get_by_role("link", name="Go on at sandbox").click()
        page.get_by_role("link", name=TELLS_FIRST).click()
        page.get_by_role("button", name="Give this account").click()
        expect(page.get_by_text("Everything needed to pay you is here.")).to_be_visible()
        make_payable(ada, "100")
        make_paid_there("Ben", number=SILENT)
        fund(200)
        fund_sandbox("USD", 200)
        make_paid()
        # Each message came before the answer of the call it was about, over HTTP.
        about = ProviderEvent.objects.order_by("pk").values_list("account", "transfer")
        assert [bool(account) for account, _ in about] == [True, True, False]
        desk = look.open("/desk/payouts/", user=make_operator("Zoe"))
        desk.get_by_role("link", name="Look").click()
        expect(desk.get_by_text("No answer yet")).to_be_visible()
        desk.get_by_role("button", name="Ask now").click()
        expect(desk.get_by_text("Nothing is open")).to_be_visible()
        page.reload()
        page.get_by_role("table").get_by_role("link").first.click()
        expect(page.get_by_text("The provider paid it")).to_be_visible()

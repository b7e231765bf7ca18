"""Providers who pay creators: the sandbox, funded, and creators with an account there."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.conf import settings
from django.test import override_settings

from takings.core import clock
from takings.money import Money
from takings.payouts.actions import ask_account, open_account
from takings.payouts.models import Method, Payout
from takings.people.models import Creator
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Happening, Payee
from tests.make.ledger import make_posted, move
from tests.make.payouts import american, make_payable, make_verified
from tests.make.people import NOON
from tests.make.settlement import Act, make_act

PAID, LACKING, REFUSED = "000123456789", "000123456011", "000123456033"
SILENT, RETURNED, TELLS_FIRST = "000123456044", "000123456055", "000123456077"


@contextmanager
def providers_pay(routes: str = "sandbox", url: str = "") -> Iterator[None]:
    """Let providers pay creators; ``url`` is where the product answers, if it does."""
    public = url or settings.PUBLIC_URL
    with override_settings(
        PAYOUT_ROUTES=routes,
        SANDBOX_ON=True,
        SANDBOX_KEEPS=True,
        PUBLIC_URL=public,
        SANDBOX_PAYOUT_WEBHOOK_URL=f"{public}/payouts/webhooks/sandbox/",
    ):
        yield


def fund_sandbox(currency: str, units: int) -> None:
    """Let the sandbox hold so much for its merchant."""
    micros = units * 10**6
    Happening.objects.create(
        pk=f"ev_{uuid4().hex}",
        ref="fund",
        kind="succeeded",
        about="fund",
        currency=currency,
        amount_micros=micros,
        gross_micros=micros,
        occurred_at=clock.now(),
    )


def fund(units: int, *, provider: str = "sandbox") -> None:
    """Let a provider hold so many dollars by the books."""
    money = Money(units * 10**6, "USD")
    make_posted(move(f"provider:{provider}", "opening:USD", money), at=NOON)


def make_account(creator: Creator, *, at: dt.datetime = NOON) -> Method:
    """Let a creator choose an account at the provider; nothing is completed there yet."""
    return open_account(creator=creator, currency="USD", id=uuid4(), at=at)


def complete(method: Method, number: str = PAID, *, at: dt.datetime = NOON) -> Payee:
    """Give the sandbox a test account, and ask how far the account is."""
    assert method.account is not None
    payee = Payee.objects.get(pk=method.account.ref)
    sandbox.tell_bank(payee=payee, number=number, at=clock.now())
    ask_account(account_id=method.account.pk, at=at)
    payee.refresh_from_db()
    return payee


def make_paid_there(name: str = "Ada", number: str = PAID, *, dollars: int = 100) -> Act:
    """Open a studio whose owner is paid through the sandbox, with so much payable."""
    act = make_act(name)
    make_verified(act.creator, papers=american())
    complete(make_account(act.creator), number)
    make_payable(act.creator, Money(dollars * 10**6, "USD"))
    return act


def payout_of(act: Act) -> Payout:
    """Return the one payout of a creator."""
    return Payout.objects.get(creator=act.creator)

"""A provider's report against the books: what differs is a case, with an age and an owner."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from typing_extensions import override

from config.commands import cards as command
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.actions.terms import lock_period
from takings.ledger.queries import check_books
from takings.payments import actions, jobs, providers, queries
from takings.payments.models import Case, Payment, Reconciliation
from takings.payments.providers.sandbox import Sandbox
from takings.payments.rules import (
    Answer,
    Fact,
    FactKind,
    ProviderSilent,
    Report,
    UnknownProvider,
)
from takings.people.models import StaffAct, User
from takings.sandbox.models import Happening
from tests.make.ads import make_advertiser
from tests.make.pages import page_text
from tests.make.payments import (
    DISPUTED_WON,
    HALF_BACK,
    asked,
    cards_taken,
    make_top_up,
    paid,
    pay,
    usd,
)
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def today() -> dt.date:
    return Happening.objects.earliest("occurred_at").occurred_at.date()


def compared() -> Reconciliation:
    """Compare the day of the story, as if it were over."""
    return actions.reconcile(provider="sandbox", day=today(), at=clock.now() + 2 * DAY)


def test_a_day_that_agrees_opens_no_case_and_its_payout_comes_to_the_bank() -> None:
    brand, member = make_advertiser()
    paid(brand, member)
    paid(brand, member, card=HALF_BACK)
    disputed = paid(brand, member, card=DISPUTED_WON)
    operator = make_operator()
    _, dispute = queries.access_dispute(user=operator, payment_id=disputed.pk)
    actions.answer_dispute(operator=operator, dispute=dispute, note="Seen", at=clock.now())
    found, again = compared(), compared()
    assert (found.line_count, found.difference_count) == (7, 0)
    assert (again.line_count, again.difference_count) == (7, 0)
    assert str(found) == f"sandbox {today()}"
    assert not Case.objects.exists()
    assert ledger.balance(name="provider:sandbox", currency="USD") == usd("0")
    assert ledger.balance(name="bank", currency="USD") == usd("240.40")
    assert check_books() == []


def test_what_only_one_side_knows_is_a_case_and_stays_one() -> None:
    brand, member = make_advertiser()
    untold = make_top_up(brand, member)
    pay(untold)
    paid(brand, member, "50")
    Happening.objects.filter(kind="succeeded", amount_micros=50_000_000).delete()
    for _ in range(2):
        assert compared().difference_count == 3
    kinds = Case.objects.values_list("kind", flat=True)
    assert sorted(kinds) == ["balance_differs", "not_in_books", "not_in_report"]
    asked(untold)
    assert compared().difference_count == 2


def test_other_amounts_are_a_case() -> None:
    brand, member = make_advertiser()
    paid(brand, member)
    Happening.objects.filter(kind="succeeded").update(fee_micros=3_300_000)
    compared()
    case = Case.objects.get(kind="amounts_differ")
    assert case.sentence == (
        "The report says $100.00 with a fee of $3.30, the books say $100.00 with a fee of $3.20."
    )
    assert str(case).startswith("sandbox amounts_differ ")


def test_a_payout_into_a_locked_period_is_dated_when_it_is_told() -> None:
    brand, member = make_advertiser()
    paid(brand, member)
    at = clock.now() + 2 * DAY
    lock_period(before=at - DAY, reason="closed", at=at)
    actions.reconcile(provider="sandbox", day=today(), at=at)
    [line] = ledger.entries_touching(account="bank")
    assert (line.kind, line.occurred_at) == ("provider_settled", at)


def test_a_day_that_is_not_over_and_an_unknown_provider_are_refused() -> None:
    now = clock.now()
    with pytest.raises(actions.DayNotOver):
        actions.reconcile(provider="sandbox", day=now.date(), at=now)
    with pytest.raises(UnknownProvider):
        actions.reconcile(provider="nobody", day=now.date() - DAY, at=now)
    assert not Reconciliation.objects.exists()


def test_the_night_and_the_command_compare_every_provider(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with cards_taken(routes=""):
        command.reconcile(dt.datetime.combine(clock.now().date() - DAY, dt.time()))
    assert "Nobody takes cards here" in capsys.readouterr().out
    jobs.reconcile_days()
    assert Reconciliation.objects.count() == 2
    yesterday = dt.datetime.combine(clock.now().date() - DAY, dt.time())
    command.reconcile(yesterday)
    assert "sandbox" in capsys.readouterr().out
    make_lonely_fact(yesterday)
    with pytest.raises(SystemExit):
        command.reconcile(yesterday)
    assert "/payments/desk/cases/" in capsys.readouterr().out
    with cards_taken(routes=""), pytest.raises(SystemExit):
        command.reconcile(yesterday)  # who takes no new payments is still compared


def test_a_provider_that_fails_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shut(Sandbox):
        @override
        def report(self, day: dt.date) -> Report:
            raise ProviderSilent(day=day)

    monkeypatch.setitem(providers.MAKERS, "another", Shut)
    with cards_taken(routes="DE/EUR=another */*=sandbox"), pytest.raises(ProviderSilent):
        jobs.reconcile_days()
    assert set(Reconciliation.objects.values_list("provider", flat=True)) == {"sandbox"}


def make_lonely_fact(day: dt.datetime) -> None:
    """Let the books have a payment on that day that the report has not."""
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    noon = day.replace(hour=12, tzinfo=dt.UTC)
    lonely = Fact(FactKind.SUCCEEDED, "ch_lonely", payment.amount, usd("3.20"), noon)
    answer = Answer(ref=payment.ref, facts=(lonely,))
    actions.record_facts(payment_id=payment.pk, answer=answer, at=clock.now())


def test_a_case_is_taken_and_closed_with_what_it_was() -> None:
    at = clock.now()
    kind = Case.Kind.UNKNOWN_OBJECT
    told = "Nobody knows cs_1."
    case = actions.open_case(provider="sandbox", kind=kind, key="cs_1", sentence=told, at=at)
    operator = make_operator()
    client = signed_in(operator)
    address = f"/payments/desk/cases/{case.pk}/"
    assert "Nobody yet" in page_text(client.get("/payments/desk/cases/"))
    client.post(address, {"step": "take"})
    client.post(address, {"step": "take"})
    assert "Olga" in page_text(client.get(address))
    assert "This field is required" in page_text(client.post(address, {"reason": ""}))
    assert client.post(address, {"reason": "A test of theirs"}).status_code == 302
    case.refresh_from_db()
    assert (case.owner, case.closed_why) == (operator, "A test of theirs")
    assert [act.act for act in StaffAct.objects.order_by("pk")] == [
        "payments.take_case",
        "payments.close_case",
    ]
    assert "was closed before" in page_text(client.post(address, {"reason": "Again"}))
    assert "A test of theirs" in page_text(client.get(address))
    assert "Nobody knows cs_1." in page_text(client.get("/payments/desk/cases/?closed=1"))
    again = actions.open_case(provider="sandbox", kind=kind, key="cs_1", sentence=told, at=at)
    assert again.pk != case.pk
    assert client.get("/payments/desk/cases/99/").status_code == 404


def test_the_desk_is_for_operators() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member, card=DISPUTED_WON)
    client = signed_in(make_user())
    for page in ("", "cases/", "cases/1/", f"{payment.pk}/refund/", f"{payment.pk}/dispute/"):
        assert client.get(f"/payments/desk/{page}").status_code == 404
    assert Payment.objects.get().status == "disputed"

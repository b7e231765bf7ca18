"""A month without ads: bought, given back, disputed; and what becomes of the pass."""

import datetime as dt
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from takings.ads.edge.ended import ENDED
from takings.ads.edge.routes import known_viewer
from takings.audience.actions import mark_seen
from takings.ledger.queries import balance, check_books, entry
from takings.memberships import queries
from takings.memberships.actions import (
    CannotResume,
    NotRunning,
    PassRuns,
    TooLateToWithdraw,
    buy_pass,
    cancel_pass,
    resume_pass,
    withdraw,
)
from takings.memberships.models import Month, Pass, Step
from takings.memberships.queries import NoSuchPass
from takings.memberships.queries.ad_free import ended_early
from takings.money import Money
from takings.payments.actions import PaymentIdTaken, answer_dispute, refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from takings.payments.queries import (
    NoSuchPayment,
    access_payment,
    evidence_lines,
    receipts_of,
    sale_of,
)
from takings.people.rules import VIEWER_COOKIE, Viewer, sign_viewer
from tests.make.audience import make_post
from tests.make.passes import Time, bought
from tests.make.payments import DECLINED, DISPUTED_WON, PAYS, asked, pay
from tests.make.people import make_creator, make_operator, make_user

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
FEB_25 = dt.datetime(2027, 2, 25, 14, tzinfo=dt.UTC)


def euros(account: str) -> Money:
    return balance(name=account, currency="EUR")


def waiting(payment: Payment) -> Money:
    return euros(f"unearned:pass:{payment.pk}")


def happened(one: Pass) -> list[str]:
    return list(Step.objects.filter(ad_free_pass=one).values_list("kind", flat=True))


def test_a_paid_month_is_without_ads_from_now_on_and_its_fee_waits(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    asked(payment)  # told twice
    one = queries.pass_of(user=vera)
    one.user.refresh_from_db()
    assert (one.ends_at, one.user.ad_free_until) == (FEB_25, FEB_25)
    assert (one.renews, one.runs(at=time.now), one.runs(at=FEB_25)) == (True, True, False)
    assert (payment.amount, payment.tax) == (Money.parse("5.99", "EUR"), Money.parse("0.96", "EUR"))
    assert waiting(payment) == payment.net
    posted = entry(id=sale_of(payment).entry_id)
    assert (posted.kind, posted.reference) == ("member_paid", f"pass:{one.pk}")
    assert [paper.kind for paper in receipts_of(payment)] == ["receipt"]
    assert happened(one) == ["paid"]
    assert (str(one), str(Step.objects.get())) == ("Pass of Vera", "Pass of Vera: A month was paid")
    assert str(Month.objects.get()) == "Pass of Vera: 5990000 EUR"
    assert check_books() == []


def test_one_form_is_one_payment_and_a_running_pass_is_not_bought_again(time: Time) -> None:
    vera, key = make_user("Vera"), uuid4()
    first = buy_pass(user=vera, payment_id=key, at=time.now)
    assert buy_pass(user=vera, payment_id=key, at=time.now) == first
    pay(first, DECLINED)
    assert (asked(first).status, queries.standing(user=vera, at=time.now).runs) == ("failed", False)
    pay(first, PAYS)
    asked(first)
    assert buy_pass(user=vera, payment_id=key, at=time.now) == first
    with pytest.raises(PassRuns, match="until 2027-02-25"):
        buy_pass(user=vera, payment_id=uuid4(), at=time.now)
    with pytest.raises(PaymentIdTaken):
        buy_pass(user=make_user("Wim"), payment_id=key, at=time.now)
    assert Pass.objects.count() == Month.objects.count() == Payment.objects.count() == 1
    assert check_books() == []


def test_two_tabs_that_are_both_paid_are_two_months(time: Time) -> None:
    vera = make_user("Vera", country="US")
    tabs = [buy_pass(user=vera, payment_id=uuid4(), at=time.now) for _ in range(2)]
    for tab in tabs:
        pay(tab)
        asked(tab)
    one = queries.pass_of(user=vera)
    assert one.ends_at == FEB_25 + 28 * DAY
    assert set(one.months.values_list("number", flat=True)) == {1, 2}
    assert [tab.amount for tab in tabs] == [Money.parse("5.99", "USD")] * 2
    assert check_books() == []


def test_it_ends_by_itself_or_goes_on_after_all(time: Time) -> None:
    vera = make_user("Vera")
    with pytest.raises(NoSuchPass):
        cancel_pass(user=vera, at=time.now)
    payment = bought(vera)
    for _ in range(2):
        assert not cancel_pass(user=vera, at=time.now).renews
    shown = queries.standing(user=vera, at=time.now)
    assert (shown.runs, shown.renews, shown.charged_at) == (True, False, None)
    for _ in range(2):
        assert resume_pass(user=vera, at=time.now).renews
    assert queries.standing(user=vera, at=time.now).charged_at == FEB_25 - 3 * DAY
    one = cancel_pass(user=vera, at=time.now)
    assert happened(one) == ["paid", "cancelled", "resumed", "cancelled"]
    Payment.objects.filter(pk=payment.pk).update(card_ref="")
    with pytest.raises(CannotResume):
        resume_pass(user=vera, at=time.now)
    with pytest.raises(NotRunning):
        resume_pass(user=vera, at=FEB_25)
    assert queries.standing(user=vera, at=FEB_25).ends_at == FEB_25
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.update(why="Nothing happened.")


def test_the_first_month_is_given_back_whole_in_time_and_not_later(time: Time) -> None:
    vera, wim = make_user("Vera"), make_user("Wim")
    mine, his = bought(vera), bought(wim)
    time.go(2, 8, hour=13)
    assert queries.standing(user=vera, at=time.now).withdraw_until == mine.started_at + 14 * DAY
    withdraw(user=vera, at=time.now)
    mine.refresh_from_db()
    assert (mine.status, waiting(mine)) == ("refunded", Money.zero("EUR"))
    assert euros("tax:DE:vat") == his.tax
    vera.refresh_from_db()
    assert vera.ad_free_until == time.now
    assert happened(queries.pass_of(user=vera)) == ["paid", "withdrawn", "taken_back"]
    with pytest.raises(NotRunning):
        withdraw(user=vera, at=time.now)
    time.go(2, 8)
    assert queries.standing(user=wim, at=time.now).withdraw_until is None
    with pytest.raises(TooLateToWithdraw):
        withdraw(user=wim, at=time.now)
    assert waiting(his) == his.net
    assert check_books() == []


def test_what_is_left_is_given_back_and_a_part_ends_nothing(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    part = Refund(uuid4(), payment.pk, Money.parse("2", "EUR"), "A bad evening.")
    refund_payment(operator=make_operator(), refund=part, at=time.now)
    assert queries.standing(user=vera, at=time.now).renews
    assert withdraw(user=vera, at=time.now).status == "refunded"
    assert check_books() == []


def test_a_withdrawal_on_its_way_is_not_asked_twice(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    payment.attempts.create(
        id=uuid4(), verb="refund", amount_micros=payment.amount_micros, asked_at=time.now
    )
    for _ in range(2):
        assert withdraw(user=vera, at=time.now) == payment
    assert happened(queries.pass_of(user=vera)) == ["paid"]
    assert not queries.standing(user=vera, at=time.now).renews
    assert payment.attempts.count() == 2


def test_a_dispute_ends_the_pass_and_one_that_is_won_gives_the_days_again(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera, DISPUTED_WON)
    one = queries.pass_of(user=vera)
    assert (payment.status, one.runs(at=time.now), one.renews) == ("disputed", False, False)
    assert waiting(payment) == Money.zero("EUR")
    assert not [line for line in evidence_lines(payment) if line.startswith("Watched")]
    post = make_post(make_creator("Ada"))
    mark_seen(sightings=[(vera.viewer_id, post.pk, time.now + DAY)])
    told = "\n".join(evidence_lines(payment))
    assert "Delivered: no ads from 2027-01-25 14:00 to 2027-02-25 14:00 UTC" in told
    assert "first time: 1 video, 2027-01-26 14:00 UTC to 2027-01-26 14:00 UTC" in told
    assert "2027-01-25 14:00 UTC: A month was paid" in told
    [fact] = payment.facts.filter(kind="disputed")
    answer_dispute(operator=make_operator(), dispute=fact, note="They watched.", at=time.now)
    one = queries.pass_of(user=vera)
    assert (one.ends_at, one.renews, waiting(payment)) == (FEB_25, False, payment.net)
    assert happened(one) == ["paid", "taken_back", "given_again"]
    assert check_books() == []


def test_an_ad_server_learns_soon_that_a_cookie_says_too_much(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    vera.refresh_from_db()
    carried = Viewer(vera.viewer_id, vera.pk, "DE", time.now, ad_free_until=vera.ad_free_until)
    token = sign_viewer(carried, key=settings.SECRET_KEY)
    cookies = [(b"cookie", f"{VIEWER_COOKIE}={token}".encode())]

    def sees_no_ads() -> bool:
        ENDED.learn(at=time.now)
        known = [
            known_viewer(headers, at=time.now)
            for headers in (cookies, [*cookies, (b"sec-gpc", b"1")])
        ]
        [answer] = {one is not None and one.sees_no_ads(at=time.now) for one in known}
        return answer

    assert sees_no_ads()
    whole = Refund(uuid4(), payment.pk, payment.amount, "An outage.")
    refund_payment(operator=make_operator(), refund=whole, at=time.go(2, 3))
    assert not sees_no_ads()
    assert ended_early(time.now) == [vera.pk]
    assert ended_early(time.go(2, 26)) == [], "the cookie is over by itself"
    ENDED.learn(at=time.now)


def test_a_pass_is_its_owners_business(time: Time) -> None:
    vera, wim = make_user("Vera"), make_user("Wim")
    payment = bought(vera)
    del time
    assert access_payment(user=vera, payment_id=payment.pk) == payment
    with pytest.raises(NoSuchPayment):
        access_payment(user=wim, payment_id=payment.pk)
    Payment.objects.filter(pk=payment.pk).update(payer=wim)  # somebody else's card for Vera's pass
    assert access_payment(user=vera, payment_id=payment.pk) == payment
    for subject in ("pass:0", "pass:x", "brand:1"):
        with pytest.raises(NoSuchPass):
            queries.pass_of_subject(subject)


def test_the_books_find_a_balance_that_is_not_there_and_a_pass_for_nothing(time: Time) -> None:
    vera, wim = make_user("Vera"), make_user("Wim")
    payment = bought(vera)
    Month.objects.update(earned_micros=1)
    for person, until in ((vera, time.now), (wim, FEB_25)):
        person.ad_free_until = until
        person.save()
    found = [(one.row, one.sentence.rpartition(" by ")[2]) for one in check_books()]
    assert found[0] == (f"account:unearned:pass:{payment.pk}", "-1 micro-units")
    assert [row for row, _ in found[1:]] == [f"user:{vera.pk}", f"user:{wim.pk}"]
    vera.ad_free_until = None
    vera.save()
    assert f"user:{vera.pk}" in {one.row for one in check_books()}

"""A fee, day by day: it waits, goes into the pools of its months, and to whom its owner watched."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.insights.queries.earnings.shares import tracks_of
from takings.ledger.queries import balance, balances, check_books
from takings.memberships import queries
from takings.memberships.actions import earn_fees, renew_passes, tell_fees
from takings.memberships.models import FeeShare, Month
from takings.memberships.queries import WentTo
from takings.money import Money
from takings.payments.actions import refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from takings.people.models import User
from takings.settlement.actions import (
    Asked,
    Fee,
    NoPoolOfCountry,
    add_pool_fee,
    close_period,
    dry_run,
)
from takings.settlement.models import PoolFee, PoolResult
from takings.settlement.queries import close_stages
from tests.make.events import make_segment, make_view
from tests.make.ledger import dollars, usd
from tests.make.passes import Time, bought
from tests.make.payments import DISPUTED_LOST
from tests.make.people import make_operator, make_user
from tests.make.settlement import Act, make_act, make_pool

pytestmark = pytest.mark.django_db

UTC = dt.UTC
NET = Money.parse("5.03", "EUR")
JANUARY, FEBRUARY = Money.parse("1.135806", "EUR"), Money.parse("3.894194", "EUR")
"""Seven and 24 of the 31 days from 25 January on."""
SHARED = Money.parse("0.511113", "EUR")
"""Of January's part, 45 %, rounded once."""


def euros(account: str) -> Money:
    return balance(name=account, currency="EUR")


def pool(period: str) -> Money:
    return euros(f"pool:premium:DE:{period}")


def pending(act: Act) -> Money:
    return euros(f"creator:{act.creator.pk}:pending")


def watched(viewer: User, act: Act, ms: int, *, at: dt.datetime) -> None:
    make_segment(make_view(act.video_id, viewer.viewer_id, ms, at=at), at=at)


def told(viewer: User, *, at: dt.datetime) -> list[WentTo]:
    """Return where the fees of somebody's pass go, as told twice."""
    for _ in range(2):
        tell_fees(at=at)
    return queries.went_to(one=queries.pass_of(user=viewer))


def give_back(payment: Payment, amount: str) -> None:
    part = Refund(uuid4(), payment.pk, Money.parse(amount, "EUR"), "They asked.")
    refund_payment(operator=make_operator(), refund=part, at=payment.started_at)


def test_days_go_to_the_pools_of_their_months_once_nothing_can_be_given_back(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    assert [earn_fees(at=time.go(2, day, hour=13)) for day in (1, 8)] == [0, 0]
    assert earn_fees(at=time.go(2, 8)) == 1
    assert (earn_fees(at=time.now), pool("2027-01"), pool("2027-02")) == (
        0,
        JANUARY,
        Money.zero("EUR"),
    )
    assert earn_fees(at=time.go(2, 25, hour=13)) == 0
    assert earn_fees(at=time.go(2, 25)) == 1
    assert (earn_fees(at=time.go(4, 1)), pool("2027-02"), JANUARY + FEBRUARY) == (0, FEBRUARY, NET)
    assert euros(f"unearned:pass:{payment.pk}") == Money.zero("EUR")
    assert {fee.viewer_id for fee in PoolFee.objects.all()} == {vera.viewer_id}
    assert queries.sums(at=time.now).shared == [NET]
    assert check_books() == []


def test_a_late_worker_catches_up_and_a_renewed_month_waits_for_nobody(time: Time) -> None:
    vera = make_user("Vera")
    bought(vera)
    renew_passes(at=time.go(2, 22))
    assert earn_fees(at=time.go(3, 1)) == 3  # all of the first, and the renewed one's February
    assert pool("2027-02") == FEBRUARY + Money(NET.micros * 4 // 28, "EUR")
    assert earn_fees(at=time.go(3, 25)) == 1
    assert sum(fee.amount_micros for fee in PoolFee.objects.all()) == 2 * NET.micros
    assert check_books() == []


def test_a_fee_goes_to_whom_its_owner_watched_and_the_owner_is_told_where(time: Time) -> None:
    vera, ada, ben = make_user("Vera"), make_act("Ada"), make_act("Ben")
    one = bought(vera)
    day = time.go(1, 26)
    [nothing] = told(vera, at=day)
    assert (nothing.creators, nothing.is_final) == ([], False)
    watched(vera, ada, 6_000, at=day)
    watched(vera, ben, 18_000, at=day)
    watched(make_user("Wim"), ben, 19_000, at=day)
    [estimate] = told(vera, at=time.go(1, 27))
    assert [(to.creator, to.percent) for to in estimate.creators] == [
        (ben.creator, 75),
        (ada.creator, 25),
    ]
    assert (estimate.period, estimate.title, estimate.shared) == ("2027-01", "January 2027", NET)
    assert str(FeeShare.objects.first()).startswith("the platform: ")
    earn_fees(at=time.go(2, 8))
    other = Fee("premium", "DE", uuid4(), one.account, Money(1, "EUR"))  # of no pass
    add_pool_fee(fee=other, id=uuid4(), at=time.now, of=day)
    close_period(name="2027-01", at=time.now)
    assert pending(ada) + pending(ben) == SHARED
    _, final = told(vera, at=time.now)
    assert {to.creator: to.amount for to in final.creators} == {
        ada.creator: pending(ada),
        ben.creator: pending(ben),
    }
    assert (final.is_final, final.shared) == (True, JANUARY)
    assert final.rest == JANUARY - SHARED
    assert euros("platform:revenue:memberships") == final.rest + Money(1, "EUR")
    assert one.net == NET
    assert check_books() == []


def test_who_watched_nobody_pays_for_what_all_watched(time: Time) -> None:
    vera, wim, ada = make_user("Vera"), make_user("Wim"), make_act("Ada")
    bought(vera)
    bought(wim)
    watched(wim, ada, 6_000, at=time.go(1, 26))
    earn_fees(at=time.go(2, 8))
    close_period(name="2027-01", at=time.now)
    time.go(3, 1)
    [final] = told(vera, at=time.now)
    assert (final.creators, final.rest) == ([], JANUARY)
    assert pending(ada) == SHARED * 2


def test_what_is_left_after_a_part_went_back_is_earned_by_the_days_left(time: Time) -> None:
    payment, gone = bought(make_user("Vera")), bought(make_user("Wim"))
    earn_fees(at=time.go(2, 8))
    give_back(payment, "2")
    give_back(gone, "3.80")
    left = [euros(f"unearned:pass:{one.pk}") for one in (payment, gone)]
    assert all(amount < FEBRUARY for amount in left)
    earn_fees(at=time.go(2, 25))
    assert pool("2027-02") == left[0] + left[1]
    assert check_books() == []


def test_where_only_tax_is_left_nothing_is_earned(time: Time) -> None:
    payment = bought(make_user("Vera"))
    give_back(payment, "5.98")
    assert euros("tax:DE:vat") == Money.parse("0.01", "EUR")
    assert earn_fees(at=time.go(3, 1)) == 2
    assert not PoolFee.objects.exists()
    assert check_books() == []


def test_what_is_asked_back_waits_and_what_is_taken_back_earns_nothing(time: Time) -> None:
    payment, gone = bought(make_user("Vera")), bought(make_user("Wim"), DISPUTED_LOST)
    asking = payment.attempts.create(
        id=uuid4(), verb="refund", amount_micros=1_000_000, asked_at=time.now
    )
    assert earn_fees(at=time.go(3, 1)) == 0
    asking.delete()
    assert earn_fees(at=time.now) == 2
    assert Month.objects.get(pk=gone.pk).earned_micros == 0
    assert {row.name for row in balances(prefix="pool:premium:")} == {
        *("pool:premium:DE:2027-01", "pool:premium:DE:2027-02"),
    }
    assert check_books() == []


def test_a_month_that_cannot_be_shared_holds_up_no_other(time: Time) -> None:
    broken, sound = bought(make_user("Vera")), bought(make_user("Wim"))
    Month.objects.filter(pk=broken.pk).update(country="??")
    with pytest.raises(NoPoolOfCountry):
        earn_fees(at=time.go(2, 8))
    assert (Month.objects.get(pk=sound.pk).earned_micros, pool("2027-01")) == (
        JANUARY.micros,
        JANUARY,
    )
    assert Month.objects.get(pk=broken.pk).earned_micros == 0
    assert check_books() == []


def test_what_members_watch_without_ads_has_no_part_of_what_ads_brought(time: Time) -> None:
    vera, wim, ada, ben = make_user("Vera"), make_user("Wim"), make_act("Ada"), make_act("Ben")
    bought(vera)
    for day in (25, 26):  # on the day of buying she still saw ads
        watched(vera, ada, 6_000, at=time.go(1, day))
    watched(wim, ben, 6_000, at=time.now)
    make_pool("40", period="2027-01")
    earn_fees(at=time.go(2, 8))
    tried = dry_run(name="2027-01", asked=Asked(uuid4(), None, time.now))
    period = close_period(name="2027-01", at=time.now)
    ads = PoolResult.objects.get(period=period, product="feed_ads")
    assert ads.views == 2  # of three that count
    assert tracks_of(period="2027-01", countries=["DE"]) == {"DE": {0: 2}}
    assert [dollars(f"creator:{act.creator.pk}:pending") for act in (ada, ben)] == [usd("9")] * 2
    assert pending(ada) == SHARED
    [allocated] = [one for one in close_stages(period=period) if one.stage == "allocated"]
    assert allocated.output_digest == tried.lines_digest
    assert check_books() == []

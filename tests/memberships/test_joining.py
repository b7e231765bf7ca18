"""A month at a creator: joined, earned day by day, given back, disputed; the part goes back."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.audience.actions import mark_seen
from takings.core import clock
from takings.ledger.actions import LimitExceeded
from takings.ledger.actions.terms import set_limit
from takings.ledger.queries import balance, check_books, entry
from takings.memberships.actions.fans import (
    MemberAlready,
    OwnChannel,
    earn_memberships,
    join,
)
from takings.memberships.models import Member, MemberEarning, MemberMonth, MemberStep
from takings.memberships.queries.fans.members import (
    NoSuchMembership,
    member_badges,
    member_of_subject,
    member_standing,
    rank_of,
)
from takings.memberships.queries.fans.tiers import NoSuchTier
from takings.memberships.rules.tiers import MayNotJoin
from takings.money import Money
from takings.payments.actions import PaymentIdTaken, answer_dispute, refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from takings.payments.queries import NoSuchPayment, access_payment, evidence_lines, sale_of
from takings.people.models import User
from takings.settlement import queries as settlement
from takings.settlement.actions import close_period
from takings.settlement.models import DirectEarning, PoolCut
from tests.make.audience import make_post
from tests.make.ledger import all_balances
from tests.make.members import joined, make_adult, make_host, make_tier, member, ordered
from tests.make.passes import Time
from tests.make.payments import DECLINED, DISPUTED_LOST, DISPUTED_WON, PAYS, asked, pay
from tests.make.people import make_creator, make_operator, make_user
from tests.make.settlement import counting

pytestmark = pytest.mark.django_db

FEB_25 = dt.datetime(2027, 2, 25, 14, tzinfo=dt.UTC)
REVENUE = "platform:revenue:memberships"


def euros(account: str) -> Money:
    return balance(name=account, currency="EUR")


def waiting(payment: Payment) -> Money:
    return euros(f"unearned:membership:{payment.pk}")


def happened(one: Member) -> list[str]:
    return list(MemberStep.objects.filter(member=one).values_list("kind", flat=True))


def rank(user: User, one: Member) -> int:
    return rank_of(user_id=user.pk, creator_id=one.creator_id, at=clock.now())


def test_a_paid_month_makes_a_member_and_its_fee_waits_for_its_days(time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    tier = make_tier(ada)
    payment = joined(vera, tier)
    asked(payment)  # told twice
    one = member(vera, tier)
    assert (one.ends_at, one.renews, one.is_paid(at=time.now)) == (FEB_25, True, True)
    assert (payment.amount, payment.tax) == (Money.parse("5.95", "EUR"), Money.parse("0.95", "EUR"))
    assert waiting(payment) == Money.parse("5", "EUR") == payment.net
    posted = entry(id=sale_of(payment).entry_id)
    assert (posted.kind, posted.reference) == ("membership_paid", f"member:{one.pk}")
    assert (happened(one), rank(vera, one)) == (["paid"], 1)
    assert member_badges(creator=ada, user_ids=[vera.pk], at=time.now) == {vera.pk: "Crew"}
    assert rank_of(user_id=None, creator_id=ada.pk, at=time.now) == 0
    assert (str(one), str(tier)) == (f"Vera at @{ada.handle}", f"Crew of @{ada.handle}")
    assert str(MemberMonth.objects.get()) == f"Vera at @{ada.handle}: 5950000 EUR"
    assert str(MemberStep.objects.get()).endswith(": A month was paid")
    assert check_books() == []


def test_its_days_are_the_creators_when_they_are_over_by_the_share_of_the_policy(
    time: Time,
) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada))
    pending = f"creator:{ada.pk}:pending"
    time.go(2, 8, hour=13)
    assert earn_memberships(at=time.now) == 0, "it may still be given back whole"
    time.go(2, 8)
    assert [earn_memberships(at=time.now) for _ in range(2)] == [1, 0]
    [january] = MemberEarning.objects.all()
    assert (january.total_micros, january.share_micros) == (1_129_032, 790_322)  # 7 of 31 days
    assert str(january).endswith("790322 of 1129032")
    time.go(2, 25)
    assert earn_memberships(at=time.now) == 1
    assert (euros(pending), euros(REVENUE)) == (
        Money.parse("3.5", "EUR"),
        Money.parse("1.5", "EUR"),
    )
    assert waiting(payment) == Money.zero("EUR")
    rows = DirectEarning.objects.order_by("earned_at")
    assert [(row.period, row.product, row.day) for row in rows] == [
        ("2027-01", "memberships", dt.date(2027, 1, 31)),
        ("2027-02", "memberships", dt.date(2027, 2, 24)),
    ]
    assert earn_memberships(at=time.go(3, 8)) == 0
    assert check_books() == []


def test_a_month_that_cannot_be_earned_holds_up_no_other(time: Time) -> None:
    hosts, vera = [make_host("Ada"), make_host("Bo")], make_adult("Vera")
    for host in hosts:
        joined(vera, make_tier(host))
    [limited, free] = [f"creator:{host.pk}:pending" for host in hosts]
    little = Money(1, "EUR")
    set_limit(name=limited, currency="EUR", limit=little, reason="Looked into.", at=time.now)
    time.go(2, 8)
    with pytest.raises(LimitExceeded):
        earn_memberships(at=time.now)
    assert (euros(limited), euros(free)) == (Money.zero("EUR"), Money(790_322, "EUR"))


def test_one_form_is_one_payment_and_who_is_a_member_does_not_join_again(time: Time) -> None:
    vera, key = make_adult("Vera"), uuid4()
    tier, other = make_tier(make_host("Ada")), make_tier(make_host("Bo"))
    first = join(user=vera, tier=tier, payment_id=key, at=time.now)
    assert join(user=vera, tier=tier, payment_id=key, at=time.now) == first
    pay(first, DECLINED)
    assert (asked(first).status, rank(vera, member(vera, tier))) == ("failed", 0)
    pay(first, PAYS)
    asked(first)
    assert join(user=vera, tier=tier, payment_id=key, at=time.now) == first
    with pytest.raises(MemberAlready, match="until 2027-02-25"):
        ordered(vera, tier)
    for user, which in ((make_adult("Wim"), tier), (vera, other)):
        with pytest.raises(PaymentIdTaken):
            join(user=user, tier=which, payment_id=key, at=time.now)
    assert MemberMonth.objects.count() == Payment.objects.count() == 1
    assert check_books() == []


def test_whom_the_policy_or_sense_does_not_let_join_pays_nothing(time: Time) -> None:
    ada = make_host("Ada")
    tier, young = make_tier(ada), make_adult("Yve")
    young.born_on = dt.date(2009, 6, 1)
    gone = make_adult("Gus")
    gone.is_active = False
    for user, because in ((make_user("Una"), "born"), (young, "from 18 on"), (gone, "closed")):
        with pytest.raises(MayNotJoin, match=because):
            join(user=user, tier=tier, payment_id=uuid4(), at=time.now)
    with pytest.raises(OwnChannel):
        ordered(ada.user, tier)
    assert not Payment.objects.exists()
    assert not Member.objects.exists()


def test_two_tabs_that_are_both_paid_are_two_months(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    tabs = [ordered(vera, tier) for _ in range(2)]
    for tab in tabs:
        pay(tab)
        asked(tab)
    one = member(vera, tier)
    assert one.ends_at == FEB_25 + dt.timedelta(days=28)
    assert set(one.months.values_list("number", flat=True)) == {1, 2}
    assert time.now < FEB_25
    assert check_books() == []


def test_peer_bug_19_a_refund_of_earned_days_takes_each_part_back_exactly(time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada))
    time.go(2, 8)
    earn_memberships(at=time.now)
    whole = Refund(uuid4(), payment.pk, payment.amount, "An outage.")
    refund_payment(operator=make_operator(), refund=whole, at=time.now)
    payment.refresh_from_db()
    one = Member.objects.get()
    assert (payment.status, rank(vera, one)) == ("refunded", 0)
    left = {name: micros for (name, _), micros in all_balances().items() if micros}
    assert left == {"platform:fees": 470_000, "provider:sandbox": -470_000}, "their fee is lost"
    assert (happened(one), one.renews) == (["paid", "taken_back"], False)
    assert earn_memberships(at=time.go(3, 1)) == 0
    assert sum(DirectEarning.objects.values_list("share_micros", flat=True)) == 0
    assert check_books() == []


def test_peer_bug_23_who_is_a_member_follows_from_what_was_paid_and_stands(time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada), DISPUTED_WON)
    one = Member.objects.get()
    assert (payment.status, rank(vera, one), one.renews) == ("disputed", 0, False)
    assert waiting(payment) == Money.zero("EUR")
    posts = [make_post(creator) for creator in (ada, ada, make_creator("Ben"))]
    hour = dt.timedelta(hours=1)
    mark_seen(
        sightings=[(vera.viewer_id, post.pk, time.now + n * hour) for n, post in enumerate(posts)]
    )
    told = "\n".join(evidence_lines(payment))
    assert "Delivered: what members see from 2027-01-25 14:00 to 2027-02-25 14:00 UTC" in told
    assert "first time: 2 videos, 2027-01-25 14:00 UTC to 2027-01-25 15:00 UTC" in told
    [fact] = payment.facts.filter(kind="disputed")
    answer_dispute(operator=make_operator(), dispute=fact, note="They watched.", at=time.now)
    one.refresh_from_db()
    assert (one.ends_at, rank(vera, one), waiting(payment)) == (FEB_25, 1, payment.net)
    assert happened(one) == ["paid", "taken_back", "given_again"]
    assert earn_memberships(at=time.go(2, 25)) == 2
    assert check_books() == []


def test_a_dispute_after_the_close_is_given_by_the_platform_until_a_correction_takes(
    time: Time,
) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada))
    time.go(2, 25)
    earn_memberships(at=time.now)
    close_period(name="2027-01", at=time.go(3, 2), count=counting())
    pending = euros(f"creator:{ada.pk}:pending")
    whole = Refund(uuid4(), payment.pk, payment.amount, "A stolen card.")
    refund_payment(operator=make_operator(), refund=whole, at=time.now)
    [cut] = PoolCut.objects.all()
    assert (cut.amount_micros, cut.why) == (1_129_032, "a member's fee was taken back")
    february = Money(3_500_000 - 790_322, "EUR")
    assert pending - euros(f"creator:{ada.pk}:pending") == february
    assert waiting(payment) == Money.zero("EUR")
    assert settlement.period(name="2027-01").closed_at is not None
    assert check_books() == []


def test_a_part_that_is_given_back_ends_nothing_and_the_rest_is_earned(time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada))
    operator = make_operator()
    earn_memberships(at=time.go(2, 25))
    for amount in ("2.38", "1.19"):
        part = Refund(uuid4(), payment.pk, Money.parse(amount, "EUR"), "A bad evening.")
        refund_payment(operator=operator, refund=part, at=time.now)
    assert earn_memberships(at=time.go(2, 26)) > 0, "there is nothing to earn, and that is told"
    assert earn_memberships(at=time.now) == 0
    assert euros(f"creator:{ada.pk}:pending") == Money.parse("1.4", "EUR")
    assert euros(REVENUE) == Money.parse("0.6", "EUR")
    rest = Refund(uuid4(), payment.pk, Money.parse("2.38", "EUR"), "All of it, then.")
    refund_payment(operator=operator, refund=rest, at=time.now)
    assert euros(f"creator:{ada.pk}:pending") == euros(REVENUE) == Money.zero("EUR")
    assert check_books() == []


def test_a_lost_dispute_of_earned_days_charges_nobody_twice(time: Time) -> None:
    ada, vera = make_host("Ada"), make_adult("Vera")
    payment = joined(vera, make_tier(ada), DISPUTED_LOST)
    [fact] = payment.facts.filter(kind="disputed")
    answer_dispute(operator=make_operator(), dispute=fact, note="They watched.", at=time.now)
    assert euros(f"creator:{ada.pk}:pending") == waiting(payment) == Money.zero("EUR")
    assert rank(vera, Member.objects.get()) == 0
    assert check_books() == []


def test_a_membership_is_its_owners_business(time: Time) -> None:
    vera, wim = make_adult("Vera"), make_adult("Wim")
    payment = joined(vera, make_tier(make_host("Ada")))
    assert access_payment(user=vera, payment_id=payment.pk) == payment
    with pytest.raises(NoSuchPayment):
        access_payment(user=wim, payment_id=payment.pk)
    Payment.objects.filter(pk=payment.pk).update(payer=wim)  # somebody else's card
    assert access_payment(user=vera, payment_id=payment.pk) == payment
    for subject in ("member:0", "member:x", "pass:1"):
        with pytest.raises(NoSuchMembership):
            member_of_subject(subject)
    assert member_standing(Member.objects.get(), at=time.now).is_member


def test_a_tier_that_is_not_offered_is_not_joined(time: Time) -> None:
    tier = make_tier(make_host("Ada"))
    tier.archived_at = time.now
    tier.save()
    with pytest.raises(NoSuchTier):
        ordered(make_adult("Vera"), tier)

"""A gift goes back wholly and once: every account is what it was, or the loss is stated."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.coins.actions.unwinding import MinorFound, refund_minor, unwind_unpaid
from takings.core import clock
from takings.gifts.actions import (
    AlreadyTakenBack,
    TakingBackNeedsReason,
    TooLateToUndo,
    Why,
    take_back_gift,
    undo_gift,
)
from takings.gifts.models import TakenBack
from takings.gifts.rules import Cause
from takings.ledger.queries import balance, check_books
from takings.live.models import Event
from takings.payments.models import Payment
from takings.people.models import User
from takings.policies.queries import packs
from takings.settlement import queries as settlement
from takings.settlement.actions import close_period
from takings.settlement.rules import PLATFORM
from tests.make.coins import bought, make_fan, told_paid
from tests.make.gifts import give, make_gift_kind
from tests.make.ledger import all_balances
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, asked
from tests.make.people import make_operator
from tests.make.settlement import Act, counting

pytestmark = pytest.mark.django_db
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


def has(name: str, currency: str = "EUR") -> int:
    return balance(name=name, currency=currency).micros


def test_peer_bug_17_undone_within_seconds_every_account_is_what_it_was(
    ada: Act, vera: User
) -> None:
    rose, before, now = make_gift_kind(100), all_balances(), clock.now()
    gift = give(vera, ada, rose)
    assert all_balances() != before
    done = undo_gift(gift=gift, at=now + 10 * SECOND)
    assert undo_gift(gift=gift, at=now + DAY) == done
    after = {name: amount for name, amount in all_balances().items() if amount}
    assert after == {name: amount for name, amount in before.items() if amount}
    told = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert told == ["gift", "earned", "ungift", "earned"]
    assert check_books() == []


def test_coins_that_were_given_go_back_without_money(ada: Act, vera: User) -> None:
    before = {name: amount for name, amount in all_balances().items() if amount}
    undo_gift(gift=give(vera, ada, make_gift_kind(50)), at=clock.now())
    assert {name: amount for name, amount in all_balances().items() if amount} == before
    assert check_books() == []


def test_peer_bug_21_too_late_or_taken_back_already_nothing_is_undone(ada: Act, vera: User) -> None:
    gift, now = give(vera, ada, make_gift_kind(100)), clock.now()
    before = all_balances()
    with pytest.raises(TooLateToUndo, match="10 seconds"):
        undo_gift(gift=gift, at=now + 11 * SECOND)
    why = Why(Cause.REFUND, "  ")
    with pytest.raises(TakingBackNeedsReason):
        take_back_gift(operator=make_operator(), gift=gift, why=why, at=now)
    assert all_balances() == before
    take_back_gift(operator=make_operator(), gift=gift, why=Why(Cause.REFUND, "A mistake."), at=now)
    with pytest.raises(AlreadyTakenBack):
        undo_gift(gift=gift, at=now)
    assert check_books() == []


def test_a_minors_gifts_all_go_back_the_held_ones_too(ada: Act, time: Time) -> None:
    """Douyin: minors are refunded in full, and the host loses the share too."""
    minor = make_fan("Max", at=clock.now())
    bought(minor, "vault")
    time.go(1, 28, 15)
    gifts = [give(minor, ada, make_gift_kind(count)) for count in (100, 5_100)]
    assert has(f"escrow:gift:{gifts[1].pk}") > 0
    found = MinorFound(minor, dt.date(2012, 1, 1), "The father showed her papers.")
    refund_minor(operator=make_operator(), found=found, at=clock.now())
    assert {one.cause for one in TakenBack.objects.all()} == {"guardian"}
    assert all(has(f"creator:{ada.creator.pk}:{kind}") == 0 for kind in ("pending", "payable"))
    assert has(f"escrow:gift:{gifts[1].pk}") == has("platform:revenue:gifts") == 0
    assert has("platform:loss") == 0
    assert check_books() == []


def test_a_purchase_that_was_taken_back_takes_its_gifts_with_it(ada: Act, time: Time) -> None:
    """A streamer stranded by disputed donations: here the loss is stated, and once."""
    wim = make_fan("Wim")
    told_paid(wim, card=DISPUTED_LOST)
    for count in (300, 700):
        give(wim, ada, make_gift_kind(count))
    asked(Payment.objects.get())
    assert [unwind_unpaid(at=time.now) for _ in range(2)] == [1, 0]
    assert [one.cause for one in TakenBack.objects.all()] == ["chargeback"] * 2
    assert has(f"creator:{ada.creator.pk}:pending") == has("platform:revenue:gifts") == 0
    assert has("platform:loss") == 0
    assert check_books() == []


def closed(gift_at: Time) -> None:
    gift_at.go(2, 10)
    close_period(name="2027-01", at=clock.now(), count=counting())


def test_peer_bug_19_after_the_close_the_platform_gives_until_a_correction_takes(
    ada: Act, vera: User, time: Time
) -> None:
    gift = give(vera, ada, make_gift_kind(180))  # 80 had been given free
    closed(time)
    paid = has(f"creator:{ada.creator.pk}:pending")
    take_back_gift(
        operator=make_operator(), gift=gift, why=Why(Cause.REFUND, "It broke."), at=time.now
    )
    assert has(f"creator:{ada.creator.pk}:pending") == paid == 500_000
    assert (has(PLATFORM), has("platform:revenue:gifts")) == (-1_000_000, 500_000)
    assert TakenBack.objects.get().from_creator
    period = settlement.period(name="2027-01")
    assert [one.micros for one in settlement.uncorrected(period=period)] == [1_000_000]
    assert check_books() == []


def test_after_the_close_the_policy_may_say_that_the_platform_bears_it(
    ada: Act, vera: User, time: Time
) -> None:
    gift = give(vera, ada, make_gift_kind(180))
    closed(time)
    [rule] = packs.gift_rules()
    kinder = (replace(rule, taken_back_from="platform"),)
    time.monkeypatch.setattr(packs, "gift_rules", lambda: kinder)
    take_back_gift(
        operator=make_operator(), gift=gift, why=Why(Cause.REFUND, "It broke."), at=time.now
    )
    assert (has(f"creator:{ada.creator.pk}:pending"), has("platform:loss")) == (500_000, 1_000_000)
    assert not TakenBack.objects.get().from_creator
    assert settlement.uncorrected(period=settlement.period(name="2027-01")) == []
    assert check_books() == []

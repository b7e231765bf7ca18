"""Coins that were spent and not paid for, or by a minor: whoever was paid with them is told."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from takings.coins.actions import MinorFound, NotAMinor, refund_minor, unwind_unpaid
from takings.coins.models import CoinLot, Return
from takings.coins.queries import unwinders
from takings.coins.queries.unwinders import forget_unwinder, register_unwinder
from takings.coins.rules import TooYoung, coins
from takings.core.errors import Conflict
from takings.ledger.queries import check_books
from takings.payments.models import Payment
from takings.payments.rules import ProviderRefused
from takings.people.models import StaffAct
from tests.coins.test_spending import has, taken, waits
from tests.make.coins import ask, bought, euros, make_fan, ordered, spent, told_paid, unspent
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, HALF_BACK, asked
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db
NONE = (coins(0), coins(0))


@dataclass
class Gifts:
    """An app that is paid with coins, and undoes it."""

    told: list[tuple[tuple[UUID, ...], str]] = field(default_factory=list)
    refuses: bool = False

    def __call__(self, *, spend_ids: Sequence[UUID], why: str, at: dt.datetime) -> None:
        """Undo it, or refuse."""
        assert at.tzinfo
        if self.refuses:
            raise Conflict
        self.told.append((tuple(spend_ids), why))
        unspent(*spend_ids)


@pytest.fixture
def gifts() -> Iterator[Gifts]:
    """Let gifts be told."""
    one = Gifts()
    register_unwinder(one)
    yield one
    forget_unwinder(one)


def test_those_who_were_paid_with_disputed_coins_are_told_once_newest_first(
    time: Time, gifts: Gifts
) -> None:
    vera = make_fan()
    purchase = told_paid(vera, card=DISPUTED_LOST)
    sent = [taken(one).spend_id for one in spent([ask(vera, 280), ask(vera, 300)])]
    assert unwind_unpaid(at=time.now) == 0
    asked(Payment.objects.get())
    gifts.refuses = True
    assert unwind_unpaid(at=time.now) == 0
    gifts.refuses = False
    assert unwind_unpaid(at=time.now) == 1
    assert unwind_unpaid(at=time.now) == 0
    assert gifts.told == [((sent[1], sent[0]), "The payment of the coins was taken back.")]
    assert (has(vera), waits(purchase.pk)) == (NONE, euros("0"))
    assert check_books() == []


def test_a_half_that_went_back_undoes_no_more_than_it_had_paid_for(
    time: Time, gifts: Gifts
) -> None:
    vera = make_fan()
    told_paid(vera, card=HALF_BACK)
    sent = [taken(one).spend_id for one in spent([ask(vera, 680), ask(vera, 300)])]
    asked(Payment.objects.get())
    lot = CoinLot.objects.get(is_bonus=False)
    assert (lot.spent_micros, lot.gone_micros) == (coins(900).micros, coins(500).micros)
    assert unwind_unpaid(at=time.now) == 1
    assert gifts.told[0][0] == (sent[1], sent[0])  # 300 of 400 are not enough
    assert has(vera) == (coins(500), coins(40))
    assert check_books() == []


def test_without_anybody_who_is_paid_with_coins_nobody_is_told(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unwinders, "_unwinders", [])
    vera = make_fan()
    told_paid(vera, card=DISPUTED_LOST)
    spent([ask(vera, 580)])
    asked(Payment.objects.get())
    assert unwind_unpaid(at=time.now) == 0
    assert CoinLot.objects.get(is_bonus=False).unwound_at is None


def test_a_minor_gets_everything_back_and_buys_no_more(time: Time, gifts: Gifts) -> None:
    vera, olga = make_fan(), make_operator()
    first, second = bought(vera), bought(vera, "handful")
    spent([ask(vera, 1_130)])
    young, old = dt.date(2012, 5, 1), dt.date(2000, 5, 1)
    with pytest.raises(NotAMinor):
        refund_minor(operator=olga, found=MinorFound(vera, old, "?"), at=time.now)
    found = MinorFound(vera, young, "Her father showed us her passport.")
    assert refund_minor(operator=olga, found=found, at=time.now) == 1_100
    for payment in Payment.objects.all():
        assert asked(payment).status == "refunded"
    assert [text for _, text in gifts.told] == ["It was sent by somebody who is too young for it."]
    assert (has(vera), waits(first.pk), waits(second.pk)) == (NONE, euros("0"), euros("0"))
    assert refund_minor(operator=olga, found=found, at=time.now) == 0
    assert StaffAct.objects.filter(act="coins.refund_minor").count() == 2
    with pytest.raises(TooYoung):
        ordered(vera)
    assert check_books() == []


def test_what_could_not_go_back_to_a_minor_is_named_and_the_rest_goes(time: Time) -> None:
    vera, olga = make_fan(), make_operator()
    told_paid(vera, card=HALF_BACK)
    bought(vera, "handful")
    found = MinorFound(vera, dt.date(2012, 5, 1), "A passport.")
    with pytest.raises(ProviderRefused):
        refund_minor(operator=olga, found=found, at=time.now)
    assert sorted(Return.objects.values_list("state", flat=True)) == ["failed", "paid_back"]
    assert has(vera) == (coins(1_000), coins(80))
    assert check_books() == []

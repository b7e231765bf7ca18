"""What a gift moves, by hand: rates per coin, two currencies, and coins that do not come back."""

import datetime as dt
from dataclasses import replace
from uuid import UUID

from takings.coins.rules import Part, Taken
from takings.gifts.rules import (
    LOSS,
    Places,
    back_transfers,
    brought_by,
    escrow_of,
    gift_transfers,
    pending_of,
    release_transfers,
)
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.policies.queries import gift_rule_at
from tests.make.gifts import coins

RULE = gift_rule_at(at=dt.datetime(2027, 1, 1, tzinfo=dt.UTC))
GIFT, LOT, OTHER = UUID(int=1), UUID(int=2), UUID(int=3)
WAITS, WAITS_TOO = f"coins:liability:{LOT}", f"coins:liability:{OTHER}"
REST = "platform:revenue:gifts"


def euro(micros: int) -> Money:
    return Money(micros, "EUR")


def moved(transfers: tuple[TransferDraft, ...]) -> list[tuple[str, str, int]]:
    """Return the money that moves, without the coins."""
    rows = [one for one in transfers if one.amount.currency != "COIN"]
    return [(one.debit, one.credit, one.amount.micros) for one in rows]


def taken(*parts: Part) -> Taken:
    return Taken(GIFT, 12, parts)


def test_each_lot_pays_its_part_and_two_currencies_stay_apart() -> None:
    gift = taken(
        Part(LOT, coins(1), is_bonus=False, value=euro(5)),
        Part(OTHER, coins(2), is_bonus=False, value=Money(8, "USD")),
        Part(UUID(int=4), coins(3), is_bonus=True, value=None),
    )
    assert moved(gift_transfers(gift, rule=RULE, to=pending_of(7))) == [
        (WAITS, "creator:7:pending", 3),
        (WAITS, REST, 2),
        (WAITS_TOO, "creator:7:pending", 4),
        (WAITS_TOO, REST, 4),
    ]
    told = [(one.brought, one.share) for one in brought_by(gift, rule=RULE)]
    assert told == [(euro(5), euro(3)), (Money(8, "USD"), Money(4, "USD"))]


def test_a_rate_per_coin_beyond_what_the_coins_brought_is_ours_to_add() -> None:
    rule = replace(RULE, per_coin={"EUR": euro(10)})
    gift = taken(Part(LOT, coins(1), is_bonus=False, value=euro(4)))
    sent = gift_transfers(gift, rule=rule, to=escrow_of(GIFT))
    escrow = f"escrow:gift:{GIFT}"
    assert moved(sent) == [(WAITS, escrow, 4), ("platform:fees", escrow, 6)]
    [brought] = brought_by(gift, rule=rule)
    assert (brought.total, brought.share) == (euro(10), euro(10))
    released = release_transfers([brought], gift_id=GIFT, creator_id=7)
    assert moved(released) == [(escrow, "creator:7:pending", 10)]
    back = back_transfers(gift, rule=rule, of=escrow_of(GIFT))
    assert moved(back) == [(escrow, WAITS, 4), (escrow, "platform:fees", 6)]


def test_the_money_of_coins_that_do_not_come_back_covers_the_loss() -> None:
    given = taken(
        Part(LOT, coins(1), is_bonus=False, value=euro(5)),
        Part(LOT, coins(2), is_bonus=False, value=euro(10), returns=False),
    )
    back = back_transfers(given, rule=RULE, of=pending_of(7))
    pending = "creator:7:pending"
    assert moved(back) == [(pending, WAITS, 5), (pending, LOSS, 3), (REST, LOSS, 7)]
    assert moved(back_transfers(given, rule=RULE, of=Places(LOSS, LOSS))) == [(LOSS, WAITS, 5)]

"""What gifts add to ``check_books``: each moved what it says, and what is held is there."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from takings.gifts.models import Gift, GiftMoney
from takings.gifts.rules import COIN
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding

Tell = Callable[[int, int], None]
BATCH = 2_000
HELD = "escrow:gift:"


def _posted(tell: Tell) -> Iterator[Finding]:
    """Compare the coins and the money of each gift with its entry."""
    rows = Gift.objects.order_by("pk").prefetch_related("moneys", "hold")
    total, done, left = rows.count(), 0, rows.iterator(chunk_size=BATCH)
    while batch := list(islice(left, BATCH)):
        ids = [gift.entry_id for gift in batch]
        posted, archived = ledger.credits_of(entry_ids=ids), ledger.archived_entries(ids=ids)
        for gift in batch:
            moved = posted.get(gift.entry_id, {})
            if gift.entry_id not in archived and moved != _said(gift):
                sentence = f"its entry moved {moved}"
                yield Finding(GIFTS_ARE_POSTED.invariant, f"gift:{gift.pk}", sentence)
        done += len(batch)
        tell(done, total)


def _said(gift: Gift) -> dict[tuple[str, str], int]:
    """Return what a gift's entry credits to each account, by what the gift says."""
    said = Counter({("coins:issued", COIN): gift.coins_micros})
    is_held = hasattr(gift, "hold")
    for money in gift.moneys.all():
        total = max(money.brought_micros, money.share_micros)
        parts = (
            {f"{HELD}{gift.pk}": total}
            if is_held
            else {
                f"creator:{gift.creator_id}:pending": money.share_micros,
                "platform:revenue:gifts": total - money.share_micros,
            }
        )
        for account, micros in parts.items():
            said[account, money.currency] += micros
    return {place: micros for place, micros in said.items() if micros}


def _held(_: Tell) -> Iterator[Finding]:
    """Compare what waits with the gifts that are held, one to one."""
    rows = GiftMoney.objects.filter(
        gift__hold__isnull=False, gift__release__isnull=True, gift__taken_back__isnull=True
    )
    left: Counter[tuple[str, str]] = Counter()
    for row in rows:
        left[f"{HELD}{row.gift_id}", row.currency] += max(row.brought_micros, row.share_micros)
    for balance in ledger.balances(prefix=HELD):
        left[balance.name, balance.balance.currency] -= balance.balance.micros
    for (account, code), micros in sorted(left.items()):
        if micros:
            sentence = (
                f"what its gift brought and its balance differ by {micros} {code} micro-units"
            )
            yield Finding(HELD_GIFTS_ARE_THERE.invariant, f"account:{account}", sentence)


GIFTS_ARE_POSTED = Check("each gift moved the coins and the money that it says", _posted)
HELD_GIFTS_ARE_THERE = Check("what held gifts brought waits on their accounts", _held)

CHECKS = (GIFTS_ARE_POSTED, HELD_GIFTS_ARE_THERE)

"""What gifts add to ``check_books``: each moved what it says, and what is held is there."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from django.db import connection

from takings.gifts.models import Gift, GiftMoney
from takings.gifts.rules import COIN
from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding

Tell = Callable[[int, int], None]
BATCH = 2_000
HELD = "escrow:gift:"
FANS = """
    SELECT creator_id, sender_id, coalesce(said.micros, 0), coalesce(given.micros, 0)
    FROM (
        SELECT creator_id, sender_id, is_anonymous, gift_count AS count, coins_micros AS micros
        FROM gifts_fansum WHERE gift_count > 0 OR coins_micros > 0
    ) AS said FULL JOIN (
        SELECT creator_id, sender_id, is_anonymous, count(*), sum(coins_micros)::bigint AS micros
        FROM gifts_gift AS gift
        LEFT JOIN gifts_takenback AS back ON back.gift_id = gift.id
        LEFT JOIN gifts_gifthold AS hold ON hold.gift_id = gift.id
        LEFT JOIN gifts_giftrelease AS release ON release.gift_id = gift.id
        WHERE back.gift_id IS NULL AND (hold.gift_id IS NULL OR release.gift_id IS NOT NULL)
        GROUP BY creator_id, sender_id, is_anonymous
    ) AS given USING (creator_id, sender_id, is_anonymous)
    WHERE (said.count, said.micros) IS DISTINCT FROM (given.count, given.micros)
    ORDER BY creator_id, sender_id"""


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


def _fans(_: Tell) -> Iterator[Finding]:
    """Compare what each fan is said to have given with their gifts that stand; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(FANS)
        for creator, sender, said, given in cursor.fetchall():
            sentence = f"fan {sender} gave {given} micro-coins, and the sum says {said}"
            yield Finding(FANS_ARE_SUMMED.invariant, f"creator:{creator}", sentence)


GIFTS_ARE_POSTED = Check("each gift moved the coins and the money that it says", _posted)
HELD_GIFTS_ARE_THERE = Check("what held gifts brought waits on their accounts", _held)
FANS_ARE_SUMMED = Check("what each fan gave a creator is the sum of their gifts", _fans)

CHECKS = (GIFTS_ARE_POSTED, HELD_GIFTS_ARE_THERE, FANS_ARE_SUMMED)

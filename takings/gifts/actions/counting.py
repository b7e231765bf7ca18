"""What each fan gave each creator: sums that move with every gift that stands, or stands no more.

Who calls holds the wallet of each sender, so two never count for one fan at once.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import F

from takings.gifts.models import FanSum, Gift

ADD = """
    INSERT INTO gifts_fansum (creator_id, sender_id, is_anonymous, gift_count, coins_micros)
    SELECT creator_id, sender_id, is_anonymous, count(*), sum(coins_micros)
    FROM unnest(%s::bigint[], %s::bigint[], %s::bool[], %s::bigint[])
        AS gift (creator_id, sender_id, is_anonymous, coins_micros)
    GROUP BY creator_id, sender_id, is_anonymous
    ON CONFLICT (creator_id, sender_id, is_anonymous) DO UPDATE SET
        gift_count = gifts_fansum.gift_count + excluded.gift_count,
        coins_micros = gifts_fansum.coins_micros + excluded.coins_micros"""


def count_gifts(gifts: Sequence[Gift]) -> None:
    """Add gifts that stand from now on; one statement."""
    columns = (
        [gift.creator_id for gift in gifts],
        [gift.sender_id for gift in gifts],
        [gift.is_anonymous for gift in gifts],
        [gift.coins_micros for gift in gifts],
    )
    with connection.cursor() as cursor:
        cursor.execute(ADD, columns)


def uncount_gift(gift: Gift) -> None:
    """Take a gift away that stood until now."""
    FanSum.objects.filter(
        creator=gift.creator_id, sender=gift.sender_id, is_anonymous=gift.is_anonymous
    ).update(gift_count=F("gift_count") - 1, coins_micros=F("coins_micros") - gift.coins_micros)

"""The gifts that stood before fans had sums."""

from django.db import migrations

SUM = """
    INSERT INTO gifts_fansum (creator_id, sender_id, is_anonymous, gift_count, coins_micros)
    SELECT creator_id, sender_id, is_anonymous, count(*), sum(coins_micros)
    FROM gifts_gift AS gift
    WHERE NOT EXISTS (SELECT FROM gifts_takenback AS back WHERE back.gift_id = gift.id)
        AND (NOT EXISTS (SELECT FROM gifts_gifthold AS hold WHERE hold.gift_id = gift.id)
            OR EXISTS (SELECT FROM gifts_giftrelease AS release WHERE release.gift_id = gift.id))
    GROUP BY creator_id, sender_id, is_anonymous"""


class Migration(migrations.Migration):

    dependencies = [
        ('gifts', '0021_fan_sums'),
    ]

    operations = [
        migrations.RunSQL(sql=SUM, reverse_sql=migrations.RunSQL.noop),
    ]

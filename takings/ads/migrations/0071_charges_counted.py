"""What was charged before is counted, as far as any rate looks back."""

from django.db import migrations

COUNT = """
    INSERT INTO ads_chargedad (line_item_id, day, video_id, charge_count)
    SELECT lease.line_item_id, (billed.viewed_at AT TIME ZONE 'UTC')::date, billed.video_id, count(*)
    FROM ads_billedimpression billed JOIN ads_lease lease ON lease.id = billed.lease_id
    WHERE billed.viewed_at >= now() - interval '32 days'
    GROUP BY 1, 2, 3
    ON CONFLICT (line_item_id, day, video_id) DO UPDATE SET charge_count = excluded.charge_count
"""


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0070_charged_ads"),
    ]

    operations = [
        migrations.RunSQL(sql=COUNT, reverse_sql="DELETE FROM ads_chargedad", elidable=True),
    ]

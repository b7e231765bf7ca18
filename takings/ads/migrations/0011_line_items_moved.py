"""Each campaign's terms become a line item under the campaign's id; leases and charges name it."""

from django.db import migrations

MOVE = """INSERT INTO ads_lineitem (id, campaign_id, name, cpm_micros, daily_budget_micros,
    committed_micros, countries, starts_at, ends_at, time_zone, added_at)
SELECT id, id, name, cpm_micros, daily_budget_micros, committed_micros, countries, starts_at,
    ends_at, time_zone, drafted_at
FROM ads_campaign;
UPDATE ads_lease SET line_item_id = campaign_id;
UPDATE ads_charge SET line_item_id = campaign_id;"""
BACK = """UPDATE ads_lease SET line_item_id = NULL;
UPDATE ads_charge SET line_item_id = NULL;
DELETE FROM ads_lineitem;"""


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0010_line_items'),
    ]

    operations = [
        migrations.RunSQL(sql=MOVE, reverse_sql=BACK),
    ]

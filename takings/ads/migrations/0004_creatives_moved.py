"""Each campaign's video and words become a creative under the campaign's id, approved as it ran."""

from django.db import migrations

MOVE = """INSERT INTO ads_creative (id, campaign_id, video_id, headline, call_to_action, landing_url,
    approved_url, review, declined_why, edition, submitted_at)
SELECT id, id, creative_id, headline, call_to_action, landing_url, landing_url, 'approved', '', 1,
    drafted_at
FROM ads_campaign;"""


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0003_creatives'),
    ]

    operations = [
        migrations.RunSQL(sql=MOVE, reverse_sql="DELETE FROM ads_creative;", elidable=True),
    ]

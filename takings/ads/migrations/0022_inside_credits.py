"""What is given back of ads inside a video, and the creator's share of it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0021_inside_videos"),
        ('people', '0001_squashed_0003_members'),
        ('videos', '0003_mid_rolls'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='trafficcredit',
            name='a_pass_credits_a_pool_once',
        ),
        migrations.AddField(
            model_name='trafficcredit',
            name='creator',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator'),
        ),
        migrations.AddField(
            model_name='trafficcredit',
            name='share_micros',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='trafficcredit',
            name='video',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video'),
        ),
        migrations.AddConstraint(
            model_name='trafficcredit',
            constraint=models.UniqueConstraint(condition=models.Q(('video__isnull', True)), fields=('made_by', 'line_item', 'country', 'period'), name='a_pass_credits_a_pool_once'),
        ),
        migrations.AddConstraint(
            model_name='trafficcredit',
            constraint=models.UniqueConstraint(condition=models.Q(('video__isnull', False)), fields=('made_by', 'line_item', 'country', 'period', 'video'), name='a_pass_credits_a_video_once'),
        ),
        migrations.AddConstraint(
            model_name='trafficcredit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('creator__isnull', True), ('share_micros__isnull', True), ('video__isnull', True)), models.Q(('creator__isnull', False), ('share_micros__gte', 0), ('share_micros__lte', models.F('amount_micros')), ('video__isnull', False)), _connector='OR'), name='a_credit_is_of_a_pool_or_of_a_creator'),
        ),
    ]

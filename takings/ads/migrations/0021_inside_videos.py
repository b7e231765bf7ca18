"""Ads inside a video: where they were, and what of their price is its creator's."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0020_tag_counters"),
        ('people', '0001_squashed_0003_members'),
        ('videos', '0003_mid_rolls'),
    ]

    operations = [
        migrations.AddField(
            model_name='billedimpression',
            name='placement',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='billedimpression',
            name='pooled_why',
            field=models.CharField(blank=True, default='', max_length=12),
        ),
        migrations.AddField(
            model_name='billedimpression',
            name='share_micros',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='charge',
            name='creator',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator'),
        ),
        migrations.AddField(
            model_name='charge',
            name='placement',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='charge',
            name='share_micros',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='charge',
            name='video',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video'),
        ),
        migrations.AddConstraint(
            model_name='billedimpression',
            constraint=models.CheckConstraint(condition=models.Q(('share_micros__isnull', True), models.Q(('placement__in', [2, 3, 4]), ('pooled_why', ''), ('share_micros__gte', 0), ('share_micros__lte', models.F('price_micros'))), _connector='OR'), name='an_impression_shares_inside_a_video'),
        ),
        migrations.AddConstraint(
            model_name='charge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('creator__isnull', True), ('placement__isnull', True), ('share_micros__isnull', True), ('video__isnull', True)), models.Q(('creator__isnull', False), ('placement__in', [2, 3, 4]), ('share_micros__gte', 0), ('share_micros__lte', models.F('amount_micros')), ('video__isnull', False)), _connector='OR'), name='a_charge_is_of_a_pool_or_of_a_creator'),
        ),
    ]

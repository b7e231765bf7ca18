"""Ads inside videos: what belongs to one creator from the start, and never was in a pool."""

import django.db.models.deletion
from django.db import migrations, models


LAW = """CREATE TRIGGER directearning_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_directearning
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER directearning_never_changes ON settlement_directearning;"


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_squashed_0003_members'),
        ("settlement", "0012_pool_cuts"),
        ('videos', '0003_mid_rolls'),
    ]

    operations = [
        migrations.CreateModel(
            name='DirectEarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.UUIDField()),
                ('product', models.CharField(max_length=40)),
                ('country', models.CharField(max_length=2)),
                ('period', models.CharField(max_length=16)),
                ('currency', models.CharField(max_length=4)),
                ('day', models.DateField()),
                ('count', models.IntegerField()),
                ('total_micros', models.BigIntegerField()),
                ('share_micros', models.BigIntegerField()),
                ('earned_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='poolresult',
            name='a_pool_with_money_has_an_entry',
        ),
        migrations.AddConstraint(
            model_name='poolresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', True), ('total_micros', 0)), models.Q(('entry_id__isnull', False), ('total_micros__gt', 0)), models.Q(('entry_id__isnull', True), ('product', 'watch_ads'), ('total_micros__gt', 0)), _connector='OR'), name='a_pool_with_money_has_an_entry'),
        ),
        migrations.AddField(
            model_name='directearning',
            name='creator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator'),
        ),
        migrations.AddField(
            model_name='directearning',
            name='video',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video'),
        ),
        migrations.AddIndex(
            model_name='directearning',
            index=models.Index(fields=['period', 'creator'], name='direct_earnings_of_a_period'),
        ),
        migrations.AddConstraint(
            model_name='directearning',
            constraint=models.UniqueConstraint(fields=('entry_id', 'video', 'day'), name='an_entry_earns_a_day_once'),
        ),
        migrations.AddConstraint(
            model_name='directearning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('count__gt', 0), ('share_micros__gte', 0), ('share_micros__lte', models.F('total_micros')), ('total_micros__gt', 0)), models.Q(('count__lt', 0), ('share_micros__gte', models.F('total_micros')), ('share_micros__lte', 0), ('total_micros__lt', 0)), _connector='OR'), name='a_direct_share_is_within_its_total'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

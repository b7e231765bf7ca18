"""Pools that held too much, and what corrections share of them. Rows never change."""

import django.db.models.deletion
from django.db import migrations, models


TABLES = ("poolchange", "poolcut")
LAW = """CREATE TRIGGER {0}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER {0}_never_changes ON settlement_{0};"


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0001_squashed_0011_estimate_pools'),
    ]

    operations = [
        migrations.CreateModel(
            name='PoolChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pool', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('before_micros', models.BigIntegerField()),
                ('after_micros', models.BigIntegerField()),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='settlement.correction')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('correction', 'pool', 'currency'), name='a_pool_is_corrected_once'), models.CheckConstraint(condition=models.Q(('after_micros__gte', 0)), name='a_corrected_pool_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='PoolCut',
            fields=[
                ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                ('pool', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('why', models.CharField(max_length=200)),
                ('cut_at', models.DateTimeField()),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cuts', to='settlement.period')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_cut_is_positive')],
            },
        ),
        *(migrations.RunSQL(sql=LAW.format(one), reverse_sql=UNDO.format(one)) for one in TABLES),
    ]

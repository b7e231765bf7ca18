"""Earnings that were taken as something else than money."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_ad_free'),
        ('settlement', '0014_gifts_are_direct'),
    ]

    operations = [
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('reward', models.CharField(max_length=20)),
                ('choice', models.CharField(max_length=40)),
                ('words', models.CharField(max_length=100)),
                ('currency', models.CharField(max_length=3)),
                ('amount_micros', models.BigIntegerField()),
                ('entry_id', models.UUIDField(unique=True)),
                ('exchanged_at', models.DateTimeField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exchanges', to='people.creator')),
            ],
            options={
                'ordering': ['-exchanged_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='an_exchange_is_of_something')],
            },
        ),
        migrations.RunSQL(
            sql="""CREATE TRIGGER settlement_exchange_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE
                ON settlement_exchange FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();""",
            reverse_sql="DROP TRIGGER settlement_exchange_never_changes ON settlement_exchange;",
        ),
    ]

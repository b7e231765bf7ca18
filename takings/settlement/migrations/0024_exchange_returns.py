"""Exchanges of earnings that were undone; rows never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0023_exchanges_are_taxed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangeReturn',
            fields=[
                ('exchange', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='returned', serialize=False, to='settlement.exchange')),
                ('reason', models.CharField(max_length=300)),
                ('returned_at', models.DateTimeField()),
                ('entry_id', models.UUIDField(unique=True)),
                ('returned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_exchange_is_undone_for_a_reason')],
            },
        ),
        migrations.RunSQL(
            sql="""CREATE TRIGGER settlement_exchangereturn_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE
                ON settlement_exchangereturn FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();""",
            reverse_sql="DROP TRIGGER settlement_exchangereturn_never_changes ON settlement_exchangereturn;",
        ),
    ]

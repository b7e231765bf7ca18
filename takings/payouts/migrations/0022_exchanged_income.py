"""Exchanges of earnings as the income that they are; rows never change."""

import django.db.models.deletion
from django.db import migrations, models

LAW = """CREATE TRIGGER payouts_exchangedincome_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE
    ON payouts_exchangedincome FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER payouts_exchangedincome_never_changes ON payouts_exchangedincome;"


class Migration(migrations.Migration):

    dependencies = [
        ('payouts', '0011_documents'),
        ('settlement', '0023_exchanges_are_taxed'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExchangedIncome',
            fields=[
                ('exchange', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='income', serialize=False, to='settlement.exchange')),
                ('source_micros', models.BigIntegerField()),
                ('jurisdiction', models.CharField(blank=True, max_length=2)),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('base_micros', models.BigIntegerField(default=0)),
                ('rate_bp', models.PositiveIntegerField(default=0)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.profile')),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('base_micros__gte', 0), ('source_micros__gte', 0)), name='an_exchange_comes_from_somewhere'),
                    models.CheckConstraint(condition=models.Q(models.Q(('base_micros', 0), ('jurisdiction', ''), ('rate_bp', 0), ('reason', '')), models.Q(models.Q(('jurisdiction', ''), _negated=True), models.Q(('reason', ''), _negated=True), ('base_micros__gt', 0), ('rate_bp__gt', 0)), _connector='OR'), name='what_is_withheld_of_an_exchange_says_why'),
                ],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

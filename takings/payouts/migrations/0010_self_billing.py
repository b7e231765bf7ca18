"""Which statements are on which invoice in a creator's name; rows never change."""

import django.db.models.deletion
from django.db import migrations, models


FINAL = ("selfbill", "billedstatement")
LAWS = "".join(
    f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts_{name} "
    "FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
    for name in FINAL
)
UNDO = "".join(f"DROP TRIGGER {name}_never_changes ON payouts_{name};\n" for name in FINAL)


class Migration(migrations.Migration):
    """Adds the tables and their law."""

    dependencies = [
        ('invoicing', '0003_self_billed'),
        ('payouts', '0009_transfers'),
        ('people', '0001_people'),
        ('settlement', '0004_splits'),
    ]

    operations = [
        migrations.CreateModel(
            name='SelfBill',
            fields=[
                ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='invoicing.invoice')),
                ('entry_id', models.UUIDField(null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
        ),
        migrations.CreateModel(
            name='BilledStatement',
            fields=[
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='settlement.statement')),
                ('amount_micros', models.BigIntegerField()),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='payouts.selfbill')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gte', 0)), name='a_statement_bills_no_less_than_none')],
            },
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

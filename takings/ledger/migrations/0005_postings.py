"""Postings: every call has a number, every account a chain of standings, transfers lie by month.

1. An account's id carries its currency, so that one CHECK refuses a transfer between currencies.
2. A posting is one call; its items are numbered from its own number on.
3. A standing is what an account stood at after a posting: appended, never updated, so that every
   balance of the past is one step in an index and a busy account leaves no dead rows.
4. Transfers are partitioned by the month in which they were posted.

What was posted before gets a posting per entry and its standings, in the order of its numbers.
"""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    """Moves the books over; what they say stays the same."""

    dependencies = [("ledger", "0004_sealing")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL((SQL / "0005_postings.sql").read_text())],
            state_operations=[
                migrations.DeleteModel("Transfer"),
                migrations.CreateModel(
                    name='Balance',
                    fields=[
                        ('account', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='balance', serialize=False, to='ledger.account')),
                        ('name', models.CharField(max_length=120)),
                        ('currency', models.CharField(max_length=4)),
                        ('side', models.CharField(max_length=6)),
                        ('floor_micros', models.BigIntegerField(null=True)),
                        ('debits_micros', models.BigIntegerField()),
                        ('credits_micros', models.BigIntegerField()),
                        ('held_debits_micros', models.BigIntegerField()),
                        ('held_credits_micros', models.BigIntegerField()),
                    ],
                    options={
                        'db_table': 'ledger_balance',
                        'managed': False,
                    },
                ),
                migrations.CreateModel(
                    name='AccountChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('ceiling_micros', models.BigIntegerField(null=True)),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('reason', models.CharField(max_length=200)),
                        ('changed_at', models.DateTimeField()),
                    ],
                    options={
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='ExchangeRate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('base', models.CharField(max_length=4)),
                        ('quote', models.CharField(max_length=4)),
                        ('valid_on', models.DateField()),
                        ('rate', models.DecimalField(decimal_places=12, max_digits=28)),
                        ('source', models.CharField(max_length=80)),
                        ('recorded_at', models.DateTimeField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('base', 'quote', 'valid_on'), name='rate_is_one_per_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Hold',
                    fields=[
                        ('id', models.UUIDField(primary_key=True, serialize=False)),
                        ('number', models.BigIntegerField(unique=True)),
                        ('kind', models.CharField(max_length=40)),
                        ('reference', models.CharField(max_length=200)),
                        ('policy_version', models.CharField(max_length=40)),
                        ('memo', models.CharField(max_length=500)),
                        ('occurred_at', models.DateTimeField()),
                        ('posted_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField(null=True)),
                        ('currency', models.CharField(max_length=4)),
                        ('amount_micros', models.BigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='LedgerRefusal',
                    fields=[
                        ('id', models.UUIDField(primary_key=True, serialize=False)),
                        ('number', models.BigIntegerField(db_index=True)),
                        ('code', models.SmallIntegerField()),
                        ('kind', models.CharField(max_length=40)),
                        ('reference', models.CharField(max_length=200)),
                        ('refused_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'ledger_refusal',
                    },
                ),
                migrations.CreateModel(
                    name='PeriodLock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('locked_before', models.DateTimeField()),
                        ('reason', models.CharField(max_length=200)),
                        ('locked_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Posting',
                    fields=[
                        ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('posted_at', models.DateTimeField()),
                        ('item_count', models.PositiveIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Standing',
                    fields=[
                        ('pk', models.CompositePrimaryKey('account_id', 'lane', 'posted_at', 'posting', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('lane', models.PositiveSmallIntegerField()),
                        ('posted_at', models.DateTimeField()),
                        ('posting', models.BigIntegerField()),
                        ('debits_micros', models.BigIntegerField()),
                        ('credits_micros', models.BigIntegerField()),
                        ('held_debits_micros', models.BigIntegerField(default=0)),
                        ('held_credits_micros', models.BigIntegerField(default=0)),
                        ('is_credit', models.BooleanField()),
                        ('floor_micros', models.BigIntegerField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Transfer',
                    fields=[
                        ('pk', models.CompositePrimaryKey('entry_id', 'position', 'posted_at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('position', models.PositiveIntegerField()),
                        ('posted_at', models.DateTimeField()),
                        ('currency', models.CharField(max_length=4)),
                        ('amount_micros', models.BigIntegerField()),
                    ],
                ),
                migrations.RemoveConstraint(
                    model_name='account',
                    name='account_holds_one_currency',
                ),
                migrations.RemoveConstraint(
                    model_name='account',
                    name='totals_never_shrink_below_zero',
                ),
                migrations.RemoveConstraint(
                    model_name='account',
                    name='balance_not_below_floor',
                ),
                migrations.RemoveField(
                    model_name='account',
                    name='credits_micros',
                ),
                migrations.RemoveField(
                    model_name='account',
                    name='debits_micros',
                ),
                migrations.RemoveField(
                    model_name='entry',
                    name='digest',
                ),
                migrations.AddField(
                    model_name='account',
                    name='ceiling_micros',
                    field=models.BigIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name='account',
                    name='closed_at',
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name='account',
                    name='lane_count',
                    field=models.PositiveSmallIntegerField(default=1),
                ),
                migrations.AlterField(
                    model_name='account',
                    name='id',
                    field=models.BigIntegerField(primary_key=True, serialize=False),
                ),
                migrations.AddField(
                    model_name='accountchange',
                    name='account',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ledger.account'),
                ),
                migrations.CreateModel(
                    name='HoldEnd',
                    fields=[
                        ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='end', serialize=False, to='ledger.hold')),
                        ('number', models.BigIntegerField(unique=True)),
                        ('outcome', models.CharField(max_length=10)),
                        ('entry_id', models.UUIDField(null=True, unique=True)),
                        ('ended_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'ledger_holdend',
                    },
                ),
                migrations.AddField(
                    model_name='hold',
                    name='credit',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
                ),
                migrations.AddField(
                    model_name='hold',
                    name='debit',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
                ),
                migrations.AddField(
                    model_name='standing',
                    name='account',
                    field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='standings', to='ledger.account'),
                ),
                migrations.AddField(
                    model_name='transfer',
                    name='credit',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
                ),
                migrations.AddField(
                    model_name='transfer',
                    name='debit',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
                ),
                migrations.AddField(
                    model_name='transfer',
                    name='entry',
                    field=models.ForeignKey(db_column='entry_number', db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='ledger.entry', to_field='number'),
                ),
                migrations.AddConstraint(
                    model_name='transfer',
                    constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='amount_is_positive'),
                ),
                migrations.AddConstraint(
                    model_name='transfer',
                    constraint=models.CheckConstraint(condition=models.Q(('debit', models.F('credit')), _negated=True), name='accounts_differ'),
                ),
            ],
        ),
    ]

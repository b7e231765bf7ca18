"""Wallets, the lots in them, what was bought, spent and given back, and the limits people set."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

LAW = """
CREATE TRIGGER coins_limit_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON coins_limit
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER coins_limit_never_changes ON coins_limit"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0005_ad_free'),
        ('ledger', '0002_laws'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Wallet',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='wallet', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('opened_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Spend',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('coins_micros', models.BigIntegerField()),
                ('day', models.DateField()),
                ('occurred_at', models.DateTimeField()),
                ('given_back_at', models.DateTimeField(blank=True, null=True)),
                ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spends', to='coins.wallet')),
            ],
        ),
        migrations.CreateModel(
            name='Purchase',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('pack', models.CharField(max_length=20)),
                ('coins_micros', models.BigIntegerField()),
                ('bonus_micros', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('price_micros', models.BigIntegerField()),
                ('ordered_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='purchases', to='coins.wallet')),
            ],
            options={
                'ordering': ['ordered_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('day', 'Day'), ('month', 'Month'), ('pause', 'Pause'), ('exclusion', 'Exclusion')], max_length=9)),
                ('coins_micros', models.BigIntegerField(blank=True, null=True)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('said_at', models.DateTimeField()),
                ('holds_from', models.DateTimeField()),
                ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='coins.wallet')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='CoinLot',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('source', models.CharField(choices=[('purchase', 'Bought'), ('pack_bonus', 'Came with a purchase'), ('grant', 'Given by us')], max_length=10)),
                ('is_bonus', models.BooleanField()),
                ('purchase', models.UUIDField(blank=True, null=True)),
                ('coins_micros', models.BigIntegerField()),
                ('spent_micros', models.BigIntegerField(default=0)),
                ('gone_micros', models.BigIntegerField(default=0)),
                ('left_micros', models.BigIntegerField()),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('value_micros', models.BigIntegerField(default=0)),
                ('value_left_micros', models.BigIntegerField(default=0)),
                ('kept_micros', models.BigIntegerField(default=0)),
                ('kept_value_micros', models.BigIntegerField(default=0)),
                ('opened_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('unwound_at', models.DateTimeField(blank=True, null=True)),
                ('held_until', models.DateTimeField(blank=True, null=True)),
                ('held_why', models.CharField(blank=True, max_length=200)),
                ('why', models.CharField(blank=True, max_length=200)),
                ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='coins.wallet')),
            ],
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('coins_micros', models.BigIntegerField()),
                ('money_micros', models.BigIntegerField()),
                ('value_micros', models.BigIntegerField()),
                ('state', models.CharField(choices=[('asked', 'On its way'), ('paid_back', 'Paid back'), ('failed', 'Did not arrive')], default='asked', max_length=9)),
                ('reason', models.CharField(max_length=200)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='coins.coinlot')),
            ],
            options={
                'ordering': ['asked_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('coins_micros__gt', 0), ('money_micros__gt', 0), ('value_micros__gte', 0)), name='a_return_is_of_something_for_something'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('lot',), name='a_lot_goes_back_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='SpendPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('coins_micros', models.BigIntegerField()),
                ('value_micros', models.BigIntegerField()),
                ('kept_micros', models.BigIntegerField(default=0)),
                ('kept_value_micros', models.BigIntegerField(default=0)),
                ('lot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='coins.coinlot')),
                ('spend', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='coins.spend')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('spend', 'lot'), name='a_lot_is_spent_once_a_spend'), models.CheckConstraint(condition=models.Q(('coins_micros__gt', 0), ('value_micros__gte', 0)), name='a_part_is_positive'), models.CheckConstraint(condition=models.Q(('kept_micros__gte', 0), ('kept_value_micros__gte', 0), ('kept_micros__lte', models.F('coins_micros')), ('kept_value_micros__lte', models.F('value_micros'))), name='of_a_part_no_more_is_kept_than_it_was')],
            },
        ),
        migrations.AddIndex(
            model_name='spend',
            index=models.Index(condition=models.Q(('given_back_at__isnull', True)), fields=['wallet', 'day'], include=('coins_micros',), name='coins_spent_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='spend',
            constraint=models.CheckConstraint(condition=models.Q(('coins_micros__gt', 0)), name='a_spend_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('bonus_micros__gte', 0), ('coins_micros__gt', 0), ('price_micros__gt', 0)), name='a_purchase_is_of_something_for_something'),
        ),
        migrations.AddIndex(
            model_name='limit',
            index=models.Index(fields=['wallet', 'kind', '-id'], name='coins_limits_of_a_wallet'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['day', 'month']), ('until__isnull', True), models.Q(('coins_micros__isnull', True), ('coins_micros__gte', 0), _connector='OR')), models.Q(('coins_micros__isnull', True), ('kind__in', ['pause', 'exclusion']), ('until__isnull', False)), _connector='OR'), name='a_limit_is_a_sum_or_an_end'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('holds_from__gte', models.F('said_at'))), name='a_limit_holds_after_it_is_said'),
        ),
        migrations.AddIndex(
            model_name='coinlot',
            index=models.Index(condition=models.Q(('left_micros__gt', 0)), fields=['wallet', 'expires_at'], name='coins_lots_with_coins'),
        ),
        migrations.AddIndex(
            model_name='coinlot',
            index=models.Index(fields=['purchase'], name='coins_lots_of_a_purchase'),
        ),
        migrations.AddConstraint(
            model_name='coinlot',
            constraint=models.CheckConstraint(condition=models.Q(('coins_micros__gt', 0), ('gone_micros__gte', 0), ('spent_micros__gte', 0), ('gone_micros__lte', models.F('coins_micros')), ('spent_micros__lte', models.F('coins_micros')), ('kept_micros__gte', 0), ('kept_micros__lte', models.F('gone_micros')), ('kept_value_micros__gte', 0)), name='a_lot_gives_no_more_than_it_has'),
        ),
        migrations.AddConstraint(
            model_name='coinlot',
            constraint=models.CheckConstraint(condition=models.Q(('left_micros', django.db.models.functions.comparison.Greatest(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('coins_micros'), '-', models.F('spent_micros')), '-', models.F('gone_micros')), 0))), name='what_is_left_of_a_lot_is_neither_spent_nor_gone'),
        ),
        migrations.AddConstraint(
            model_name='coinlot',
            constraint=models.CheckConstraint(condition=models.Q(('value_left_micros__gte', 0), ('value_left_micros__lte', models.F('value_micros'))), name='the_value_of_a_lot_is_what_was_received'),
        ),
        migrations.AddConstraint(
            model_name='coinlot',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency', ''), ('is_bonus', True), ('value_micros', 0)), models.Q(('is_bonus', False), ('purchase__isnull', False), ('value_micros__gt', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='bought_coins_have_a_value_and_given_ones_none'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

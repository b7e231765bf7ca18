"""Batches and payouts, and the laws that PostgreSQL itself holds over them."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


FINAL = ("batchstep", "omission", "conversion", "withholding")
LAWS = """
CREATE FUNCTION payouts_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change text[] := CASE TG_TABLE_NAME
        WHEN 'payouts_batch' THEN '{state,approved_by_id,approved_at}'::text[]
        WHEN 'payouts_payout' THEN '{state,sent_at,file_id,why}'::text[]
        ELSE '{is_live}'::text[] END;
    steps text[] := CASE TG_TABLE_NAME
        WHEN 'payouts_batch' THEN '{drafted>approved,drafted>cancelled,approved>posted,'
            'approved>cancelled,posted>sent}'::text[]
        WHEN 'payouts_payout' THEN
            '{drafted>sent,drafted>dropped,sent>settled,sent>returned,settled>returned}'::text[]
        ELSE '{true>false}'::text[] END;
    old_row jsonb := to_jsonb(OLD);
    new_row jsonb;
    step text;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        new_row := to_jsonb(NEW);
        step := coalesce(old_row->>'state', old_row->>'is_live') || '>'
            || coalesce(new_row->>'state', new_row->>'is_live');
        IF (old_row - may_change) = (new_row - may_change)
            AND (split_part(step, '>', 1) = split_part(step, '>', 2) OR step = ANY (steps))
            AND coalesce(old_row->>'sent_at', new_row->>'sent_at', '')
                = coalesce(new_row->>'sent_at', '')
            AND coalesce(old_row->>'file_id', new_row->>'file_id', '')
                = coalesce(new_row->>'file_id', '')
            AND coalesce(old_row->>'approved_by_id', new_row->>'approved_by_id', '')
                = coalesce(new_row->>'approved_by_id', '')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% refuses %: a payout goes forward, and its amounts never change',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER {name}_is_guarded BEFORE UPDATE OR DELETE ON payouts_{name} "
    "FOR EACH ROW EXECUTE FUNCTION payouts_guard();\n"
    for name in ("batch", "payout", "line")
) + "".join(
    f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts_{name} "
    "FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
    for name in FINAL
)
UNDO = "".join(
    f"DROP TRIGGER {name}_is_guarded ON payouts_{name};\n" for name in ("batch", "payout", "line")
) + "".join(f"DROP TRIGGER {name}_never_changes ON payouts_{name};\n" for name in FINAL) + (
    "DROP FUNCTION payouts_guard();"
)


class Migration(migrations.Migration):
    """Adds the tables and their laws."""

    dependencies = [
        ('payouts', '0001_papers'),
        ('people', '0001_people'),
        ('settlement', '0002_laws'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('policy_version', models.CharField(max_length=40)),
                ('counts_until', models.DateTimeField()),
                ('state', models.CharField(choices=[('drafted', 'Waits for a second person'), ('approved', 'Approved'), ('posted', 'In the books'), ('sent', 'Sent to the bank'), ('cancelled', 'Cancelled')], default='drafted', max_length=9)),
                ('drafted_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BatchStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('drafted', 'Waits for a second person'), ('approved', 'Approved'), ('posted', 'In the books'), ('sent', 'Sent to the bank'), ('cancelled', 'Cancelled')], max_length=9)),
                ('taken_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='payouts.batch')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Omission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=4)),
                ('balance_micros', models.BigIntegerField()),
                ('reason', models.CharField(max_length=24)),
                ('sentence', models.CharField(max_length=300)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='omissions', to='payouts.batch')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('drafted', 'Being prepared'), ('dropped', 'Left out'), ('sent', 'On its way'), ('settled', 'Paid'), ('returned', 'Came back')], default='drafted', max_length=8)),
                ('rail', models.CharField(max_length=8)),
                ('currency', models.CharField(max_length=4)),
                ('balance_micros', models.BigIntegerField()),
                ('gross_micros', models.BigIntegerField()),
                ('withheld_micros', models.BigIntegerField()),
                ('net_micros', models.BigIntegerField()),
                ('remainder_micros', models.BigIntegerField()),
                ('why', models.CharField(blank=True, max_length=300)),
                ('drafted_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payouts.batch')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('method', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.method')),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.profile')),
            ],
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('worth_micros', models.BigIntegerField()),
                ('is_live', models.BooleanField(default=True)),
                ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.statement')),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payouts.payout')),
            ],
        ),
        migrations.CreateModel(
            name='Conversion',
            fields=[
                ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('worth_micros', models.BigIntegerField()),
                ('rate_reference', models.CharField(max_length=40)),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='payouts.payout')),
            ],
        ),
        migrations.CreateModel(
            name='Withholding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(max_length=2)),
                ('reason', models.CharField(max_length=60)),
                ('base_micros', models.BigIntegerField()),
                ('rate_bp', models.PositiveIntegerField()),
                ('amount_micros', models.BigIntegerField()),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withholdings', to='payouts.payout')),
            ],
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='a_batch_is_approved_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['drafted', 'cancelled']), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='what_is_paid_was_approved'),
        ),
        migrations.AddConstraint(
            model_name='batchstep',
            constraint=models.UniqueConstraint(fields=('batch', 'state'), name='a_batch_steps_once'),
        ),
        migrations.AddConstraint(
            model_name='omission',
            constraint=models.UniqueConstraint(fields=('batch', 'creator'), name='a_creator_is_left_out_once_per_batch'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['creator', '-drafted_at'], name='payouts_of_a_creator'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['sent_at'], name='payouts_of_a_year'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'drafted')), fields=('creator',), name='a_creator_is_in_one_open_batch'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('net_micros__gt', 0), ('remainder_micros__gte', 0), ('withheld_micros__gte', 0)), name='a_payout_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('gross_micros', django.db.models.expressions.CombinedExpression(models.F('net_micros'), '+', models.F('withheld_micros'))), ('balance_micros', django.db.models.expressions.CombinedExpression(models.F('gross_micros'), '+', models.F('remainder_micros')))), name='a_payout_is_its_parts'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', True), ('state__in', ['drafted', 'dropped'])), models.Q(('sent_at__isnull', False), ('state__in', ['sent', 'settled', 'returned'])), _connector='OR'), name='what_is_sent_knows_when'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(condition=models.Q(('is_live', True), ('statement__isnull', False)), fields=('statement',), name='a_statement_is_paid_once'),
        ),
        migrations.AddConstraint(
            model_name='conversion',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('worth_micros__gt', 0)), name='a_conversion_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.UniqueConstraint(fields=('payout', 'jurisdiction'), name='a_jurisdiction_withholds_once'),
        ),
        migrations.AddConstraint(
            model_name='withholding',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='what_is_withheld_is_positive'),
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

"""Balances that nobody comes for, and the laws that their rows go forward only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAWS = """
CREATE TRIGGER escheat_is_guarded BEFORE UPDATE OR DELETE ON payouts_escheat
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_answer();
CREATE FUNCTION payouts_guard_unclaimed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps text[] := '{proposed>dropped,proposed>unclaimed,unclaimed>claimed,unclaimed>remitted}';
    may_change text[] := '{state,remittance_id,answered_at}';
    old_row jsonb := to_jsonb(OLD);
    new_row jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        new_row := to_jsonb(NEW);
        IF old_row - may_change = new_row - may_change
            AND ((old_row->>'state') || '>' || (new_row->>'state') = ANY (steps)
                OR TG_TABLE_NAME = 'payouts_escheatnotice' AND old_row->>'answered_at' IS NULL)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% refuses %: what is unclaimed goes forward, and its amount never changes',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER escheatline_is_guarded BEFORE UPDATE OR DELETE ON payouts_escheatline
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_unclaimed();
CREATE TRIGGER escheatnotice_is_guarded BEFORE UPDATE OR DELETE ON payouts_escheatnotice
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_unclaimed();
"""
UNDO = """
DROP TRIGGER escheatnotice_is_guarded ON payouts_escheatnotice;
DROP TRIGGER escheatline_is_guarded ON payouts_escheatline;
DROP FUNCTION payouts_guard_unclaimed();
DROP TRIGGER escheat_is_guarded ON payouts_escheat;
"""


class Migration(migrations.Migration):
    """Adds the tables and their laws."""

    dependencies = [
        ('payouts', '0006_remitting'),
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='remittance',
            name='purpose',
            field=models.CharField(choices=[('tax', 'Tax is paid'), ('refund', 'Tax is paid back to us'), ('unclaimed', 'Unclaimed balances are handed over')], max_length=9),
        ),
        migrations.CreateModel(
            name='Escheat',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='EscheatNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('jurisdiction', models.CharField(max_length=2)),
                ('rests_since', models.DateField()),
                ('falls_on', models.DateField()),
                ('given_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
        ),
        migrations.CreateModel(
            name='EscheatLine',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'Waits for an answer'), ('dropped', 'Left where it is'), ('unclaimed', 'Waits for its owner or the state'), ('claimed', 'Given back to its owner'), ('remitted', 'Handed to the state')], default='proposed', max_length=9)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('escheat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payouts.escheat')),
                ('remittance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='payouts.remittance')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.escheatnotice')),
            ],
        ),
        migrations.AddConstraint(
            model_name='escheat',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_answers_an_escheat'),
        ),
        migrations.AddConstraint(
            model_name='escheat',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='the_answer_to_an_escheat_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='escheatnotice',
            constraint=models.UniqueConstraint(fields=('creator', 'rests_since'), name='a_rest_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='escheatline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='an_unclaimed_balance_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='escheatline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('remittance__isnull', False), ('state', 'remitted')), models.Q(models.Q(('state', 'remitted'), _negated=True), ('remittance__isnull', True)), _connector='OR'), name='what_is_remitted_names_the_payment'),
        ),
        migrations.AddConstraint(
            model_name='escheatline',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('creator', 'currency'), name='a_balance_is_proposed_once'),
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

"""Payments to authorities, and the law that only their answer is added, once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE FUNCTION payouts_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answer text[] := '{is_approved,answered_by_id,answered_at,answer,entry_id}';
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
        AND to_jsonb(OLD) - answer = to_jsonb(NEW) - answer THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% refuses %: a proposal never changes, it is answered once',
        TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER remittance_is_guarded BEFORE UPDATE OR DELETE ON payouts_remittance
    FOR EACH ROW EXECUTE FUNCTION payouts_guard_answer();
"""
UNDO = """
DROP TRIGGER remittance_is_guarded ON payouts_remittance;
DROP FUNCTION payouts_guard_answer();
"""


class Migration(migrations.Migration):
    """Adds the table and its law."""

    dependencies = [
        ('payouts', '0005_batch_orders'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Remittance',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('tax', 'Tax is paid'), ('refund', 'Tax is paid back to us')], max_length=9)),
                ('account', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('paid_micros', models.BigIntegerField()),
                ('offset_micros', models.BigIntegerField(default=0)),
                ('reference', models.CharField(max_length=120)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('entry_id', models.UUIDField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_answers_a_remittance'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='the_answer_to_a_remittance_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', False), ('is_approved', True), ('is_approved__isnull', False)), models.Q(models.Q(('is_approved__isnull', True), ('is_approved', False), _connector='OR'), ('entry_id__isnull', True)), _connector='OR'), name='only_an_approved_remittance_is_posted'), models.CheckConstraint(condition=models.Q(('offset_micros__gte', 0), ('paid_micros__gt', 0), models.Q(('reference', ''), _negated=True)), name='a_remittance_pays_for_a_reference'), models.UniqueConstraint(condition=models.Q(('is_approved__isnull', True)), fields=('account', 'currency'), name='an_authority_waits_for_one_answer'), models.UniqueConstraint(condition=models.Q(('is_approved', True)), fields=('purpose', 'account', 'reference'), name='a_reference_is_paid_once')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

"""Proposals to close a period: answered once by another person; then only stopped, once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE FUNCTION settlement_guard_close_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND (NEW.id, NEW.period_id, NEW.run_id, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
          = (OLD.id, OLD.period_id, OLD.run_id, OLD.reason, OLD.proposed_by_id, OLD.proposed_at)
        AND (OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
             OR OLD.is_approved AND OLD.stopped = ''
                AND (NEW.is_approved, NEW.answered_by_id, NEW.answered_at, NEW.answer,
                     NEW.snapshot_id)
                  = (OLD.is_approved, OLD.answered_by_id, OLD.answered_at, OLD.answer,
                     OLD.snapshot_id)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a proposal to close never changes, it is answered once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER close_proposal_is_guarded BEFORE UPDATE OR DELETE ON settlement_closeproposal
    FOR EACH ROW EXECUTE FUNCTION settlement_guard_close_proposal();
"""
UNDO = """
DROP TRIGGER close_proposal_is_guarded ON settlement_closeproposal;
DROP FUNCTION settlement_guard_close_proposal();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0006_dry_runs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CloseProposal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('reason', models.CharField(max_length=500)),
                ('snapshot_id', models.BigIntegerField(null=True)),
                ('stopped', models.CharField(blank=True, max_length=500)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='settlement.dryrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_closes'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_to_a_close_is_whole'), models.UniqueConstraint(condition=models.Q(('is_approved__isnull', True)), fields=('period',), name='one_proposal_to_close_waits'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_proposal_to_close_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('is_approved', True), ('is_approved__isnull', False), ('snapshot_id__isnull', False)), models.Q(models.Q(('is_approved__isnull', True), ('is_approved', False), _connector='OR'), ('snapshot_id__isnull', True), ('stopped', '')), _connector='OR'), name='an_approved_close_names_its_snapshot')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

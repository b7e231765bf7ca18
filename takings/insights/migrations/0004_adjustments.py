"""Corrections of the books by hand: proposed by one person, answered once by another."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE FUNCTION insights_guard_adjustment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
        AND (NEW.id, NEW.debit, NEW.credit, NEW.currency, NEW.amount_micros, NEW.reason,
             NEW.proposed_by_id, NEW.proposed_at)
          = (OLD.id, OLD.debit, OLD.credit, OLD.currency, OLD.amount_micros, OLD.reason,
             OLD.proposed_by_id, OLD.proposed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an adjustment never changes, it is answered once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER adjustment_is_guarded BEFORE UPDATE OR DELETE ON insights_adjustment
    FOR EACH ROW EXECUTE FUNCTION insights_guard_adjustment();
"""
UNDO = """
DROP TRIGGER adjustment_is_guarded ON insights_adjustment;
DROP FUNCTION insights_guard_adjustment();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0003_issued_statements'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adjustment',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('debit', models.CharField(max_length=120)),
                ('credit', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('entry_id', models.UUIDField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_answers'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', False), ('is_approved', True), ('is_approved__isnull', False)), models.Q(models.Q(('is_approved__isnull', True), ('is_approved', False), _connector='OR'), ('entry_id__isnull', True)), _connector='OR'), name='only_what_is_approved_is_posted'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), models.Q(('reason', ''), _negated=True)), name='an_adjustment_says_why')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

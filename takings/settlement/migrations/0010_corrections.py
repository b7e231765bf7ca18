"""Corrections: answered once by another person, finished once; all their rows never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("linechange", "splitchange", "partchange", "posting", "statementrevision")
LAW = """
CREATE FUNCTION settlement_guard_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND (NEW.id, NEW.period_id, NEW.number, NEW.reason, NEW.policy_version, NEW.snapshot_id,
             NEW.counts_digest, NEW.lines_digest, NEW.proposed_by_id, NEW.proposed_at)
          = (OLD.id, OLD.period_id, OLD.number, OLD.reason, OLD.policy_version, OLD.snapshot_id,
             OLD.counts_digest, OLD.lines_digest, OLD.proposed_by_id, OLD.proposed_at)
        AND (OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL AND NEW.finished_at IS NULL
             OR OLD.is_approved AND OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL
                AND (NEW.is_approved, NEW.answered_by_id, NEW.answered_at, NEW.answer)
                  = (OLD.is_approved, OLD.answered_by_id, OLD.answered_at, OLD.answer)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a correction never changes, it is answered once and finished once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER correction_is_guarded BEFORE UPDATE OR DELETE ON settlement_correction
    FOR EACH ROW EXECUTE FUNCTION settlement_guard_correction();
"""
UNDO = """
DROP TRIGGER correction_is_guarded ON settlement_correction;
DROP FUNCTION settlement_guard_correction();
"""


def _laws() -> str:
    return LAW + "".join(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON settlement_{table} FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
        for table in TABLES
    )


def _undo() -> str:
    return UNDO + "".join(f"DROP TRIGGER {t}_never_changes ON settlement_{t};\n" for t in TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0002_acts_of_the_machine'),
        ('settlement', '0009_money_in'),
        ('videos', '0002_steps_and_captions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('number', models.PositiveIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('policy_version', models.CharField(max_length=40)),
                ('snapshot_id', models.BigIntegerField()),
                ('counts_digest', models.CharField(max_length=64)),
                ('lines_digest', models.CharField(max_length=64)),
                ('finished_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='LineChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pool', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('before_micros', models.BigIntegerField()),
                ('after_micros', models.BigIntegerField()),
                ('day', models.DateField()),
                ('views_before', models.BigIntegerField()),
                ('views_after', models.BigIntegerField()),
                ('why', models.CharField(max_length=300)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='settlement.correction')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='PartChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pool', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('before_micros', models.BigIntegerField()),
                ('after_micros', models.BigIntegerField()),
                ('account', models.CharField(max_length=120)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='settlement.correction')),
            ],
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('owner', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('waiting_micros', models.BigIntegerField()),
                ('payable_micros', models.BigIntegerField()),
                ('entry_id', models.UUIDField(null=True)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='settlement.correction')),
            ],
        ),
        migrations.CreateModel(
            name='SplitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pool', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('before_micros', models.BigIntegerField()),
                ('after_micros', models.BigIntegerField()),
                ('day', models.DateField()),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='settlement.correction')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='StatementRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('views', models.BigIntegerField()),
                ('line_count', models.PositiveIntegerField()),
                ('amount_micros', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='settlement.correction')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='settlement.statement')),
            ],
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_corrects'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_to_a_correction_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('is_approved__isnull', True), models.Q(('finished_at', None), ('is_approved', True)), _connector='OR'), fields=('period',), name='one_correction_is_under_way'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('is_approved', True)), fields=('period', 'number'), name='corrections_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), ('number__gt', 0)), name='a_correction_says_why'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), models.Q(('is_approved', True), ('is_approved__isnull', False)), _connector='OR'), name='only_an_approved_correction_is_finished'),
        ),
        migrations.AddIndex(
            model_name='linechange',
            index=models.Index(fields=['creator', 'correction'], name='line_changes_of_a_creator'),
        ),
        migrations.AddConstraint(
            model_name='linechange',
            constraint=models.UniqueConstraint(fields=('correction', 'pool', 'currency', 'video', 'day'), name='a_line_is_corrected_once'),
        ),
        migrations.AddConstraint(
            model_name='linechange',
            constraint=models.CheckConstraint(condition=models.Q(('after_micros__gte', 0), ('views_after__gte', 0)), name='a_corrected_line_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='partchange',
            constraint=models.UniqueConstraint(fields=('correction', 'pool', 'currency', 'account'), name='a_part_is_corrected_once'),
        ),
        migrations.AddConstraint(
            model_name='partchange',
            constraint=models.CheckConstraint(condition=models.Q(('after_micros__gte', 0)), name='a_corrected_part_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='posting',
            constraint=models.UniqueConstraint(fields=('correction', 'owner', 'currency'), name='a_correction_posts_once'),
        ),
        migrations.AddConstraint(
            model_name='splitchange',
            constraint=models.UniqueConstraint(fields=('correction', 'pool', 'currency', 'video', 'day', 'creator'), name='a_split_is_corrected_once'),
        ),
        migrations.AddConstraint(
            model_name='splitchange',
            constraint=models.CheckConstraint(condition=models.Q(('after_micros__gte', 0), models.Q(('owner', models.F('creator')), _negated=True)), name='a_corrected_split_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='statementrevision',
            constraint=models.UniqueConstraint(fields=('statement', 'number'), name='revisions_of_a_statement_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='statementrevision',
            constraint=models.UniqueConstraint(fields=('statement', 'correction'), name='a_correction_revises_a_statement_once'),
        ),
        migrations.AddConstraint(
            model_name='statementrevision',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 1), ('amount_micros__gte', 0)), name='a_revision_comes_second'),
        ),
        migrations.RunSQL(sql=_laws(), reverse_sql=_undo()),
    ]

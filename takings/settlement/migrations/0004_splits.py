"""Agreements to share what a video earns, and what came of them at each close."""

import django.db.models.deletion
from django.db import migrations, models


LAW = """
CREATE FUNCTION settlement_guard_split() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'settlement_splitpart' THEN
        IF OLD.accepted_at IS NULL
            AND (NEW.id, NEW.split_id, NEW.creator_id, NEW.share_bp)
                = (OLD.id, OLD.split_id, OLD.creator_id, OLD.share_bp) THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.video_id, NEW.owner_id, NEW.proposed_at)
                = (OLD.id, OLD.video_id, OLD.owner_id, OLD.proposed_at)
            AND (OLD.first_day IS NULL OR NEW.first_day = OLD.first_day)
            AND (OLD.status, NEW.status) IN
                (('proposed', 'agreed'), ('proposed', 'declined'), ('agreed', 'ended')) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was agreed about a split never changes'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER split_is_guarded BEFORE UPDATE OR DELETE ON settlement_split
    FOR EACH ROW EXECUTE FUNCTION settlement_guard_split();
CREATE TRIGGER split_part_is_guarded BEFORE UPDATE OR DELETE ON settlement_splitpart
    FOR EACH ROW EXECUTE FUNCTION settlement_guard_split();
CREATE TRIGGER settlement_splitline_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_splitline
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""
UNDO = """
DROP TRIGGER settlement_splitline_never_changes ON settlement_splitline;
DROP TRIGGER split_part_is_guarded ON settlement_splitpart;
DROP TRIGGER split_is_guarded ON settlement_split;
DROP FUNCTION settlement_guard_split();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_people'),
        ('settlement', '0003_earnings_holds'),
        ('videos', '0002_steps_and_captions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Split',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('agreed', 'Agreed'), ('declined', 'Declined'), ('ended', 'Ended')], default='proposed', max_length=8)),
                ('proposed_at', models.DateTimeField()),
                ('first_day', models.DateField(null=True)),
                ('end_day', models.DateField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='SplitLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=4)),
                ('day', models.DateField()),
                ('amount_micros', models.BigIntegerField()),
                ('entry_id', models.UUIDField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                ('split', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='settlement.split')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='SplitPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('share_bp', models.PositiveIntegerField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('split', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='settlement.split')),
            ],
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['proposed', 'agreed'])), fields=('video',), name='a_video_has_one_open_split'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_day__isnull', False), ('status__in', ['agreed', 'ended'])), models.Q(('first_day__isnull', True), ('status__in', ['proposed', 'declined'])), _connector='OR'), name='an_agreed_split_has_a_first_day'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_day__gte', models.F('first_day')), ('ended_by__isnull', False), ('status', 'ended')), models.Q(models.Q(('status', 'ended'), _negated=True), ('end_day__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='an_ended_split_knows_when'),
        ),
        migrations.AddIndex(
            model_name='splitline',
            index=models.Index(fields=['owner', 'period'], name='split_lines_given'),
        ),
        migrations.AddIndex(
            model_name='splitline',
            index=models.Index(fields=['creator', 'period'], name='split_lines_received'),
        ),
        migrations.AddConstraint(
            model_name='splitline',
            constraint=models.UniqueConstraint(fields=('period', 'country', 'currency', 'video', 'day', 'creator'), name='a_line_is_split_once'),
        ),
        migrations.AddConstraint(
            model_name='splitline',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_split_line_moves_something'),
        ),
        migrations.AddConstraint(
            model_name='splitline',
            constraint=models.CheckConstraint(condition=models.Q(('owner', models.F('creator')), _negated=True), name='nobody_splits_with_themselves'),
        ),
        migrations.AddConstraint(
            model_name='splitpart',
            constraint=models.UniqueConstraint(fields=('split', 'creator'), name='a_party_has_one_part'),
        ),
        migrations.AddConstraint(
            model_name='splitpart',
            constraint=models.CheckConstraint(condition=models.Q(('share_bp__gt', 0), ('share_bp__lte', 10000)), name='a_part_is_a_share'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

"""All tables of events, as 6 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_segments",
    "0002_lake_catalog",
    "0003_lake_files",
    "0004_erasures",
    "0005_retentions",
    "0006_partials",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("events", name) for name in REPLACED]

    dependencies = [
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Segment',
                fields=[
                    ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                    ('sha256', models.CharField(max_length=64)),
                    ('row_count', models.BigIntegerField()),
                    ('byte_count', models.BigIntegerField()),
                    ('first_day', models.DateField(null=True)),
                    ('last_day', models.DateField(null=True)),
                    ('snapshot_id', models.BigIntegerField()),
                    ('shipped_at', models.DateTimeField()),
                    ('announced_at', models.DateTimeField(null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('announced_at__isnull', True)), fields=['shipped_at', 'name'], name='segment_unannounced'), models.Index(fields=['snapshot_id'], name='segment_snapshot')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('row_count__gte', 0), ('byte_count__gte', 0)), name='segment_sizes_are_not_negative'), models.CheckConstraint(condition=models.Q(('row_count', 0), models.Q(('first_day__isnull', False), ('last_day__gte', models.F('first_day'))), _connector='OR'), name='segment_with_rows_has_days')],
                },
            ),
            migrations.CreateModel(
                name='Snapshot',
                fields=[
                    ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                    ('number', models.BigIntegerField(unique=True)),
                    ('operation', models.CharField(choices=[('appended', 'Segments were added'), ('compacted', 'Many files became few'), ('erased', "Somebody's events were pseudonymised"), ('dropped', 'Days were dropped that are older than is kept')], max_length=12)),
                    ('committed_at', models.DateTimeField()),
                    ('expired_at', models.DateTimeField(null=True)),
                ],
            ),
            migrations.CreateModel(
                name='LakeFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=300, unique=True)),
                    ('day', models.DateField()),
                    ('row_count', models.BigIntegerField()),
                    ('byte_count', models.BigIntegerField()),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('first_received_at', models.DateTimeField()),
                    ('last_received_at', models.DateTimeField()),
                    ('first_view_at', models.DateTimeField()),
                    ('last_view_at', models.DateTimeField()),
                    ('verified_at', models.DateTimeField(null=True)),
                    ('added', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='events.snapshot')),
                    ('removed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='removed_files', to='events.snapshot')),
                    ('deleted_at', models.DateTimeField(null=True)),
                    ('gone', models.CharField(blank=True, choices=[('erased', 'somebody in it was erased'), ('dropped', 'it was older than is kept'), ('unused', 'no version that is kept names it')], max_length=8)),
                ],
                options={
                    'indexes': [models.Index(fields=['day', 'name'], name='lake_file_by_day')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('byte_count__gt', 0), ('row_count__gt', 0)), name='a_lake_file_is_not_empty'), models.CheckConstraint(condition=models.Q(('last_received_at__gte', models.F('first_received_at')), ('last_view_at__gte', models.F('first_view_at'))), name='a_lake_file_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('sha256', ''), ('sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='a_lake_file_has_a_sha256'), models.CheckConstraint(condition=models.Q(models.Q(('deleted_at', None), ('gone', '')), models.Q(('deleted_at__isnull', False), ('removed__isnull', False), models.Q(('gone', ''), _negated=True)), _connector='OR'), name='only_a_removed_lake_file_is_deleted')],
                },
            ),
            migrations.CreateModel(
                name='Erasure',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('viewer_id', models.UUIDField(null=True)),
                    ('key', models.BinaryField(null=True)),
                    ('requested_at', models.DateTimeField()),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('row_count', models.BigIntegerField(default=0)),
                    ('file_count', models.BigIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('key__isnull', False), ('viewer_id__isnull', False)), models.Q(('finished_at__isnull', False), ('key', None), ('viewer_id', None)), _connector='OR'), name='a_finished_erasure_names_nobody'), models.UniqueConstraint(fields=('viewer_id',), name='a_person_is_being_erased_once_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='Retention',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ran_at', models.DateTimeField()),
                    ('keep_days', models.PositiveIntegerField()),
                    ('day_count', models.PositiveIntegerField()),
                    ('row_count', models.BigIntegerField()),
                    ('file_count', models.PositiveIntegerField()),
                    ('byte_count', models.BigIntegerField()),
                    ('snapshot_count', models.PositiveIntegerField()),
                    ('stray_count', models.PositiveIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='Partial',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('kind', models.CharField(max_length=12)),
                    ('name', models.CharField(max_length=120)),
                    ('policy_version', models.CharField(max_length=40)),
                    ('rules', models.CharField(max_length=64)),
                    ('snapshot_id', models.BigIntegerField()),
                    ('input_digest', models.CharField(max_length=64)),
                    ('digest', models.CharField(max_length=64)),
                    ('row_count', models.BigIntegerField()),
                    ('byte_count', models.BigIntegerField()),
                    ('event_count', models.BigIntegerField()),
                    ('event_byte_count', models.BigIntegerField()),
                    ('took_ms', models.BigIntegerField()),
                    ('counted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('day', 'name'), name='a_partial_is_registered_once'), models.CheckConstraint(condition=models.Q(('byte_count__gt', 0), ('event_count__gt', 0), ('row_count__gte', 0)), name='a_partial_counts_something')],
                },
            ),
        ]),
        *laws_of("events", REPLACED),
    ]

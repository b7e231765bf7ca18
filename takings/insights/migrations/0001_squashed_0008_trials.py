"""All tables of insights, as 8 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_books_runs",
    "0002_showings",
    "0003_issued_statements",
    "0004_adjustments",
    "0005_advices",
    "0006_asking",
    "0007_revisions",
    "0008_trials",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("insights", name) for name in REPLACED]

    dependencies = [
        ("ledger", "0002_laws"),
        ("payouts", "0011_documents"),
        ("people", "0003_members"),
        ("settlement", "0011_estimate_pools"),
        ("videos", "0002_steps_and_captions"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='BooksRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ran_at', models.DateTimeField(db_index=True)),
                    ('took_ms', models.PositiveIntegerField()),
                    ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='BooksFinding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('invariant', models.CharField(max_length=200)),
                    ('row', models.CharField(max_length=200)),
                    ('sentence', models.CharField(max_length=1000)),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='insights.booksrun')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Tally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('snapshot_id', models.BigIntegerField()),
                    ('counted_at', models.DateTimeField()),
                    ('period', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='settlement.period')),
                ],
            ),
            migrations.CreateModel(
                name='Showings',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('country', models.CharField(max_length=2)),
                    ('outcome', models.CharField(max_length=20)),
                    ('showing_count', models.BigIntegerField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.creator')),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='videos.video')),
                    ('tally', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='showings', to='insights.tally')),
                ],
                options={
                    'indexes': [models.Index(fields=['tally', 'creator'], name='showings_of_a_creator')],
                    'constraints': [models.UniqueConstraint(fields=('tally', 'video', 'day', 'country', 'outcome'), name='showings_are_counted_once')],
                },
            ),
            migrations.CreateModel(
                name='IssuedStatement',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=16, unique=True)),
                    ('content', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('issued_at', models.DateTimeField()),
                    ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='settlement.statement')),
                    ('revision', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='settlement.statementrevision')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('revision__isnull', True)), fields=('statement',), name='a_statement_is_issued_once')],
                },
            ),
            migrations.CreateModel(
                name='IssuedFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('form', models.CharField(max_length=4)),
                    ('sha256', models.CharField(max_length=64, unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('issued', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='insights.issuedstatement')),
                    ('advice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='insights.issuedadvice')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('form__in', ['pdf', 'csv', 'json'])), name='a_form_is_one_of_three'), models.CheckConstraint(condition=models.Q(('issued__isnull', True), ('advice__isnull', True), _connector='XOR'), name='a_file_is_of_one_document')],
                },
            ),
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
            migrations.CreateModel(
                name='IssuedAdvice',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('tells', models.CharField(choices=[('sent', 'It was sent'), ('returned', 'It came back')], max_length=8)),
                    ('number', models.CharField(max_length=16, unique=True)),
                    ('content', models.TextField()),
                    ('digest', models.CharField(max_length=64)),
                    ('issued_at', models.DateTimeField()),
                    ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advices', to='payouts.payout')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('payout', 'tells'), name='a_payout_is_advised_once')],
                },
            ),
            migrations.CreateModel(
                name='Asking',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asker', models.CharField(max_length=64)),
                    ('minute', models.DateTimeField(db_index=True)),
                    ('count', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('asker', 'minute'), name='a_minute_is_counted_once')],
                },
            ),
            migrations.CreateModel(
                name='Trial',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('period', models.CharField(max_length=16)),
                    ('kind', models.CharField(choices=[('close', 'Its close'), ('correction', 'A correction')], max_length=10)),
                    ('ordered_at', models.DateTimeField()),
                    ('day_count', models.PositiveIntegerField(null=True)),
                    ('done_count', models.PositiveIntegerField(default=0)),
                    ('event_count', models.BigIntegerField(default=0)),
                    ('byte_count', models.BigIntegerField(default=0)),
                    ('took_ms', models.BigIntegerField(default=0)),
                    ('finished_at', models.DateTimeField(null=True)),
                    ('refusal', models.CharField(blank=True, max_length=500)),
                    ('lines_digest', models.CharField(blank=True, max_length=64)),
                    ('line_count', models.PositiveIntegerField(default=0)),
                    ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('period', 'kind'), name='a_period_is_tried_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['close', 'correction'])), name='a_trial_is_known')],
                },
            ),
            migrations.CreateModel(
                name='TrialLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('country', models.CharField(max_length=2)),
                    ('why', models.CharField(max_length=300)),
                    ('views_before', models.BigIntegerField()),
                    ('views_after', models.BigIntegerField()),
                    ('currency', models.CharField(max_length=4)),
                    ('change_micros', models.BigIntegerField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.creator')),
                    ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='insights.trial')),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='videos.video')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
        ]),
        *laws_of("insights", REPLACED),
    ]

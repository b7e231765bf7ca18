"""All tables of settlement, as 11 migrations left them: a new database takes this one instead."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_periods",
    "0002_laws",
    "0003_earnings_holds",
    "0004_splits",
    "0005_reserves",
    "0006_dry_runs",
    "0007_close_proposals",
    "0008_products",
    "0009_money_in",
    "0010_corrections",
    "0011_estimate_pools",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("settlement", name) for name in REPLACED]

    dependencies = [
        ("ledger", "0002_laws"),
        ("people", "0003_members"),
        ("videos", "0002_steps_and_captions"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Period',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=16, unique=True)),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('policy_version', models.CharField(max_length=40)),
                    ('status', models.CharField(choices=[('open', 'Open'), ('closing', 'Being closed'), ('closed', 'Closed')], default='open', max_length=8)),
                    ('closed_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='period_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='a_closed_period_knows_when')],
                },
            ),
            migrations.CreateModel(
                name='Estimate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('made_at', models.DateTimeField()),
                    ('policy_version', models.CharField(max_length=40)),
                    ('snapshot_id', models.BigIntegerField()),
                    ('counts_digest', models.CharField(max_length=64)),
                    ('period', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='estimate', to='settlement.period')),
                ],
            ),
            migrations.CreateModel(
                name='Statement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(max_length=4)),
                    ('views', models.BigIntegerField()),
                    ('line_count', models.PositiveIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('policy_version', models.CharField(max_length=40)),
                    ('digest', models.CharField(max_length=64)),
                    ('made_at', models.DateTimeField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='settlement.period')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('period', 'creator', 'currency'), name='a_statement_is_made_once')],
                },
            ),
            migrations.CreateModel(
                name='Release',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('released_at', models.DateTimeField()),
                    ('entry_id', models.UUIDField(null=True)),
                    ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='release', to='settlement.statement')),
                ],
            ),
            migrations.CreateModel(
                name='EstimateLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=4)),
                    ('day', models.DateField()),
                    ('views', models.BigIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                    ('product', models.CharField(default='feed_ads', max_length=40)),
                ],
                options={
                    'indexes': [models.Index(fields=['creator', 'period'], name='estimates_of_a_creator')],
                },
            ),
            migrations.CreateModel(
                name='CountLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', models.CharField(max_length=2)),
                    ('day', models.DateField()),
                    ('views', models.BigIntegerField()),
                    ('watched_ms', models.BigIntegerField()),
                    ('shares', models.BooleanField()),
                    ('holders', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, size=None)),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='count_lines', to='settlement.period')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('period', 'country', 'video', 'day'), name='views_are_counted_once'), models.CheckConstraint(condition=models.Q(('views__gt', 0)), name='counted_views_are_positive')],
                },
            ),
            migrations.CreateModel(
                name='CloseStage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('stage', models.CharField(choices=[('frozen', 'Frozen: no more money enters its pools'), ('counted', 'Views counted from a named snapshot of the lake'), ('allocated', 'Every pool split into lines'), ('posted', 'Posted to the books; every pool is empty'), ('statements', 'Statements made'), ('closed', 'Closed')], max_length=12)),
                    ('finished_at', models.DateTimeField()),
                    ('policy_version', models.CharField(max_length=40)),
                    ('snapshot_id', models.BigIntegerField(null=True)),
                    ('row_count', models.PositiveIntegerField()),
                    ('input_digest', models.CharField(max_length=64)),
                    ('output_digest', models.CharField(max_length=64)),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='settlement.period')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('period', 'stage'), name='a_stage_is_done_once')],
                },
            ),
            migrations.CreateModel(
                name='PoolResult',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=4)),
                    ('views', models.BigIntegerField()),
                    ('sharing_views', models.BigIntegerField()),
                    ('total_micros', models.BigIntegerField()),
                    ('allocation_micros', models.BigIntegerField()),
                    ('creators_micros', models.BigIntegerField()),
                    ('rights_micros', models.BigIntegerField()),
                    ('platform_micros', models.BigIntegerField()),
                    ('entry_id', models.UUIDField(null=True)),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pools', to='settlement.period')),
                    ('product', models.CharField(default='feed_ads', max_length=40)),
                    ('said', models.TextField(blank=True, default='')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('total_micros', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('creators_micros'), '+', models.F('rights_micros')), '+', models.F('platform_micros')))), name='shares_sum_to_the_pool'), models.CheckConstraint(condition=models.Q(('creators_micros__gte', 0), ('platform_micros__gte', 0), ('rights_micros__gte', 0)), name='no_share_is_negative'), models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', True), ('total_micros', 0)), models.Q(('entry_id__isnull', False), ('total_micros__gt', 0)), _connector='OR'), name='a_pool_with_money_has_an_entry'), models.UniqueConstraint(fields=('period', 'country', 'currency', 'product'), name='a_pool_is_shared_once')],
                },
            ),
            migrations.CreateModel(
                name='RightsLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=4)),
                    ('holder', models.CharField(max_length=64)),
                    ('views', models.BigIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('entry_id', models.UUIDField(null=True)),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rights_lines', to='settlement.period')),
                    ('product', models.CharField(default='feed_ads', max_length=40)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gte', 0)), name='a_right_is_not_negative'), models.UniqueConstraint(fields=('period', 'country', 'currency', 'holder', 'product'), name='a_holder_is_paid_once')],
                },
            ),
            migrations.CreateModel(
                name='ShareLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=4)),
                    ('day', models.DateField()),
                    ('views', models.BigIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('entry_id', models.UUIDField(null=True)),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                    ('product', models.CharField(default='feed_ads', max_length=40)),
                ],
                options={
                    'indexes': [models.Index(fields=['creator', 'period'], name='share_lines_of_a_creator')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gte', 0)), name='a_share_is_not_negative'), models.UniqueConstraint(fields=('period', 'country', 'currency', 'video', 'day', 'product'), name='a_video_earns_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='EarningsHold',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('reason', models.CharField(max_length=500)),
                    ('held_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField(db_index=True)),
                    ('entry_id', models.UUIDField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('held_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('release', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reserve', to='settlement.release')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_hold_holds_something'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('held_at'))), name='a_hold_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_hold_has_a_reason'), models.CheckConstraint(condition=models.Q(('held_by__isnull', True), ('release__isnull', True), _connector='XOR'), name='a_person_or_a_policy_holds')],
                },
            ),
            migrations.CreateModel(
                name='HoldLift',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=500)),
                    ('lifted_at', models.DateTimeField()),
                    ('entry_id', models.UUIDField()),
                    ('hold', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lift', to='settlement.earningshold')),
                    ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
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
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['proposed', 'agreed'])), fields=('video',), name='a_video_has_one_open_split'), models.CheckConstraint(condition=models.Q(models.Q(('first_day__isnull', False), ('status__in', ['agreed', 'ended'])), models.Q(('first_day__isnull', True), ('status__in', ['proposed', 'declined'])), _connector='OR'), name='an_agreed_split_has_a_first_day'), models.CheckConstraint(condition=models.Q(models.Q(('end_day__gte', models.F('first_day')), ('ended_by__isnull', False), ('status', 'ended')), models.Q(models.Q(('status', 'ended'), _negated=True), ('end_day__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='an_ended_split_knows_when')],
                },
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
                    ('product', models.CharField(default='feed_ads', max_length=40)),
                ],
                options={
                    'indexes': [models.Index(fields=['owner', 'period'], name='split_lines_given'), models.Index(fields=['creator', 'period'], name='split_lines_received')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_split_line_moves_something'), models.CheckConstraint(condition=models.Q(('owner', models.F('creator')), _negated=True), name='nobody_splits_with_themselves'), models.UniqueConstraint(fields=('period', 'country', 'currency', 'video', 'day', 'creator', 'product'), name='a_line_is_split_once')],
                },
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('split', 'creator'), name='a_party_has_one_part'), models.CheckConstraint(condition=models.Q(('share_bp__gt', 0), ('share_bp__lte', 10000)), name='a_part_is_a_share')],
                },
            ),
            migrations.CreateModel(
                name='DryRun',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('made_at', models.DateTimeField()),
                    ('policy_version', models.CharField(max_length=40)),
                    ('snapshot_id', models.BigIntegerField()),
                    ('counts_digest', models.CharField(max_length=64)),
                    ('pools_digest', models.CharField(max_length=64)),
                    ('lines_digest', models.CharField(max_length=64)),
                    ('line_count', models.PositiveIntegerField()),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                ],
            ),
            migrations.CreateModel(
                name='DryRunOutcome',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', models.CharField(max_length=2)),
                    ('outcome', models.CharField(max_length=20)),
                    ('views', models.BigIntegerField()),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outcomes', to='settlement.dryrun')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('run', 'country', 'outcome'), name='a_dry_run_counts_an_outcome_once')],
                },
            ),
            migrations.CreateModel(
                name='DryRunPool',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', models.CharField(max_length=120)),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=4)),
                    ('views', models.BigIntegerField()),
                    ('sharing_views', models.BigIntegerField()),
                    ('total_micros', models.BigIntegerField()),
                    ('creators_micros', models.BigIntegerField()),
                    ('rights_micros', models.BigIntegerField()),
                    ('platform_micros', models.BigIntegerField()),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pools', to='settlement.dryrun')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('run', 'account', 'currency'), name='a_dry_run_has_a_pool_once'), models.CheckConstraint(condition=models.Q(('total_micros', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('creators_micros'), '+', models.F('rights_micros')), '+', models.F('platform_micros')))), name='a_dry_run_sums_to_its_pools')],
                },
            ),
            migrations.CreateModel(
                name='DryRunShare',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(max_length=4)),
                    ('views', models.BigIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='settlement.dryrun')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('run', 'creator', 'currency'), name='a_dry_run_states_once')],
                },
            ),
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
            migrations.CreateModel(
                name='PoolFee',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('product', models.CharField(max_length=40)),
                    ('country', models.CharField(max_length=2)),
                    ('period', models.CharField(max_length=16)),
                    ('currency', models.CharField(max_length=4)),
                    ('viewer_id', models.UUIDField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('entry_id', models.UUIDField(unique=True)),
                    ('paid_at', models.DateTimeField()),
                ],
                options={
                    'indexes': [models.Index(fields=['period', 'product', 'country', 'currency'], name='fees_of_a_pool')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_fee_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='PoolFunding',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('product', models.CharField(max_length=40)),
                    ('country', models.CharField(max_length=2)),
                    ('period', models.CharField(max_length=16)),
                    ('source', models.CharField(max_length=120)),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('reason', models.CharField(max_length=500)),
                    ('entry_id', models.UUIDField(null=True)),
                    ('proposed_at', models.DateTimeField()),
                    ('is_approved', models.BooleanField(null=True)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answer', models.CharField(blank=True, max_length=500)),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_funds'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_to_funding_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', False), ('is_approved', True), ('is_approved__isnull', False)), models.Q(models.Q(('is_approved__isnull', True), ('is_approved', False), _connector='OR'), ('entry_id__isnull', True)), _connector='OR'), name='only_approved_funding_is_posted'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), models.Q(('reason', ''), _negated=True)), name='funding_says_why')],
                },
            ),
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
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_corrects'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_to_a_correction_is_whole'), models.UniqueConstraint(condition=models.Q(('is_approved__isnull', True), models.Q(('finished_at', None), ('is_approved', True)), _connector='OR'), fields=('period',), name='one_correction_is_under_way'), models.UniqueConstraint(condition=models.Q(('is_approved', True)), fields=('period', 'number'), name='corrections_are_numbered'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), ('number__gt', 0)), name='a_correction_says_why'), models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), models.Q(('is_approved', True), ('is_approved__isnull', False)), _connector='OR'), name='only_an_approved_correction_is_finished')],
                },
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
                options={
                    'indexes': [models.Index(fields=['creator', 'correction'], name='line_changes_of_a_creator')],
                    'constraints': [models.UniqueConstraint(fields=('correction', 'pool', 'currency', 'video', 'day'), name='a_line_is_corrected_once'), models.CheckConstraint(condition=models.Q(('after_micros__gte', 0), ('views_after__gte', 0)), name='a_corrected_line_is_not_negative')],
                },
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('correction', 'pool', 'currency', 'account'), name='a_part_is_corrected_once'), models.CheckConstraint(condition=models.Q(('after_micros__gte', 0)), name='a_corrected_part_is_not_negative')],
                },
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('correction', 'owner', 'currency'), name='a_correction_posts_once')],
                },
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('correction', 'pool', 'currency', 'video', 'day', 'creator'), name='a_split_is_corrected_once'), models.CheckConstraint(condition=models.Q(('after_micros__gte', 0), models.Q(('owner', models.F('creator')), _negated=True)), name='a_corrected_split_is_not_negative')],
                },
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('statement', 'number'), name='revisions_of_a_statement_are_numbered'), models.UniqueConstraint(fields=('statement', 'correction'), name='a_correction_revises_a_statement_once'), models.CheckConstraint(condition=models.Q(('number__gt', 1), ('amount_micros__gte', 0)), name='a_revision_comes_second')],
                },
            ),
            migrations.CreateModel(
                name='EstimatePool',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('product', models.CharField(default='feed_ads', max_length=40)),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=4)),
                    ('views', models.BigIntegerField()),
                    ('total_micros', models.BigIntegerField()),
                    ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('period', 'country', 'currency', 'product'), name='a_pool_is_estimated_once')],
                },
            ),
        ]),
        *laws_of("settlement", REPLACED),
    ]

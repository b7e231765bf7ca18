"""All tables of ads, as 9 migrations left them: a new database takes this one instead."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_ads",
    "0002_invoiced_campaigns",
    "0003_creatives",
    "0004_creatives_moved",
    "0005_campaigns_without_words",
    "0006_time_zones",
    "0007_daily_budgets",
    "0008_player_reports",
    "0009_paces",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("ads", name) for name in REPLACED]

    dependencies = [
        ("invoicing", "0003_self_billed"),
        ("ledger", "0002_laws"),
        ("people", "0003_members"),
        ("videos", "0002_steps_and_captions"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='ChargedSegment',
                fields=[
                    ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                    ('billed_count', models.PositiveIntegerField(default=0)),
                    ('rejected_count', models.PositiveIntegerField(default=0)),
                    ('charged_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Campaign',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=80)),
                    ('currency', models.CharField(max_length=4)),
                    ('cpm_micros', models.BigIntegerField()),
                    ('budget_micros', models.BigIntegerField()),
                    ('committed_micros', models.BigIntegerField(default=0)),
                    ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('status', models.CharField(choices=[('drafted', 'Draft'), ('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], default='drafted', max_length=8)),
                    ('drafted_at', models.DateTimeField()),
                    ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='people.brand')),
                    ('time_zone', models.CharField(default='UTC', max_length=64)),
                    ('daily_budget_micros', models.BigIntegerField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('status', 'active')), fields=['ends_at'], name='campaign_runs')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('cpm_micros__gt', 0)), name='campaign_price_is_positive'), models.CheckConstraint(condition=models.Q(('committed_micros__gte', 0), ('committed_micros__lte', models.F('budget_micros'))), name='budget_is_never_exceeded'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='campaign_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(('daily_budget_micros__gt', 0), ('daily_budget_micros__lte', models.F('budget_micros'))), name='daily_budget_is_part_of_the_budget')],
                },
            ),
            migrations.CreateModel(
                name='CampaignStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('status', models.CharField(choices=[('drafted', 'Draft'), ('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], max_length=8)),
                    ('taken_at', models.DateTimeField()),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='ads.campaign')),
                    ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Charge',
                fields=[
                    ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                    ('country', models.CharField(max_length=2)),
                    ('period', models.CharField(max_length=16)),
                    ('impression_count', models.PositiveIntegerField()),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('charged_at', models.DateTimeField()),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='ads.campaign')),
                    ('segment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='ads.chargedsegment')),
                ],
                options={
                    'indexes': [models.Index(fields=['period', 'country'], name='charges_of_a_pool')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('impression_count__gt', 0)), name='a_charge_has_impressions')],
                },
            ),
            migrations.CreateModel(
                name='Click',
                fields=[
                    ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                    ('country', models.CharField(max_length=2)),
                    ('clicked_at', models.DateTimeField()),
                    ('ignored_why', models.CharField(blank=True, max_length=16)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clicks', to='ads.campaign')),
                ],
                options={
                    'indexes': [models.Index(fields=['campaign', 'clicked_at'], name='clicks_of_a_campaign')],
                },
            ),
            migrations.CreateModel(
                name='Deposit',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('deposited_at', models.DateTimeField()),
                    ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deposits', to='people.brand')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='deposit_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='Lease',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('server', models.CharField(max_length=64)),
                    ('amount_micros', models.BigIntegerField()),
                    ('charged_micros', models.BigIntegerField(default=0)),
                    ('returned_micros', models.BigIntegerField(default=0)),
                    ('leased_at', models.DateTimeField()),
                    ('expires_at', models.DateTimeField()),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='ads.campaign')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['expires_at'], name='lease_open'), models.Index(fields=['campaign', 'leased_at'], name='leases_of_a_day')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('charged_micros__gte', 0), ('returned_micros__gte', 0), ('amount_micros__gte', django.db.models.expressions.CombinedExpression(models.F('charged_micros'), '+', models.F('returned_micros')))), name='a_lease_is_never_overspent'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('amount_micros', django.db.models.expressions.CombinedExpression(models.F('charged_micros'), '+', models.F('returned_micros'))), _connector='OR'), name='a_closed_lease_holds_nothing')],
                },
            ),
            migrations.CreateModel(
                name='BilledImpression',
                fields=[
                    ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                    ('after_video_id', models.UUIDField()),
                    ('country', models.CharField(max_length=2)),
                    ('price_micros', models.BigIntegerField()),
                    ('viewed_at', models.DateTimeField()),
                    ('event_id', models.UUIDField(unique=True)),
                    ('entry_id', models.UUIDField(db_index=True)),
                    ('segment', models.CharField(max_length=80)),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='billed', to='ads.campaign')),
                    ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='billed', to='ads.lease')),
                ],
                options={
                    'indexes': [models.Index(fields=['campaign', 'viewed_at'], name='billed_of_a_campaign')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('price_micros__gt', 0)), name='impression_price_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='RejectedImpression',
                fields=[
                    ('event_id', models.UUIDField(primary_key=True, serialize=False)),
                    ('decision_id', models.UUIDField(blank=True, db_index=True, null=True)),
                    ('after_video_id', models.UUIDField(blank=True, null=True)),
                    ('country', models.CharField(max_length=2)),
                    ('reason', models.CharField(max_length=16)),
                    ('viewed_at', models.DateTimeField()),
                    ('segment', models.CharField(max_length=80)),
                    ('campaign', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='rejected', to='ads.campaign')),
                ],
                options={
                    'indexes': [models.Index(fields=['campaign', 'viewed_at'], name='rejected_of_a_campaign')],
                },
            ),
            migrations.CreateModel(
                name='Served',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('country', models.CharField(max_length=2)),
                    ('decision_count', models.BigIntegerField()),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='served', to='ads.campaign')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'day', 'country'), name='served_is_counted_in_one_row')],
                },
            ),
            migrations.CreateModel(
                name='InvoicedCampaign',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('month', models.DateField()),
                    ('impression_count', models.PositiveIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoiced', to='ads.campaign')),
                    ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.invoice')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'month'), name='a_campaign_is_invoiced_once_a_month'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='an_invoiced_campaign_costs_something')],
                },
            ),
            migrations.CreateModel(
                name='Creative',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('headline', models.CharField(max_length=60)),
                    ('call_to_action', models.CharField(max_length=24)),
                    ('landing_url', models.URLField(max_length=500)),
                    ('approved_url', models.URLField(blank=True, max_length=500)),
                    ('review', models.CharField(choices=[('submitted', 'In review'), ('approved', 'Approved'), ('declined', 'Declined')], default='submitted', max_length=9)),
                    ('declined_why', models.CharField(blank=True, max_length=500)),
                    ('edition', models.PositiveIntegerField(default=1)),
                    ('submitted_at', models.DateTimeField()),
                    ('paused_at', models.DateTimeField(blank=True, null=True)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='creatives', to='ads.campaign')),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('review', 'submitted')), fields=['submitted_at'], name='creative_waits')],
                    'constraints': [models.UniqueConstraint(fields=('campaign', 'video'), name='a_campaign_shows_a_video_in_one_creative'), models.CheckConstraint(condition=models.Q(models.Q(('review', 'approved'), _negated=True), ('approved_url', models.F('landing_url')), _connector='OR'), name='an_approved_creative_leads_where_it_says'), models.CheckConstraint(condition=models.Q(('review', 'declined'), ('declined_why', ''), _connector='XOR'), name='a_declined_creative_says_why')],
                },
            ),
            migrations.CreateModel(
                name='Change',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('field', models.CharField(max_length=40)),
                    ('was', models.CharField(blank=True, max_length=1000)),
                    ('became', models.CharField(blank=True, max_length=1000)),
                    ('reason', models.CharField(blank=True, max_length=500)),
                    ('changed_at', models.DateTimeField()),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ads.campaign')),
                    ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('creative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ads.creative')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='PlayerReport',
                fields=[
                    ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                    ('error_code', models.PositiveSmallIntegerField()),
                    ('reported_at', models.DateTimeField(db_index=True)),
                    ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told', to='ads.campaign')),
                    ('creative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
                ],
            ),
            migrations.CreateModel(
                name='Pace',
                fields=[
                    ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pace', serialize=False, to='ads.campaign')),
                    ('pace_ppm', models.PositiveIntegerField()),
                    ('set_at', models.DateTimeField()),
                    ('chosen_at', models.DateTimeField()),
                    ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('pace_ppm__gt', 0), ('pace_ppm__lte', 1000000)), name='a_pace_is_a_part_of_the_whole')],
                },
            ),
        ]),
        *laws_of("ads", REPLACED),
    ]

"""Deals, their versions, videos, disputes and money. What was said, paid and left never changes."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


TABLES = ("version", "step", "funding", "milestone", "settled", "release", "takenback")
LAW = """CREATE TRIGGER sponsorships_{0}_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON sponsorships_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER sponsorships_{0}_never_changes ON sponsorships_{0};"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0002_laws'),
        ('people', '0006_regions'),
        ('videos', '0004_category'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=9)),
                ('number', models.PositiveSmallIntegerField()),
                ('amount_micros', models.BigIntegerField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('offered', 'Offered'), ('agreed', 'Agreed'), ('running', 'Running'), ('disputed', 'Disputed'), ('done', 'Done'), ('ended', 'Ended'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('expired', 'Expired')], max_length=9)),
                ('turn', models.CharField(choices=[('brand', 'Brand'), ('creator', 'Creator')], max_length=7)),
                ('due_at', models.DateTimeField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('rule_version', models.CharField(max_length=40)),
                ('opened_at', models.DateTimeField()),
                ('version', models.PositiveSmallIntegerField(default=1)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('funded_at', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='people.brand')),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='people.creator')),
            ],
        ),
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('side', models.CharField(choices=[('brand', 'Brand'), ('creator', 'Creator')], max_length=7)),
                ('opened_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=2000)),
                ('answer', models.CharField(blank=True, max_length=9)),
                ('answered_at', models.DateTimeField(null=True)),
                ('held_micros', models.BigIntegerField(null=True)),
                ('creator_micros', models.BigIntegerField(null=True)),
                ('words', models.CharField(blank=True, max_length=500)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='sponsorships.deal')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['opened_at'],
            },
        ),
        migrations.CreateModel(
            name='Funding',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('way', models.CharField(choices=[('card', 'Card'), ('prepaid', 'Prepaid balance')], max_length=7)),
                ('currency', models.CharField(max_length=3)),
                ('amount_micros', models.BigIntegerField()),
                ('country', models.CharField(max_length=2)),
                ('is_wanted', models.BooleanField()),
                ('entry_id', models.UUIDField(unique=True)),
                ('paid_at', models.DateTimeField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fundings', to='sponsorships.deal')),
                ('paid_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Settled',
            fields=[
                ('milestone', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='settled', serialize=False, to='sponsorships.milestone')),
                ('creator_micros', models.BigIntegerField()),
                ('brand_micros', models.BigIntegerField()),
                ('amount_micros', models.BigIntegerField()),
                ('why', models.CharField(max_length=300)),
                ('settled_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='milestone',
            name='deal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='milestones', to='sponsorships.deal'),
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.UUIDField(unique=True)),
                ('total_micros', models.BigIntegerField()),
                ('share_micros', models.BigIntegerField()),
                ('moved_at', models.DateTimeField()),
                ('period', models.CharField(max_length=16)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=3)),
                ('day', models.DateField()),
                ('video', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32)),
                ('side', models.CharField(blank=True, max_length=8)),
                ('number', models.PositiveSmallIntegerField(default=0)),
                ('words', models.CharField(blank=True, max_length=2000)),
                ('taken_at', models.DateTimeField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='sponsorships.deal')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_id', models.UUIDField(unique=True)),
                ('total_micros', models.BigIntegerField()),
                ('share_micros', models.BigIntegerField()),
                ('moved_at', models.DateTimeField()),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='sponsorships.release')),
            ],
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('side', models.CharField(choices=[('brand', 'Brand'), ('creator', 'Creator')], max_length=7)),
                ('content', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='sponsorships.deal')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Work',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('stage', models.CharField(max_length=8)),
                ('due_at', models.DateTimeField(null=True)),
                ('revisions', models.PositiveSmallIntegerField(default=0)),
                ('approved_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('absent_since', models.DateTimeField(null=True)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='works', to='sponsorships.deal')),
                ('video', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['brand', '-opened_at'], name='deals_of_a_brand'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(fields=['creator', '-opened_at'], name='deals_of_a_creator'),
        ),
        migrations.AddIndex(
            model_name='deal',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='deals_with_a_clock'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', True), ('digest', '')), models.Q(('agreed_at__isnull', False), ('digest__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='an_agreed_deal_is_sealed'),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['running', 'disputed', 'done', 'ended']), _negated=True), ('funded_at__isnull', False), _connector='OR'), name='work_starts_on_money_that_is_there'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(condition=models.Q(('answer', '')), fields=('deal',), name='one_dispute_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('creator_micros__isnull', True)), models.Q(('answer', 'withdrawn'), ('answered_at__isnull', False), ('creator_micros__isnull', True)), models.Q(('answer', 'decided'), ('answered_at__isnull', False), ('creator_micros__gte', 0), ('creator_micros__lte', models.F('held_micros'))), models.Q(('answer', 'overtaken'), ('answered_at__isnull', False), ('creator_micros__isnull', True)), _connector='OR'), name='a_dispute_is_answered_wholly'),
        ),
        migrations.AddConstraint(
            model_name='funding',
            constraint=models.UniqueConstraint(condition=models.Q(('is_wanted', True)), fields=('deal',), name='a_deal_is_paid_in_once'),
        ),
        migrations.AddConstraint(
            model_name='funding',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_deal_is_paid_in_with_money'),
        ),
        migrations.AddConstraint(
            model_name='settled',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros', django.db.models.expressions.CombinedExpression(models.F('creator_micros'), '+', models.F('brand_micros'))), ('brand_micros__gte', 0), ('creator_micros__gte', 0)), name='a_milestone_leaves_once_and_whole'),
        ),
        migrations.AddField(
            model_name='release',
            name='settled',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='sponsorships.settled'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('deal', 'kind', 'number'), name='a_milestone_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_milestone_is_worth_something'),
        ),
        migrations.AddConstraint(
            model_name='takenback',
            constraint=models.CheckConstraint(condition=models.Q(('share_micros__gte', 0), ('share_micros__lte', models.F('total_micros')), ('total_micros__gt', 0)), name='what_is_taken_back_is_something'),
        ),
        migrations.AddConstraint(
            model_name='version',
            constraint=models.UniqueConstraint(fields=('deal', 'number'), name='a_version_has_one_text'),
        ),
        migrations.AddIndex(
            model_name='work',
            index=models.Index(fields=['stage', 'due_at'], name='works_with_a_clock'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.UniqueConstraint(fields=('deal', 'number'), name='a_deals_video_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.UniqueConstraint(condition=models.Q(('video__isnull', False)), fields=('video',), name='a_video_is_of_one_deal'),
        ),
        migrations.AddConstraint(
            model_name='work',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('stage__in', ['awaited', 'review', 'revising', 'approved', 'live'])), models.Q(('due_at__isnull', True), ('stage__in', ['done', 'missed', 'removed', 'closed'])), _connector='OR'), name='a_video_waits_until_when'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('share_micros__gte', 0), ('share_micros__lte', models.F('total_micros')), ('total_micros__gt', 0)), name='a_release_moves_something'),
        ),
        *(
            migrations.RunSQL(sql=LAW.format(table), reverse_sql=UNDO.format(table))
            for table in TABLES
        ),
    ]

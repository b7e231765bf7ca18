"""Tiers of creators, their members, and what those paid. What was said and done never changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("tierprice", "memberearning", "memberstep")
LAW = """CREATE TRIGGER memberships_{0}_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON memberships_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER memberships_{0}_never_changes ON memberships_{0};"


class Migration(migrations.Migration):

    dependencies = [
        ('memberships', '0003_months_taken_back'),
        ('people', '0006_regions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('renews', models.BooleanField(default=False)),
                ('kept_with', models.UUIDField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.creator')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_of', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='MemberMonth',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=3)),
                ('price_micros', models.BigIntegerField()),
                ('list_micros', models.BigIntegerField()),
                ('rule_version', models.CharField(max_length=40)),
                ('ordered_at', models.DateTimeField()),
                ('attempt', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('began_at', models.DateTimeField(blank=True, null=True)),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('back_micros', models.BigIntegerField(blank=True, null=True)),
                ('earned_until', models.DateField(blank=True, null=True)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='memberships.member')),
            ],
        ),
        migrations.CreateModel(
            name='MemberStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('paid', 'A month was paid'), ('declined', 'The card was declined'), ('cancelled', 'Will not go on'), ('resumed', 'Goes on after all'), ('changed', 'Another tier from the next month on'), ('left', 'Left at once'), ('stayed', 'Did not leave: the money could not be given back'), ('ended', 'Ended: the card was declined too often'), ('taken_back', 'A month was taken back'), ('given_again', 'A month stands again')], max_length=12)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='memberships.member')),
                ('month', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='memberships.membermonth')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Tier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('gives', models.CharField(max_length=1000)),
                ('welcome', models.CharField(blank=True, max_length=1000)),
                ('opened_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='people.creator')),
            ],
        ),
        migrations.AddField(
            model_name='membermonth',
            name='tier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='memberships.tier'),
        ),
        migrations.AddField(
            model_name='member',
            name='tier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='memberships.tier'),
        ),
        migrations.CreateModel(
            name='TierPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('price_micros', models.BigIntegerField(null=True)),
                ('said_at', models.DateTimeField()),
                ('tier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='memberships.tier')),
            ],
            options={
                'ordering': ['said_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='MemberEarning',
            fields=[
                ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                ('since', models.DateField()),
                ('day', models.DateField()),
                ('period', models.CharField(max_length=16)),
                ('total_micros', models.BigIntegerField()),
                ('share_micros', models.BigIntegerField()),
                ('earned_at', models.DateTimeField()),
                ('takes', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='memberships.memberearning')),
                ('month', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='earnings', to='memberships.membermonth')),
            ],
            options={
                'ordering': ['since', 'earned_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('share_micros__gte', 0), ('total_micros__gt', 0), ('share_micros__lte', models.F('total_micros'))), name='a_members_share_is_within_its_total')],
            },
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.CheckConstraint(condition=models.Q(('rank__gte', 1)), name='ranks_of_tiers_begin_at_one'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.UniqueConstraint(condition=models.Q(('archived_at__isnull', True)), fields=('creator', 'rank'), name='a_rank_is_offered_once'),
        ),
        migrations.AddIndex(
            model_name='membermonth',
            index=models.Index(condition=models.Q(('paid_at__isnull', False), ('taken_back_at__isnull', True)), fields=['ends_at'], name='member_months_that_stand'),
        ),
        migrations.AddConstraint(
            model_name='membermonth',
            constraint=models.CheckConstraint(condition=models.Q(('list_micros__gt', 0), ('price_micros__gt', 0)), name='a_members_month_costs_something'),
        ),
        migrations.AddConstraint(
            model_name='membermonth',
            constraint=models.CheckConstraint(condition=models.Q(('paid_at__isnull', True), models.Q(('began_at__isnull', False), ('earned_until__isnull', False), ('number__gte', 1), ('starts_at__lt', models.F('ends_at'))), _connector='OR'), name='a_members_paid_month_has_its_place'),
        ),
        migrations.AddConstraint(
            model_name='membermonth',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back_micros__isnull', True), ('left_at__isnull', True)), models.Q(('back_micros__gte', 0), ('left_at__isnull', False), ('paid_at__isnull', False), ('back_micros__lte', models.F('price_micros'))), _connector='OR'), name='who_leaves_gets_no_more_than_the_price'),
        ),
        migrations.AddConstraint(
            model_name='membermonth',
            constraint=models.UniqueConstraint(condition=models.Q(('paid_at__isnull', False)), fields=('member', 'began_at', 'number'), name='a_members_month_is_paid_once'),
        ),
        migrations.AddConstraint(
            model_name='membermonth',
            constraint=models.UniqueConstraint(condition=models.Q(('attempt__isnull', False)), fields=('member', 'began_at', 'number', 'attempt'), name='a_members_month_is_charged_once_an_attempt'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('renews', True)), fields=['ends_at'], name='members_that_renew'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('user', 'creator'), name='a_member_once_a_creator'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('renews', False), models.Q(('ends_at__isnull', False), ('joined_at__isnull', False), ('kept_with__isnull', False)), _connector='OR'), name='a_member_that_renews_has_a_card'),
        ),
        migrations.AddConstraint(
            model_name='tierprice',
            constraint=models.CheckConstraint(condition=models.Q(('price_micros__isnull', True), ('price_micros__gt', 0), _connector='OR'), name='a_tier_costs_something'),
        ),
        *(
            migrations.RunSQL(sql=LAW.format(table), reverse_sql=UNDO.format(table))
            for table in TABLES
        ),
    ]

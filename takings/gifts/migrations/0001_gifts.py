"""The catalogue, gifts and what became of them. What was sent never changes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("gift", "giftmoney", "gifthold", "giftrelease", "takenback")
LAW = """CREATE TRIGGER gifts_{0}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON gifts_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER gifts_{0}_never_changes ON gifts_{0};"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0005_ad_free'),
        ('videos', '0004_category'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Gift',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('coins_micros', models.BigIntegerField()),
                ('bonus_micros', models.BigIntegerField()),
                ('combo', models.PositiveIntegerField()),
                ('message', models.CharField(blank=True, max_length=200)),
                ('is_anonymous', models.BooleanField()),
                ('moment_ms', models.PositiveIntegerField(blank=True, null=True)),
                ('country', models.CharField(max_length=2)),
                ('rule_version', models.CharField(max_length=40)),
                ('entry_id', models.UUIDField(unique=True)),
                ('spend_id', models.UUIDField(unique=True)),
                ('sent_at', models.DateTimeField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts_received', to='people.creator')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts_sent', to=settings.AUTH_USER_MODEL)),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='Welcome',
            fields=[
                ('creator', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='gift_welcome', serialize=False, to='people.creator')),
                ('is_open', models.BooleanField(default=True)),
            ],
        ),
        migrations.CreateModel(
            name='GiftHold',
            fields=[
                ('gift', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='hold', serialize=False, to='gifts.gift')),
                ('why', models.CharField(max_length=200)),
                ('ends_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='GiftKind',
            fields=[
                ('slug', models.SlugField(max_length=32, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40)),
                ('art', models.CharField(choices=[('rose', 'Rose'), ('heart', 'Heart'), ('clap', 'Clap'), ('coffee', 'Coffee'), ('star', 'Star'), ('cake', 'Cake'), ('rocket', 'Rocket'), ('crown', 'Crown')], max_length=12)),
                ('motion', models.CharField(choices=[('rise', 'Rise'), ('pop', 'Pop'), ('spin', 'Spin'), ('rain', 'Rain'), ('fly', 'Fly')], max_length=8)),
                ('price_micros', models.BigIntegerField()),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('season_from', models.DateField(blank=True, null=True)),
                ('season_until', models.DateField(blank=True, null=True)),
                ('min_age', models.PositiveSmallIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['price_micros', 'name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('price_micros__gt', 0)), name='a_gift_costs_something'), models.CheckConstraint(condition=models.Q(('season_from__isnull', True), ('season_until__isnull', True), ('season_from__lte', models.F('season_until')), _connector='OR'), name='a_season_ends_after_it_begins')],
            },
        ),
        migrations.AddField(
            model_name='gift',
            name='kind',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='gifts.giftkind'),
        ),
        migrations.CreateModel(
            name='GiftMoney',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('brought_micros', models.BigIntegerField()),
                ('share_micros', models.BigIntegerField()),
                ('gift', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moneys', to='gifts.gift')),
            ],
        ),
        migrations.CreateModel(
            name='GiftRelease',
            fields=[
                ('gift', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='release', serialize=False, to='gifts.gift')),
                ('entry_id', models.UUIDField(unique=True)),
                ('released_at', models.DateTimeField()),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('gift', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='taken_back', serialize=False, to='gifts.gift')),
                ('cause', models.CharField(choices=[('undo', 'Undo'), ('refund', 'Refund'), ('guardian', 'Guardian'), ('chargeback', 'Chargeback'), ('fraud', 'Fraud')], max_length=10)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('from_creator', models.BooleanField()),
                ('taken_at', models.DateTimeField()),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'gifts_takenback',
            },
        ),
        migrations.CreateModel(
            name='GiftBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('blocked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('creator', 'user'), name='one_gift_block_at_a_time')],
            },
        ),
        migrations.AddIndex(
            model_name='gift',
            index=models.Index(fields=['sender', '-sent_at'], name='gifts_of_a_sender'),
        ),
        migrations.AddIndex(
            model_name='gift',
            index=models.Index(fields=['creator', '-sent_at'], name='gifts_of_a_creator'),
        ),
        migrations.AddIndex(
            model_name='gift',
            index=models.Index(fields=['video', 'moment_ms'], name='gifts_of_a_video'),
        ),
        migrations.AddConstraint(
            model_name='gift',
            constraint=models.CheckConstraint(condition=models.Q(('bonus_micros__gte', 0), ('coins_micros__gt', 0), ('combo__gte', 1), ('bonus_micros__lte', models.F('coins_micros'))), name='a_gift_has_coins'),
        ),
        migrations.AddConstraint(
            model_name='giftmoney',
            constraint=models.UniqueConstraint(fields=('gift', 'currency'), name='a_gift_brings_a_currency_once'),
        ),
        migrations.AddConstraint(
            model_name='giftmoney',
            constraint=models.CheckConstraint(condition=models.Q(('brought_micros__gt', 0), ('share_micros__gte', 0)), name='a_gift_brings_something'),
        ),
        *(
            migrations.RunSQL(sql=LAW.format(table), reverse_sql=UNDO.format(table))
            for table in TABLES
        ),
    ]

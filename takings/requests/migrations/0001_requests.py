"""Services, requests, what happened to them, and what they earned. What was done never changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("step", "message", "delivery", "release", "takenback")
LAW = """CREATE TRIGGER requests_{0}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON requests_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER requests_{0}_never_changes ON requests_{0};"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0006_regions'),
        ('videos', '0005_channels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('what', models.CharField(max_length=1000)),
                ('brief', models.CharField(max_length=2000)),
                ('link', models.URLField(blank=True, max_length=400)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=3)),
                ('price_micros', models.BigIntegerField(blank=True, null=True)),
                ('deliver_days', models.PositiveSmallIntegerField()),
                ('revisions', models.PositiveSmallIntegerField()),
                ('revised_count', models.PositiveSmallIntegerField(default=0)),
                ('rule_version', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('asked', 'Waits for a price'), ('unpaid', 'Waits for payment'), ('paid', 'Paid, waits for an answer'), ('accepted', 'Being made'), ('delivered', 'Delivered'), ('case', 'Looked at by an operator'), ('released', 'Done'), ('returning', 'Money on its way back'), ('returned', 'Money given back'), ('split', 'Settled by an operator'), ('ended', 'Ended, nothing was paid')], max_length=10)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField()),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('earned_at', models.DateTimeField(blank=True, null=True)),
                ('back_micros', models.BigIntegerField(default=0)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='people.creator')),
                ('fan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests_made', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('entry_id', models.UUIDField(unique=True)),
                ('period', models.CharField(max_length=16)),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('total_micros', models.BigIntegerField()),
                ('share_micros', models.BigIntegerField()),
                ('released_at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='requests.request')),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('text', models.CharField(max_length=1000)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='requests.request')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='TakenBack',
            fields=[
                ('release', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='taken_back', serialize=False, to='requests.release')),
                ('entry_id', models.UUIDField(unique=True)),
                ('why', models.CharField(max_length=300)),
                ('taken_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120)),
                ('what', models.CharField(max_length=1000)),
                ('deliver_days', models.PositiveSmallIntegerField()),
                ('revisions', models.PositiveSmallIntegerField()),
                ('most_open', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='people.creator')),
            ],
        ),
        migrations.AddField(
            model_name='request',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='requests.service'),
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('micros', models.BigIntegerField()),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='requests.service')),
            ],
            options={
                'ordering': ['currency'],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('asked', 'Asked for'), ('quoted', 'A price was named'), ('paid', 'Paid by card'), ('accepted', 'Accepted by the creator'), ('declined', 'Declined by the creator'), ('cancelled', 'Cancelled by the fan'), ('given_up', 'Given up by the creator'), ('delivered', 'Delivered'), ('revised', 'A revision was asked for'), ('taken', 'Taken by the fan'), ('case_opened', 'An operator was asked'), ('decided', 'An operator decided'), ('lapsed', 'Its time was over'), ('bank_took', 'The payment was taken back'), ('bank_gave', 'The payment stands again'), ('gave_back', 'The money is back on the card'), ('not_given', 'The card company did not take the money back')], max_length=12)),
                ('side', models.CharField(choices=[('fan', 'fan'), ('creator', 'creator'), ('operator', 'operator'), ('nobody', 'nobody')], max_length=8)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='requests.request')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='case', serialize=False, to='requests.request')),
                ('why', models.CharField(max_length=1000)),
                ('opened_at', models.DateTimeField()),
                ('back_micros', models.BigIntegerField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('text', models.TextField(blank=True)),
                ('link', models.URLField(blank=True, max_length=400)),
                ('at', models.DateTimeField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='requests.request')),
                ('video', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('link', ''), _negated=True), ('video__isnull', False), _connector='OR'), name='a_delivery_is_something')],
            },
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.UniqueConstraint(fields=('request', 'number'), name='a_release_of_a_request_has_its_number'),
        ),
        migrations.AddConstraint(
            model_name='release',
            constraint=models.CheckConstraint(condition=models.Q(('share_micros__gte', 0), ('total_micros__gt', 0), ('share_micros__lte', models.F('total_micros'))), name='a_release_shares_what_it_moves'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(fields=['creator', 'made_at'], name='services_of_a_creator'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('deliver_days__gte', 1), ('most_open__gte', 1)), name='a_service_can_be_made'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['fan', '-asked_at'], name='requests_of_a_fan'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['creator', '-asked_at'], name='requests_of_a_creator'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(fields=['service', 'state'], name='requests_of_a_service'),
        ),
        migrations.AddIndex(
            model_name='request',
            index=models.Index(condition=models.Q(('ends_at__isnull', False)), fields=['ends_at'], name='requests_that_end'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back_micros', 0), ('price_micros__isnull', True)), models.Q(('back_micros__gte', 0), ('price_micros__gt', 0), ('back_micros__lte', models.F('price_micros'))), _connector='OR'), name='a_request_gives_back_what_it_cost_at_most'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at__isnull', False), ('state__in', ['accepted', 'asked', 'delivered', 'paid', 'unpaid'])), models.Q(models.Q(('state__in', ['accepted', 'asked', 'delivered', 'paid', 'unpaid']), _negated=True), ('ends_at__isnull', True)), _connector='OR'), name='a_state_that_ends_says_when'),
        ),
        migrations.AddConstraint(
            model_name='request',
            constraint=models.CheckConstraint(condition=models.Q(('paid_at__isnull', False), ('state__in', ['asked', 'unpaid', 'ended']), _connector='OR'), name='nothing_unpaid_is_made'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.UniqueConstraint(fields=('service', 'currency'), name='a_service_has_one_price_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='price',
            constraint=models.CheckConstraint(condition=models.Q(('micros__gt', 0)), name='a_service_costs_something'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('reason', ''), ('back_micros__isnull', True)), models.Q(('back_micros__gte', 0), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='a_case_is_decided_wholly'),
        ),
        *(
            migrations.RunSQL(sql=LAW.format(table), reverse_sql=UNDO.format(table))
            for table in TABLES
        ),
    ]

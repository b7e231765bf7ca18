"""What advertisers count after a click, and what was reported. Rows never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("goal", "goalsecret", "conversion")
LAW = """CREATE TRIGGER ads_{0}_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_{0}_never_changes ON ads_{0};"


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0016_auctions'),
        ('people', '0001_squashed_0003_members'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('click_days', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('brand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='goals', to='people.brand')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Conversion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_id', models.CharField(max_length=64)),
                ('decision_id', models.UUIDField()),
                ('country', models.CharField(max_length=2)),
                ('source', models.CharField(choices=[('page', 'Page'), ('server', 'Server')], max_length=8)),
                ('clicked_at', models.DateTimeField()),
                ('converted_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=4)),
                ('value_micros', models.BigIntegerField(null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='ads.campaign')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='ads.goal')),
            ],
            options={
                'indexes': [models.Index(fields=['campaign', 'converted_at'], name='conversions_of_a_campaign')],
                'constraints': [models.UniqueConstraint(fields=('goal', 'order_id'), name='an_order_converts_once'), models.CheckConstraint(condition=models.Q(('value_micros__isnull', True), ('value_micros__gte', 0), _connector='OR'), name='a_conversion_is_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='GoalSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('made_at', models.DateTimeField()),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='secrets', to='ads.goal')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('goal', 'number'), name='secrets_are_numbered')],
            },
        ),
        migrations.CreateModel(
            name='RefusedReports',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reason', models.CharField(max_length=20)),
                ('report_count', models.BigIntegerField()),
                ('last_at', models.DateTimeField()),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refused', to='ads.goal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('goal', 'day', 'reason'), name='refusals_are_counted_in_one_row')],
            },
        ),
        *(migrations.RunSQL(sql=LAW.format(one), reverse_sql=UNDO.format(one)) for one in TABLES),
    ]

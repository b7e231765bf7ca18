"""What the second look gives back. Rows never change."""

import django.db.models.deletion
from django.db import migrations, models


TABLES = ("trafficpass", "trafficcredit", "invalidimpression", "creditedcampaign")
LAW = """CREATE TRIGGER ads_{0}_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_{0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_{0}_never_changes ON ads_{0};"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_laws'),
        ('ads', '0013_targeting'),
        ('invoicing', '0001_squashed_0003_self_billed'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrafficCredit',
            fields=[
                ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('period', models.CharField(max_length=16)),
                ('impression_count', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('kept_micros', models.BigIntegerField()),
                ('credited_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='ads.campaign')),
                ('line_item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='ads.lineitem')),
            ],
        ),
        migrations.CreateModel(
            name='InvalidImpression',
            fields=[
                ('impression', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='invalid', serialize=False, to='ads.billedimpression')),
                ('reason', models.CharField(max_length=20)),
                ('charged_at', models.DateTimeField()),
                ('credit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='impressions', to='ads.trafficcredit')),
            ],
        ),
        migrations.CreateModel(
            name='TrafficPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('rules', models.CharField(max_length=40)),
                ('judged_count', models.PositiveIntegerField()),
                ('judged_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'rules', 'judged_count'), name='a_day_is_judged_once')],
            },
        ),
        migrations.AddField(
            model_name='trafficcredit',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='ads.trafficpass'),
        ),
        migrations.CreateModel(
            name='CreditedCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('amount_micros', models.BigIntegerField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credited', to='ads.campaign')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.invoice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'note'), name='a_note_credits_a_campaign_once'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_credited_campaign_gets_something')],
            },
        ),
        migrations.AddIndex(
            model_name='trafficcredit',
            index=models.Index(fields=['period', 'country'], name='credits_of_a_pool'),
        ),
        migrations.AddConstraint(
            model_name='trafficcredit',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('impression_count__gt', 0), ('kept_micros__gte', 0), ('kept_micros__lte', models.F('amount_micros'))), name='a_credit_has_impressions'),
        ),
        migrations.AddConstraint(
            model_name='trafficcredit',
            constraint=models.UniqueConstraint(fields=('made_by', 'line_item', 'country', 'period'), name='a_pass_credits_a_pool_once'),
        ),
        *(migrations.RunSQL(sql=LAW.format(one), reverse_sql=UNDO.format(one)) for one in TABLES),
    ]

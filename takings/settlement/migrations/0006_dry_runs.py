"""Dry runs of a close. They are facts of their moment: rows never change."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


TABLES = ("dryrun", "dryrunpool", "dryrunshare", "dryrunoutcome")


def _laws() -> str:
    return "".join(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON settlement_{table} FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
        for table in TABLES
    )


def _undo() -> str:
    return "".join(f"DROP TRIGGER {t}_never_changes ON settlement_{t};\n" for t in TABLES)


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0001_people'),
        ('settlement', '0005_reserves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.RunSQL(sql=_laws(), reverse_sql=_undo()),
    ]

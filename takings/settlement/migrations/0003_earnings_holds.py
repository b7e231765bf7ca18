"""Money of creators that a decision keeps back. A hold never changes; its lift is a row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


HOLDS = ("settlement_earningshold", "settlement_holdlift")
LAW = """CREATE TRIGGER {0}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER {0}_never_changes ON {0};"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_laws'),
        ('people', '0001_people'),
        ('settlement', '0002_laws'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ('held_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
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
        migrations.AddConstraint(
            model_name='earningshold',
            constraint=models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='a_hold_holds_something'),
        ),
        migrations.AddConstraint(
            model_name='earningshold',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('held_at'))), name='a_hold_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='earningshold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_hold_has_a_reason'),
        ),
        migrations.RunSQL(
            sql="".join(LAW.format(table) for table in HOLDS),
            reverse_sql="".join(UNDO.format(table) for table in HOLDS),
        ),
    ]

"""What predictions are learned from, what was learned, and an operator's switch."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAWS = "\n".join(
    f"""CREATE TRIGGER {table}_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
    for table in ("ads_learnedrates", "ads_learnedswitch")
)
UNDO = "\n".join(
    f"DROP TRIGGER {table}_never_changes ON {table};"
    for table in ("ads_learnedrates", "ads_learnedswitch")
)


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0048_stated_regions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LearnedRates',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pricing', models.CharField(choices=[('cpm', 'cpm'), ('vcpm', 'vcpm'), ('cpv', 'cpv'), ('cpc', 'cpc'), ('cpa', 'cpa')], max_length=4)),
                ('trained_on', models.DateField()),
                ('trained_at', models.DateTimeField()),
                ('verdict', models.CharField(choices=[('better', 'Better'), ('no_better', 'No better by more than chance'), ('too_little', 'Too little to learn from')], max_length=10)),
                ('decision_count', models.PositiveIntegerField()),
                ('event_count', models.PositiveIntegerField()),
                ('first_day', models.DateField(null=True)),
                ('calibrated_from', models.DateField(null=True)),
                ('held_out_from', models.DateField(null=True)),
                ('last_day', models.DateField(null=True)),
                ('model_loss', models.BigIntegerField(null=True)),
                ('bayes_loss', models.BigIntegerField(null=True)),
                ('constant_loss', models.BigIntegerField(null=True)),
                ('loss_error', models.BigIntegerField(null=True)),
                ('learned', models.JSONField(default=dict)),
                ('examples_sha256', models.CharField(max_length=64)),
                ('learned_sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('pricing', 'trained_on'), name='rates_are_learned_once_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'better'), _negated=True), ('model_loss__lt', models.F('bayes_loss')), _connector='OR'), name='what_is_better_lost_less')],
            },
        ),
        migrations.CreateModel(
            name='LearnedSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField()),
                ('why', models.CharField(max_length=300)),
                ('switched_at', models.DateTimeField()),
                ('switched_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SampledDecision',
            fields=[
                ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                ('decided_at', models.DateTimeField(db_index=True)),
                ('placement', models.PositiveSmallIntegerField()),
                ('device', models.CharField(blank=True, max_length=8)),
                ('country', models.CharField(max_length=2)),
                ('about', models.CharField(blank=True, max_length=8)),
                ('base_ppm', models.PositiveIntegerField()),
                ('weight_ppm', models.BigIntegerField()),
                ('line_item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ads.lineitem')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('base_ppm__gte', 1), ('base_ppm__lte', 1000000), ('weight_ppm__gte', 1000000)), name='a_sampled_decision_stands_for_one_at_least')],
            },
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

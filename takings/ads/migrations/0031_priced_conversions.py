"""Line items that pay for conversions, and what was decided with the clicks they sold."""

import django.db.models.deletion
from django.db import migrations, models


LAW = """CREATE TRIGGER ads_pricedclick_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_pricedclick
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_pricedclick_never_changes ON ads_pricedclick;"


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0030_changes_of_any_length"),
    ]

    operations = [
        migrations.AddField(
            model_name='lineitem',
            name='goal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='line_items', to='ads.goal'),
        ),
        migrations.AlterField(
            model_name='lineitem',
            name='pricing',
            field=models.CharField(choices=[('cpm', '1,000 impressions'), ('vcpm', '1,000 viewable views'), ('cpv', 'one completed view'), ('cpc', 'one click'), ('cpa', 'one conversion')], default='vcpm', max_length=4),
        ),
        migrations.AddConstraint(
            model_name='lineitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('goal__isnull', False), ('pricing', 'cpa')), models.Q(models.Q(('pricing', 'cpa'), _negated=True), ('goal__isnull', True)), _connector='OR'), name='conversions_are_those_of_a_goal'),
        ),
        migrations.CreateModel(
            name='PricedClick',
            fields=[
                ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                ('video_id', models.UUIDField()),
                ('after_video_id', models.UUIDField()),
                ('placement', models.PositiveSmallIntegerField()),
                ('price_micros', models.BigIntegerField()),
                ('lease', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ads.lease')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('price_micros__gt', 0)), name='a_priced_click_has_a_price')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

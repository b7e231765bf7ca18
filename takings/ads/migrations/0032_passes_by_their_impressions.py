"""A day with as many other impressions is judged, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0031_priced_conversions"),
    ]

    operations = [
        migrations.AddField(
            model_name='trafficpass',
            name='judged_sum',
            field=models.CharField(default='', max_length=32),
        ),
        migrations.RemoveConstraint(
            model_name='trafficpass',
            name='a_day_is_judged_once',
        ),
        migrations.AddConstraint(
            model_name='trafficpass',
            constraint=models.UniqueConstraint(fields=('day', 'rules', 'judged_count', 'judged_sum'), name='a_day_is_judged_once'),
        ),
    ]

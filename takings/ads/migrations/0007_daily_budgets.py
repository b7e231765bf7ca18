"""A day of a campaign may have a budget of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0006_time_zones'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='daily_budget_micros',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='lease',
            index=models.Index(fields=['campaign', 'leased_at'], name='leases_of_a_day'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('daily_budget_micros__gt', 0), ('daily_budget_micros__lte', models.F('budget_micros'))), name='daily_budget_is_part_of_the_budget'),
        ),
    ]

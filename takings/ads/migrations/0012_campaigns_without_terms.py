"""Decisions are counted, and paces set, by line item; what it buys leaves the campaign."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0011_line_items_moved'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='campaign',
            name='campaign_price_is_positive',
        ),
        migrations.RemoveConstraint(
            model_name='campaign',
            name='campaign_ends_after_it_starts',
        ),
        migrations.RemoveConstraint(
            model_name='campaign',
            name='daily_budget_is_part_of_the_budget',
        ),
        migrations.RemoveConstraint(
            model_name='served',
            name='served_is_counted_in_one_row',
        ),
        migrations.RemoveIndex(
            model_name='campaign',
            name='campaign_runs',
        ),
        migrations.RemoveIndex(
            model_name='lease',
            name='leases_of_a_day',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='countries',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='cpm_micros',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='daily_budget_micros',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='ends_at',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='starts_at',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='time_zone',
        ),
        migrations.RenameField(
            model_name='pace',
            old_name='campaign',
            new_name='line_item',
        ),
        migrations.AlterField(
            model_name='pace',
            name='line_item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pace', serialize=False, to='ads.lineitem'),
        ),
        migrations.RenameField(
            model_name='served',
            old_name='campaign',
            new_name='line_item',
        ),
        migrations.AlterField(
            model_name='served',
            name='line_item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='served', to='ads.lineitem'),
        ),
        migrations.AddConstraint(
            model_name='served',
            constraint=models.UniqueConstraint(fields=('line_item', 'day', 'country'), name='served_is_counted_in_one_row'),
        ),
        migrations.AlterField(
            model_name='charge',
            name='line_item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='ads.lineitem'),
        ),
        migrations.AlterField(
            model_name='lease',
            name='line_item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='ads.lineitem'),
        ),
        migrations.AddIndex(
            model_name='lease',
            index=models.Index(fields=['line_item', 'leased_at'], name='leases_of_a_days_line'),
        ),
    ]

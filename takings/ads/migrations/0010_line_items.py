"""What a campaign buys becomes a row of its own: its line items."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0009_paces'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineItem',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('cpm_micros', models.BigIntegerField()),
                ('budget_micros', models.BigIntegerField(blank=True, null=True)),
                ('daily_budget_micros', models.BigIntegerField(blank=True, null=True)),
                ('committed_micros', models.BigIntegerField(default=0)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('time_zone', models.CharField(default='UTC', max_length=64)),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('added_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='line_items', to='ads.campaign')),
            ],
            options={
                'indexes': [models.Index(fields=['ends_at'], name='line_item_runs')],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('cpm_micros__gt', 0)), name='line_item_price_is_positive'),
                    models.CheckConstraint(condition=models.Q(('committed_micros__gte', 0)), name='a_line_item_owes_nothing'),
                    models.CheckConstraint(condition=models.Q(('budget_micros__isnull', True), ('committed_micros__lte', models.F('budget_micros')), _connector='OR'), name='line_item_budget_is_never_exceeded'),
                    models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='line_item_ends_after_it_starts'),
                    models.CheckConstraint(condition=models.Q(('daily_budget_micros__gt', 0), models.Q(('budget_micros__isnull', True), ('daily_budget_micros__lte', models.F('budget_micros')), _connector='OR')), name='daily_budget_is_part_of_the_line_items'),
                ],
            },
        ),
        migrations.AddField(
            model_name='change',
            name='line_item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ads.lineitem'),
        ),
        migrations.AddField(
            model_name='charge',
            name='line_item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='ads.lineitem'),
        ),
        migrations.AddField(
            model_name='lease',
            name='line_item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leases', to='ads.lineitem'),
        ),
    ]

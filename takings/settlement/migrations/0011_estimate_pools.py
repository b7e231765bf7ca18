"""What pools held when they were estimated, so that a difference can be told; no facts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0010_corrections'),
    ]

    operations = [
        migrations.CreateModel(
            name='EstimatePool',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.CharField(default='feed_ads', max_length=40)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=4)),
                ('views', models.BigIntegerField()),
                ('total_micros', models.BigIntegerField()),
                ('period', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.period')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('period', 'country', 'currency', 'product'), name='a_pool_is_estimated_once')],
            },
        ),
    ]

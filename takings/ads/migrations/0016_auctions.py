"""A line item may bid, and then pays what it took to win."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0015_pricing'),
    ]

    operations = [
        migrations.AddField(
            model_name='lineitem',
            name='sale',
            field=models.CharField(choices=[('fixed', 'Fixed price'), ('auction', 'Highest bid')], default='fixed', max_length=7),
        ),
    ]

"""Exchanges of earnings are taxed as payouts are: an exchange knows what of it was withheld."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0015_exchanges'),
    ]

    operations = [
        migrations.AddField(
            model_name='exchange',
            name='withheld_micros',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.CheckConstraint(condition=models.Q(('withheld_micros__gte', 0), ('withheld_micros__lt', models.F('amount_micros'))), name='an_exchange_leaves_something_after_tax'),
        ),
    ]

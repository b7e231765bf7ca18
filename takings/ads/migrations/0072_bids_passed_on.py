"""A bid of a partner may be passed on to the auction of a site."""

from django.db import migrations, models

from takings.ads.models.partners import OUTCOMES


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0071_charges_counted"),
    ]

    operations = [
        migrations.AlterField(
            model_name='partnercount',
            name='outcome',
            field=models.CharField(choices=OUTCOMES, max_length=16),
        ),
        migrations.AlterField(
            model_name='partnerrest',
            name='why',
            field=models.CharField(blank=True, choices=OUTCOMES, max_length=16),
        ),
    ]

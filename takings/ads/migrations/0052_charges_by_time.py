"""Rates are counted from the charges of the last days: of a million, 20,000 are read, not all."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0051_prices_of_clicks"),
    ]

    operations = [
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['charged_at'], name='charges_by_time'),
        ),
    ]

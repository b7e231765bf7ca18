"""What of a payout comes from the country that withholds by source: year-end reports need it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the column."""

    dependencies = [
        ('payouts', '0003_files'),
    ]

    operations = [
        migrations.AddField(
            model_name='payout',
            name='source_micros',
            field=models.BigIntegerField(default=0),
        ),
    ]

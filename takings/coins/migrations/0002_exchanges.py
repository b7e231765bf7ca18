"""Coins may come for earnings, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coins', '0001_lots'),
    ]

    operations = [
        migrations.AlterField(
            model_name='coinlot',
            name='source',
            field=models.CharField(choices=[('purchase', 'Bought'), ('pack_bonus', 'Came with a purchase'), ('grant', 'Given by us'), ('exchange', 'For earnings')], max_length=10),
        ),
    ]

"""A list of two hundred words is a change, too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0029_sampled_requests"),
    ]

    operations = [
        migrations.AlterField(
            model_name='change',
            name='became',
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name='change',
            name='was',
            field=models.TextField(blank=True),
        ),
    ]

"""Tags are kept before they are asked; counters may count other events than impressions."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0032_passes_by_their_impressions"),
    ]

    operations = [
        *(
            migrations.AlterField(
                model_name='tag',
                name=name,
                field=models.CharField(blank=True, max_length=longest),
            )
            for name, longest in (('media_url', 2000), ('media_name', 20), ('title', 150))
        ),
        migrations.AddField(
            model_name='tagcounter',
            name='event',
            field=models.CharField(default='impression', max_length=16),
        ),
    ]

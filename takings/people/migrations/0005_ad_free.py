"""Until when a person sees no ads."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("people", "0004_ads_by_age")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="ad_free_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]

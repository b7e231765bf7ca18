from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0045_ads_of_line_items"),
    ]

    operations = [
        migrations.AddField(
            model_name='showing',
            name='ignored_why',
            field=models.CharField(blank=True, default='', max_length=16),
        ),
    ]

"""Days of a campaign may be those of another place than Greenwich."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0005_campaigns_without_words'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='time_zone',
            field=models.CharField(default='UTC', max_length=64),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('videos', '0002_steps_and_captions'),
    ]

    operations = [
        migrations.AddField(
            model_name='video',
            name='has_mid_rolls',
            field=models.BooleanField(default=False),
        ),
    ]

"""The ads that were inside a video, for its creator to look at."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0022_inside_credits"),
        ('videos', '0003_mid_rolls'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='billedimpression',
            index=models.Index(condition=models.Q(('placement__in', [2, 3, 4])), fields=['after_video_id', 'viewed_at'], name='billed_inside_a_video'),
        ),
    ]

"""The indexes by which creators read which ads inside their videos paid nothing, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0040_house_ads"),
    ]

    operations = [
        migrations.AddIndex(
            model_name='rejectedimpression',
            index=models.Index(condition=models.Q(('placement__in', [2, 3, 4])), fields=['after_video_id', 'viewed_at'], name='rejected_inside_a_video'),
        ),
        migrations.AddIndex(
            model_name='showing',
            index=models.Index(condition=models.Q(('placement__in', [2, 3, 4])), fields=['after_video_id', 'decided_at'], name='showings_inside_a_video'),
        ),
    ]

"""What was clicked where is with the click: its price needs no copy of it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0050_learned_rates"),
    ]

    operations = [
        migrations.RemoveField(model_name='pricedclick', name='after_video_id'),
        migrations.RemoveField(model_name='pricedclick', name='placement'),
        migrations.RemoveField(model_name='pricedclick', name='video_id'),
    ]

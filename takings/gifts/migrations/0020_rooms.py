"""Gifts that were sent in a room know it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gifts', '0002_fans'),
        ('live', '0002_rooms'),
    ]

    operations = [
        migrations.AddField(
            model_name='gift',
            name='room',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gifts', to='live.room'),
        ),
        migrations.AddIndex(
            model_name='gift',
            index=models.Index(condition=models.Q(('room__isnull', False)), fields=['room'], name='gifts_of_a_room'),
        ),
    ]

"""What was decided where, beside what became of it: each report can then be by place and ad."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0027_ages"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='served',
            name='served_is_counted_in_one_row',
        ),
        migrations.AddField(
            model_name='click',
            name='after_video_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='click',
            name='line_item',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ads.lineitem'),
        ),
        migrations.AddField(
            model_name='click',
            name='placement',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='click',
            name='video_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='rejectedimpression',
            name='line_item',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ads.lineitem'),
        ),
        migrations.AddField(
            model_name='rejectedimpression',
            name='placement',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='rejectedimpression',
            name='video_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='served',
            name='placement',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='served',
            name='quarter',
            field=models.PositiveSmallIntegerField(default=48),
        ),
        migrations.AddField(
            model_name='served',
            name='video_id',
            field=models.UUIDField(default=uuid.UUID('00000000-0000-0000-0000-000000000000')),
        ),
        migrations.AddField(
            model_name='showing',
            name='after_video_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='showing',
            name='decided_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='showing',
            name='line_item',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ads.lineitem'),
        ),
        migrations.AddConstraint(
            model_name='served',
            constraint=models.UniqueConstraint(fields=('line_item', 'day', 'quarter', 'country', 'placement', 'video_id'), name='served_is_counted_in_one_row'),
        ),
    ]

"""All tables of videos, as 2 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels

REPLACED = (
    "0001_videos",
    "0002_steps_and_captions",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("videos", name) for name in REPLACED]

    dependencies = [
        ("people", "0003_members"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Track',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=120)),
                    ('artist', models.CharField(max_length=120)),
                    ('holder', models.SlugField(max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='Video',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('purpose', models.CharField(choices=[('post', 'Post'), ('creative', 'Ad creative')], default='post', max_length=16)),
                    ('title', models.CharField(max_length=150)),
                    ('description', models.CharField(blank=True, max_length=2000)),
                    ('visibility', models.CharField(choices=[('public', 'Everyone'), ('unlisted', 'Anyone with the link'), ('private', 'Only me')], default='public', max_length=16)),
                    ('status', models.CharField(choices=[('uploading', 'Uploading'), ('quarantined', 'Waiting to be checked'), ('transcoding', 'Being prepared'), ('ready', 'Ready'), ('refused', 'Refused'), ('removed', 'Removed')], default='uploading', max_length=16)),
                    ('progress_bp', models.PositiveIntegerField(default=0)),
                    ('refused_why', models.CharField(blank=True, max_length=300)),
                    ('source_name', models.CharField(max_length=255)),
                    ('source_bytes', models.BigIntegerField(default=0)),
                    ('duration_ms', models.PositiveIntegerField(default=0)),
                    ('width', models.PositiveIntegerField(default=0)),
                    ('height', models.PositiveIntegerField(default=0)),
                    ('has_audio', models.BooleanField(default=False)),
                    ('uploaded_at', models.DateTimeField()),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('creator', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='videos', to='people.creator')),
                    ('tracks', models.ManyToManyField(blank=True, related_name='videos', to='videos.track')),
                    ('uploader', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('captions_language', models.CharField(blank=True, max_length=16)),
                ],
                options={
                    'indexes': [models.Index(fields=['status', 'visibility', '-published_at'], name='video_feed')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('purpose', 'post'), ('creator__isnull', False)), models.Q(('purpose', 'creative'), ('creator__isnull', True)), _connector='OR'), name='a_post_has_a_creator_a_creative_has_none'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'ready'), _negated=True), ('duration_ms__gt', 0), _connector='OR'), name='a_ready_video_has_a_length'), models.CheckConstraint(condition=models.Q(('progress_bp__lte', 10000)), name='progress_ends_at_10000_bp')],
                },
            ),
            migrations.CreateModel(
                name='Step',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('status', models.CharField(choices=[('uploading', 'Uploading'), ('quarantined', 'Waiting to be checked'), ('transcoding', 'Being prepared'), ('ready', 'Ready'), ('refused', 'Refused'), ('removed', 'Removed')], max_length=16)),
                    ('why', models.CharField(blank=True, max_length=300)),
                    ('taken_at', models.DateTimeField()),
                    ('taken_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='videos.video')),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
        ]),
    ]

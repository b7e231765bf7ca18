"""Videos for members of a creator, for good or until all may watch them."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_regions'),
        ('videos', '0005_channels'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='video',
            name='members_rank',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='video',
            name='opens_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='video',
            name='visibility',
            field=models.CharField(choices=[('public', 'Everyone'), ('unlisted', 'Anyone with the link'), ('members', 'Members'), ('private', 'Only me')], default='public', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='video',
            constraint=models.CheckConstraint(condition=models.Q(('opens_at__isnull', True), ('visibility', 'members'), _connector='OR'), name='only_what_is_for_members_opens_later'),
        ),
    ]

"""Corrections are worked out by a worker before they are proposed: why, and what was looked at."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0001_squashed_0008_trials'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='trial',
            name='a_trial_is_known',
        ),
        migrations.AddField(
            model_name='trial',
            name='reason',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='trial',
            name='seen',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='trial',
            name='kind',
            field=models.CharField(choices=[('close', 'Its close'), ('correction', 'A correction'), ('proposal', 'A correction, to propose it')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['close', 'correction', 'proposal'])), name='a_trial_is_known'),
        ),
    ]

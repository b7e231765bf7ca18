"""Orders to work a period out, how far a worker is, and what a correction would change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0007_revisions'),
        ('people', '0002_acts_of_the_machine'),
        ('videos', '0002_steps_and_captions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('period', models.CharField(max_length=16)),
                ('kind', models.CharField(choices=[('close', 'Its close'), ('correction', 'A correction')], max_length=10)),
                ('ordered_at', models.DateTimeField()),
                ('day_count', models.PositiveIntegerField(null=True)),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('event_count', models.BigIntegerField(default=0)),
                ('byte_count', models.BigIntegerField(default=0)),
                ('took_ms', models.BigIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('refusal', models.CharField(blank=True, max_length=500)),
                ('lines_digest', models.CharField(blank=True, max_length=64)),
                ('line_count', models.PositiveIntegerField(default=0)),
                ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='TrialLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('country', models.CharField(max_length=2)),
                ('why', models.CharField(max_length=300)),
                ('views_before', models.BigIntegerField()),
                ('views_after', models.BigIntegerField()),
                ('currency', models.CharField(max_length=4)),
                ('change_micros', models.BigIntegerField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.creator')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='insights.trial')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='videos.video')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.UniqueConstraint(fields=('period', 'kind'), name='a_period_is_tried_once'),
        ),
        migrations.AddConstraint(
            model_name='trial',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['close', 'correction'])), name='a_trial_is_known'),
        ),
    ]

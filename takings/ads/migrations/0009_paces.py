"""Campaigns that spread their budget over their days, and the pace of each now."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0008_player_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Pace',
            fields=[
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='pace', serialize=False, to='ads.campaign')),
                ('pace_ppm', models.PositiveIntegerField()),
                ('set_at', models.DateTimeField()),
                ('chosen_at', models.DateTimeField()),
                ('chosen_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pace_ppm__gt', 0), ('pace_ppm__lte', 1000000)), name='a_pace_is_a_part_of_the_whole')],
            },
        ),
    ]

"""What viewers did with each ad that was chosen."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0017_conversions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Showing',
            fields=[
                ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                ('video_id', models.UUIDField()),
                ('placement', models.PositiveSmallIntegerField()),
                ('country', models.CharField(max_length=2)),
                ('day', models.DateField()),
                ('kinds', models.PositiveIntegerField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='showings', to='ads.campaign')),
            ],
            options={
                'indexes': [models.Index(fields=['campaign', 'day'], name='showings_of_a_campaign')],
            },
        ),
    ]

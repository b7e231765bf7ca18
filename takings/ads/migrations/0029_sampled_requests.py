"""A sample of requests for ads, from which forecasts are made."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0028_decided_facts"),
    ]

    operations = [
        migrations.CreateModel(
            name='SampledRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter_at', models.DateTimeField(db_index=True)),
                ('country', models.CharField(max_length=2)),
                ('language', models.CharField(blank=True, max_length=2)),
                ('device', models.CharField(blank=True, max_length=8)),
                ('placement', models.PositiveSmallIntegerField()),
                ('after_video_id', models.UUIDField()),
                ('floor_micros', models.BigIntegerField()),
                ('to_win_micros', models.BigIntegerField()),
                ('weight_ppm', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('weight_ppm__gte', 1000000)), name='a_sample_stands_for_one_at_least')],
            },
        ),
    ]

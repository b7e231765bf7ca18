"""What is told live: its rows, and how far they are numbered."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Count',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('last', models.BigIntegerField(default=0)),
                ('forgotten', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='one_count_of_events'), models.CheckConstraint(condition=models.Q(('forgotten__gte', 0), ('forgotten__lte', models.F('last'))), name='only_what_was_told_is_forgotten')],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=32)),
                ('body', models.TextField()),
                ('may_drop', models.BooleanField()),
                ('published_at', models.DateTimeField()),
                ('number', models.BigIntegerField(null=True, unique=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('number__isnull', True)), fields=['id'], name='events_to_number'), models.Index(fields=['topic', 'number'], name='events_of_a_topic')],
            },
        ),
    ]

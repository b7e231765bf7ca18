"""What a video says of who had a reason to pay for it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('videos', '0050_for_members'),
    ]

    operations = [
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('video', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='disclosure', serialize=False, to='videos.video')),
                ('kind', models.CharField(choices=[('partnership', 'I was paid for it'), ('gifted', 'I was given the product'), ('affiliate', 'I earn by links or codes in it'), ('own', 'It promotes what is mine')], max_length=11)),
                ('partner', models.CharField(blank=True, max_length=80)),
                ('is_forced', models.BooleanField(default=False)),
                ('said_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'own'), ('partner', '')), models.Q(models.Q(('kind', 'own'), _negated=True), models.Q(('partner', ''), _negated=True)), _connector='OR'), name='a_disclosure_names_who_paid')],
            },
        ),
    ]

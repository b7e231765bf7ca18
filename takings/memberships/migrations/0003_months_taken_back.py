"""The index by which ad servers learn, every two seconds, whose pass ended early."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memberships', '0002_fee_shares'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='month',
            index=models.Index(condition=models.Q(('taken_back_at__isnull', False)), fields=['ends_at'], name='months_taken_back'),
        ),
    ]

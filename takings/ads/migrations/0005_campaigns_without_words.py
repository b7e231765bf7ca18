"""What was moved into creatives leaves the campaign."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0004_creatives_moved'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='campaign',
            name='call_to_action',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='creative',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='headline',
        ),
        migrations.RemoveField(
            model_name='campaign',
            name='landing_url',
        ),
    ]

"""An act without an operator is one of whoever runs the machine."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('people', '0001_people')]

    operations = [
        migrations.AlterField(
            model_name='staffact',
            name='operator',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='staff_acts', to=settings.AUTH_USER_MODEL),
        ),
    ]

"""Reserves: holds that the policy of a release keeps, without a person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0004_splits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='earningshold',
            name='held_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='earningshold',
            name='release',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reserve', to='settlement.release'),
        ),
        migrations.AddConstraint(
            model_name='earningshold',
            constraint=models.CheckConstraint(
                condition=Q(('held_by__isnull', True)) ^ Q(('release__isnull', True)), name='a_person_or_a_policy_holds'
            ),
        ),
    ]

"""Months that are lifted into a higher tier for the days that are left."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memberships', '0010_members'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membermonth',
            name='a_members_month_is_paid_once',
        ),
        migrations.AddField(
            model_name='membermonth',
            name='is_rest',
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name='membermonth',
            constraint=models.UniqueConstraint(condition=models.Q(('is_rest', False), ('paid_at__isnull', False)), fields=('member', 'began_at', 'number'), name='a_members_month_is_paid_once'),
        ),
    ]

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0046_own_showings"),
    ]

    operations = [
        migrations.AddField(
            model_name='lineitem',
            name='regions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='lineitem',
            name='blocked_regions',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='sampledrequest',
            name='region',
            field=models.CharField(blank=True, default='', max_length=6),
        ),
    ]

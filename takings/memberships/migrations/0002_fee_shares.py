"""Where the fees of passes go, worked out for their owners to see."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('memberships', '0001_passes'),
        ('people', '0005_ad_free'),
    ]

    operations = [
        migrations.CreateModel(
            name='FeeShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(max_length=16)),
                ('currency', models.CharField(max_length=3)),
                ('amount_micros', models.BigIntegerField()),
                ('is_final', models.BooleanField()),
                ('ad_free_pass', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fee_shares', to='memberships.pass')),
                ('creator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('ad_free_pass', 'period', 'currency', 'creator', 'is_final'), name='a_fee_is_told_once', nulls_distinct=False)],
            },
        ),
    ]

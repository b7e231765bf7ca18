"""Licence keys that wait for a buyer, or have one."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0002_discounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='variant',
            name='has_keys',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='LicenceKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.CharField(max_length=200)),
                ('given_at', models.DateTimeField(null=True)),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='licence_keys', to='shop.orderline')),
                ('variant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='licence_keys', to='shop.variant')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('line__isnull', True)), fields=['variant'], name='keys_that_wait')],
                'constraints': [models.UniqueConstraint(fields=('variant', 'content'), name='a_key_is_sold_once'), models.CheckConstraint(condition=models.Q(models.Q(('given_at__isnull', True), ('line__isnull', True)), models.Q(('given_at__isnull', False), ('line__isnull', False)), _connector='OR'), name='a_key_that_was_given_says_when')],
            },
        ),
    ]

"""Codes that take something off goods; parcels and lines keep which, and how much."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0006_regions'),
        ('shop', '0001_shop'),
        ('videos', '0060_disclosures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Discount',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=24)),
                ('percent_bp', models.PositiveIntegerField(null=True)),
                ('amount_micros', models.BigIntegerField(null=True)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('most_uses', models.PositiveIntegerField(null=True)),
                ('stopped_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-starts_at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='orderline',
            name='off_micros',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('off_micros__gte', 0)), name='a_code_makes_nothing_dearer'),
        ),
        migrations.AddField(
            model_name='discount',
            name='shop',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='discounts', to='shop.shop'),
        ),
        migrations.AddField(
            model_name='parcel',
            name='discount',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='shop.discount'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.UniqueConstraint(fields=('shop', 'code'), name='a_shop_has_a_code_once'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_micros__isnull', True), ('percent_bp__gt', 0), ('percent_bp__lt', 10000)), models.Q(('amount_micros__gt', 0), ('percent_bp__isnull', True)), _connector='OR'), name='a_code_takes_a_part_or_an_amount_off'),
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='a_code_ends_after_it_begins'),
        ),
    ]

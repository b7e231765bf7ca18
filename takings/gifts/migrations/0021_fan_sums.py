"""What each fan gave each creator, in a row that moves with their gifts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gifts', '0020_rooms'),
        ('people', '0006_regions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FanSum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_anonymous', models.BooleanField()),
                ('gift_count', models.BigIntegerField()),
                ('coins_micros', models.BigIntegerField()),
                ('creator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='fan_sums', to='people.creator')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['creator', '-coins_micros'], name='fans_by_coins'), models.Index(fields=['creator', '-gift_count'], name='fans_by_gifts')],
                'constraints': [models.UniqueConstraint(fields=('creator', 'sender', 'is_anonymous'), name='a_fan_is_summed_once'), models.CheckConstraint(condition=models.Q(('coins_micros__gte', 0), ('gift_count__gte', 0)), name='a_fan_gave_no_less')],
            },
        ),
    ]

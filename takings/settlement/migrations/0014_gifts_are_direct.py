"""Gifts are their creators' from the start, as ads inside videos are; one may be paid in two currencies."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0013_direct_earnings'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='directearning',
            name='an_entry_earns_a_day_once',
        ),
        migrations.RemoveConstraint(
            model_name='poolresult',
            name='a_pool_with_money_has_an_entry',
        ),
        migrations.AddConstraint(
            model_name='directearning',
            constraint=models.UniqueConstraint(fields=('entry_id', 'video', 'day', 'currency'), name='an_entry_earns_a_day_once'),
        ),
        migrations.AddConstraint(
            model_name='poolresult',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', True), ('total_micros', 0)), models.Q(('entry_id__isnull', False), ('total_micros__gt', 0)), models.Q(('entry_id__isnull', True), ('product__in', ['watch_ads', 'gifts']), ('total_micros__gt', 0)), _connector='OR'), name='a_pool_with_money_has_an_entry'),
        ),
    ]

"""Pools of several products: every row says of which, and those that were there are of feed ads.

A column with a constant default is added without touching rows, so final rows stay as they are.
"""

from django.db import migrations, models

UNIQUE = {
    ('poolresult', 'a_pool_is_shared_once'): ('period', 'country', 'currency'),
    ('rightsline', 'a_holder_is_paid_once'): ('period', 'country', 'currency', 'holder'),
    ('shareline', 'a_video_earns_once_a_day'): ('period', 'country', 'currency', 'video', 'day'),
    ('splitline', 'a_line_is_split_once'): ('period', 'country', 'currency', 'video', 'day', 'creator'),
}
TABLES = ('estimateline', 'poolresult', 'rightsline', 'shareline', 'splitline')


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0007_close_proposals'),
    ]

    operations = [
        *(migrations.RemoveConstraint(model_name=table, name=name) for table, name in UNIQUE),
        *(
            migrations.AddField(
                model_name=table,
                name='product',
                field=models.CharField(default='feed_ads', max_length=40),
            )
            for table in TABLES
        ),
        migrations.AddField(
            model_name='poolresult',
            name='said',
            field=models.TextField(blank=True, default=''),
        ),
        *(
            migrations.AddConstraint(
                model_name=table,
                constraint=models.UniqueConstraint(fields=(*fields, 'product'), name=name),
            )
            for (table, name), fields in UNIQUE.items()
        ),
    ]

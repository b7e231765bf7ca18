"""A line item says what it pays for; those there are pay for viewable views."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0014_second_look'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='lineitem',
            name='line_item_price_is_positive',
        ),
        migrations.RenameField(
            model_name='lineitem',
            old_name='cpm_micros',
            new_name='price_micros',
        ),
        migrations.AddField(
            model_name='lineitem',
            name='pricing',
            field=models.CharField(choices=[('cpm', '1,000 impressions'), ('vcpm', '1,000 viewable views'), ('cpv', 'one completed view'), ('cpc', 'one click')], default='vcpm', max_length=4),
        ),
        migrations.AddConstraint(
            model_name='lineitem',
            constraint=models.CheckConstraint(condition=models.Q(('price_micros__gt', 0)), name='line_item_price_is_positive'),
        ),
    ]

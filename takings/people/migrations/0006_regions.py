from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0005_ad_free"),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='region',
            field=models.CharField(blank=True, default='', max_length=6),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('region', ''), ('region__startswith', models.F('country')), _connector='OR'), name='region_is_of_the_country'),
        ),
    ]

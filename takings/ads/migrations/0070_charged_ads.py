import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0060_promoters"),
    ]

    operations = [
        migrations.CreateModel(
            name='ChargedAd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('video_id', models.UUIDField()),
                ('day', models.DateField()),
                ('charge_count', models.BigIntegerField()),
                ('line_item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='charged_ads', to='ads.lineitem')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('line_item', 'day', 'video_id'), name='charges_of_an_ad_are_one_row')],
            },
        ),
    ]

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0041_what_paid_nothing"),
    ]

    operations = [
        migrations.AddField(
            model_name='lineitem',
            name='ads',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='lineitem',
            name='ad_weights',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='lineitem',
            name='rotation',
            field=models.CharField(choices=[('even', 'In turn'), ('best', 'The likeliest most often'), ('weighted', 'By weight')], default='even', max_length=8),
        ),
        migrations.AddConstraint(
            model_name='lineitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ads__len__gt', 0), ('rotation', 'weighted'), ('ad_weights__len', models.F('ads__len'))), models.Q(models.Q(('rotation', 'weighted'), _negated=True), ('ad_weights__len', 0)), _connector='OR'), name='ads_by_weight_have_weights'),
        ),
    ]

"""The platform as an advertiser of itself: its brand, and line items that cost nothing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """CREATE TRIGGER ads_house_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_house
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_house_never_changes ON ads_house;"


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0035_demand_partners"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='lineitem',
            name='pricing',
            field=models.CharField(choices=[('cpm', '1,000 impressions'), ('vcpm', '1,000 viewable views'), ('cpv', 'one completed view'), ('cpc', 'one click'), ('cpa', 'one conversion'), ('free', 'one impression')], default='vcpm', max_length=4),
        ),
        migrations.RemoveConstraint(
            model_name='lineitem',
            name='line_item_price_is_positive',
        ),
        migrations.AddConstraint(
            model_name='lineitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('pricing', 'free'), _negated=True), ('price_micros__gt', 0)), models.Q(('budget_micros__isnull', True), ('daily_budget_micros__isnull', True), ('price_micros', 0), ('pricing', 'free'), ('sale', 'fixed')), _connector='OR'), name='only_what_is_free_has_no_price'),
        ),
        migrations.CreateModel(
            name='House',
            fields=[
                ('brand', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='people.brand')),
                ('is_only', models.BooleanField(default=True, unique=True)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('is_only', True)), name='there_is_one_house')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

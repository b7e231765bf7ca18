import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from takings.ads.models.partners import OUTCOMES

LAW = """
    CREATE TRIGGER ads_dealwin_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_dealwin
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""
UNDO = "DROP TRIGGER ads_dealwin_never_changes ON ads_dealwin;"


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0073_categories_of_partners_ads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Deal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=64, unique=True)),
                ('kind', models.CharField(choices=[('floor', 'At least this price'), ('fixed', 'Exactly this price, before the auction')], max_length=5)),
                ('price_micros', models.BigIntegerField()),
                ('currency', models.CharField(max_length=4)),
                ('seats', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, size=None)),
                ('is_on', models.BooleanField()),
                ('added_at', models.DateTimeField()),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deals', to='ads.demandpartner')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('price_micros__gt', 0)), name='a_deal_has_a_price'), models.CheckConstraint(condition=models.Q(('partner', None), models.Q(('seats', []), _negated=True), _connector='XOR'), name='a_deal_with_a_partner_names_seats')],
            },
        ),
        migrations.CreateModel(
            name='DealCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('outcome', models.CharField(choices=OUTCOMES, max_length=16)),
                ('count', models.BigIntegerField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='ads.deal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('deal', 'day', 'outcome'), name='a_deals_outcomes_are_counted_in_one_row')],
            },
        ),
        migrations.CreateModel(
            name='DealWin',
            fields=[
                ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wins', to='ads.deal')),
            ],
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

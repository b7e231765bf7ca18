"""What invoices billed of campaigns. Rows never change."""

import django.db.models.deletion
from django.db import migrations, models


LAW = """CREATE TRIGGER ads_invoicedcampaign_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_invoicedcampaign
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_invoicedcampaign_never_changes ON ads_invoicedcampaign;"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_laws'),
        ('ads', '0001_ads'),
        ('invoicing', '0001_invoices'),
    ]

    operations = [
        migrations.CreateModel(
            name='InvoicedCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('impression_count', models.PositiveIntegerField()),
                ('amount_micros', models.BigIntegerField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoiced', to='ads.campaign')),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='invoicing.invoice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('campaign', 'month'), name='a_campaign_is_invoiced_once_a_month'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='an_invoiced_campaign_costs_something')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

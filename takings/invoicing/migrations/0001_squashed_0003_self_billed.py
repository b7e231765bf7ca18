"""All tables of invoicing, as 3 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_invoices",
    "0002_invoice_files",
    "0003_self_billed",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("invoicing", name) for name in REPLACED]

    dependencies = [
        ("ledger", "0002_laws"),
        ("people", "0003_members"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='BillingDetails',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('customer', models.CharField(db_index=True, max_length=64)),
                    ('name', models.CharField(max_length=120)),
                    ('address', models.TextField(max_length=500)),
                    ('country', models.CharField(max_length=2)),
                    ('tax_id', models.CharField(blank=True, max_length=32)),
                    ('given_at', models.DateTimeField()),
                    ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Invoice',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('entity', models.CharField(max_length=8)),
                    ('series', models.CharField(max_length=12)),
                    ('number', models.PositiveIntegerField()),
                    ('code', models.CharField(max_length=32, unique=True)),
                    ('kind', models.CharField(max_length=12)),
                    ('reference', models.CharField(max_length=120)),
                    ('customer', models.CharField(max_length=64)),
                    ('currency', models.CharField(max_length=4)),
                    ('net_micros', models.BigIntegerField()),
                    ('tax_micros', models.BigIntegerField()),
                    ('gross_micros', models.BigIntegerField()),
                    ('content', models.TextField()),
                    ('digest', models.CharField(db_index=True, max_length=64)),
                    ('issued_at', models.DateTimeField()),
                    ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='invoicing.invoice')),
                ],
                options={
                    'indexes': [models.Index(fields=['customer', 'issued_at'], name='invoices_of_a_customer')],
                    'constraints': [models.UniqueConstraint(fields=('entity', 'series', 'number'), name='a_number_is_given_once'), models.UniqueConstraint(fields=('kind', 'reference'), name='a_fact_is_invoiced_once'), models.CheckConstraint(condition=models.Q(('gross_micros', django.db.models.expressions.CombinedExpression(models.F('net_micros'), '+', models.F('tax_micros')))), name='net_and_tax_are_gross'), models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'credit_note')), models.Q(('corrects__isnull', True), ('kind__in', ['invoice', 'receipt', 'self_billed'])), _connector='OR'), name='only_credit_notes_correct')],
                },
            ),
            migrations.CreateModel(
                name='InvoiceFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sha256', models.CharField(max_length=64, unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='invoicing.invoice')),
                ],
            ),
        ]),
        *laws_of("invoicing", REPLACED),
    ]

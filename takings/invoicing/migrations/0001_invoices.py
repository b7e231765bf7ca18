"""Invoices: numbered without a gap, by PostgreSQL's own law, and never changed."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE FUNCTION invoicing_lock_series(entity text, series text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('invoicing ' || entity || ' ' || series, 0))
$$;

CREATE FUNCTION invoicing_numbers_have_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last integer;
BEGIN
    PERFORM invoicing_lock_series(NEW.entity, NEW.series);
    SELECT max(number) INTO last FROM invoicing_invoice
        WHERE entity = NEW.entity AND series = NEW.series;
    IF NEW.number <> coalesce(last, 0) + 1 THEN
        RAISE EXCEPTION 'number % does not follow % in series %-%',
            NEW.number, coalesce(last, 0), NEW.entity, NEW.series
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER numbers_have_no_gap BEFORE INSERT ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoicing_numbers_have_no_gap();
CREATE TRIGGER invoicing_invoice_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
CREATE TRIGGER invoicing_billingdetails_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_billingdetails
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""
UNDO = """
DROP TRIGGER invoicing_billingdetails_never_changes ON invoicing_billingdetails;
DROP TRIGGER invoicing_invoice_never_changes ON invoicing_invoice;
DROP TRIGGER numbers_have_no_gap ON invoicing_invoice;
DROP FUNCTION invoicing_numbers_have_no_gap();
DROP FUNCTION invoicing_lock_series(text, text);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('ledger', '0002_laws'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ('digest', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('corrects', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='invoicing.invoice')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'issued_at'], name='invoices_of_a_customer')],
                'constraints': [models.UniqueConstraint(fields=('entity', 'series', 'number'), name='a_number_is_given_once'), models.UniqueConstraint(fields=('kind', 'reference'), name='a_fact_is_invoiced_once'), models.CheckConstraint(condition=models.Q(('gross_micros', django.db.models.expressions.CombinedExpression(models.F('net_micros'), '+', models.F('tax_micros')))), name='net_and_tax_are_gross'), models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'credit_note')), models.Q(('corrects__isnull', True), ('kind__in', ['invoice', 'receipt'])), _connector='OR'), name='only_credit_notes_correct')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

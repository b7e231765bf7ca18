"""Invoices that a customer writes in the name of a supplier."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Lets them be."""

    dependencies = [
        ('invoicing', '0002_invoice_files'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='invoice',
            name='only_credit_notes_correct',
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'credit_note')), models.Q(('corrects__isnull', True), ('kind__in', ['invoice', 'receipt', 'self_billed'])), _connector='OR'), name='only_credit_notes_correct'),
        ),
    ]

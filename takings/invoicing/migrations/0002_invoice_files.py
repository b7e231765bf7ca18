"""The digests of invoices that were given out, so that a changed one is told from them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('invoicing', '0001_invoices'),
    ]

    operations = [
        migrations.AlterField(
            model_name='invoice',
            name='digest',
            field=models.CharField(db_index=True, max_length=64),
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
        migrations.RunSQL(
            sql="""CREATE TRIGGER invoicing_invoicefile_never_changes
                BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_invoicefile
                FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();""",
            reverse_sql="DROP TRIGGER invoicing_invoicefile_never_changes ON invoicing_invoicefile;",
        ),
    ]

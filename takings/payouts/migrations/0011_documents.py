"""Documents that prove who a creator is; rows never change."""

import django.db.models.deletion
from django.db import migrations, models


LAW = (
    "CREATE TRIGGER document_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts_document "
    "FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"
)
UNDO = "DROP TRIGGER document_never_changes ON payouts_document;"


class Migration(migrations.Migration):
    """Adds the table and its law."""

    dependencies = [
        ('payouts', '0010_self_billing'),
        ('people', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('proves', models.CharField(choices=[('identity', 'Passport or identity card'), ('address', 'Proof of address'), ('company', 'Extract from the register of companies'), ('tax', 'Tax certificate')], max_length=8)),
                ('content_type', models.CharField(max_length=20)),
                ('suffix', models.CharField(max_length=4)),
                ('content', models.BinaryField()),
                ('digest', models.CharField(max_length=64)),
                ('sent_at', models.DateTimeField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
            options={
                'ordering': ['sent_at', 'id'],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

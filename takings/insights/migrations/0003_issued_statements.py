"""What was given out: the content of statements, and the digests of their files. Never changed."""

import django.db.models.deletion
from django.db import migrations, models


ISSUED = ("insights_issuedstatement", "insights_issuedfile")
LAW = """CREATE TRIGGER {0}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {0}
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER {0}_never_changes ON {0};"


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0002_showings'),
        ('ledger', '0002_laws'),
        ('settlement', '0002_laws'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuedStatement',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('content', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='issued', to='settlement.statement')),
            ],
        ),
        migrations.CreateModel(
            name='IssuedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(max_length=4)),
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('issued', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='insights.issuedstatement')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('form__in', ['pdf', 'csv', 'json'])), name='a_form_is_one_of_three')],
            },
        ),
        migrations.RunSQL(
            sql="".join(LAW.format(table) for table in ISSUED),
            reverse_sql="".join(UNDO.format(table) for table in ISSUED),
        ),
    ]

"""Payment advices: what was given out of payouts. Never changed."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0004_adjustments'),
        ('ledger', '0002_laws'),
        ('payouts', '0004_source_part'),
    ]

    operations = [
        migrations.CreateModel(
            name='IssuedAdvice',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tells', models.CharField(choices=[('sent', 'It was sent'), ('returned', 'It came back')], max_length=8)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('content', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField()),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='advices', to='payouts.payout')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=['payout', 'tells'], name='a_payout_is_advised_once')],
            },
        ),
        migrations.AlterField(
            model_name='issuedfile',
            name='issued',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='insights.issuedstatement'),
        ),
        migrations.AddField(
            model_name='issuedfile',
            name='advice',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='insights.issuedadvice'),
        ),
        migrations.AddConstraint(
            model_name='issuedfile',
            constraint=models.CheckConstraint(
                condition=Q(('issued__isnull', True)) ^ Q(('advice__isnull', True)), name='a_file_is_of_one_document'
            ),
        ),
        migrations.RunSQL(
            sql="""CREATE TRIGGER insights_issuedadvice_never_changes
                BEFORE UPDATE OR DELETE OR TRUNCATE ON insights_issuedadvice
                FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();""",
            reverse_sql="DROP TRIGGER insights_issuedadvice_never_changes ON insights_issuedadvice;",
        ),
    ]

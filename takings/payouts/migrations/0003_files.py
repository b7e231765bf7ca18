"""Files to the bank and from it: stored byte for byte, never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FINAL = ("bankfile", "answerfile", "answer")
LAWS = "".join(
    f"CREATE TRIGGER {name}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts_{name} "
    "FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
    for name in FINAL
)
UNDO = "".join(f"DROP TRIGGER {name}_never_changes ON payouts_{name};\n" for name in FINAL)


class Migration(migrations.Migration):
    """Adds the tables and their law."""

    dependencies = [
        ('payouts', '0002_batches'),
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AnswerFile',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('speech', models.CharField(choices=[('pain.002', 'Status report (pain.002)'), ('camt.053', 'Account statement (camt.053)'), ('csv', 'Table of results (CSV)')], max_length=8)),
                ('name', models.CharField(max_length=120)),
                ('content', models.BinaryField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('unknown_count', models.PositiveIntegerField(default=0)),
                ('read_at', models.DateTimeField()),
                ('read_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told', models.CharField(choices=[('accepted', 'The bank took it'), ('settled', 'The bank paid it'), ('returned', 'The bank gave it back')], max_length=8)),
                ('code', models.CharField(blank=True, max_length=8)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='payouts.payout')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='payouts.answerfile')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='BankFile',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('rail', models.CharField(max_length=8)),
                ('currency', models.CharField(max_length=4)),
                ('number', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('content', models.BinaryField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('payout_count', models.PositiveIntegerField()),
                ('total_micros', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='payouts.batch')),
            ],
        ),
        migrations.AddField(
            model_name='payout',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payouts.bankfile'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(condition=models.Q(('file__isnull', True), ('state', 'sent')), fields=['batch', 'rail', 'currency'], name='payouts_without_a_file'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('file', 'payout'), name='a_file_answers_a_payout_once'),
        ),
        migrations.AddConstraint(
            model_name='bankfile',
            constraint=models.UniqueConstraint(fields=('batch', 'rail', 'currency', 'number'), name='a_bank_file_is_made_once'),
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

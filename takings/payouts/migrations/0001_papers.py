"""Who is paid and where to: versions that never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TABLES = ("payouts_profile", "payouts_review", "payouts_method")
LAWS = "".join(
    f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();\n"
    for table in TABLES
)
UNDO = "".join(f"DROP TRIGGER {table}_never_changes ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    """Adds the tables and their law."""

    initial = True

    dependencies = [
        ('ledger', '0002_laws'),
        ('people', '0001_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('legal', models.CharField(choices=[('person', 'A person'), ('company', 'A company')], max_length=8)),
                ('country', models.CharField(max_length=2)),
                ('tax_form', models.CharField(choices=[('none', 'No form yet'), ('w9', 'W-9: I pay tax in the United States'), ('w8ben', 'W-8BEN: I pay tax elsewhere')], max_length=8)),
                ('claims_treaty', models.BooleanField()),
                ('self_billing', models.BooleanField()),
                ('legal_name', models.BinaryField()),
                ('papers', models.BinaryField()),
                ('submitted_at', models.DateTimeField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('verified', 'Verified'), ('cleared', 'Verified; the one on the list is somebody else'), ('rejected', 'Rejected')], max_length=8)),
                ('reason', models.CharField(max_length=500)),
                ('hit_count', models.PositiveIntegerField()),
                ('list_digest', models.CharField(max_length=64)),
                ('reviewed_at', models.DateTimeField()),
                ('profile', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='payouts.profile')),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Method',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(choices=[('sepa', 'Bank account in euros (SEPA)'), ('us_bank', 'Bank account in the United States'), ('iban', 'Bank account elsewhere (IBAN)'), ('manual', 'Payment by hand')], max_length=8)),
                ('currency', models.CharField(max_length=4)),
                ('masked', models.CharField(max_length=24)),
                ('fingerprint', models.CharField(db_index=True, max_length=64)),
                ('details', models.BinaryField()),
                ('added_at', models.DateTimeField()),
                ('usable_from', models.DateTimeField()),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('creator', 'number'), name='method_versions_are_numbered')],
            },
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.UniqueConstraint(fields=('creator', 'number'), name='profile_versions_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='profile_country_is_iso_3166'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_verdict_has_a_reason'),
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

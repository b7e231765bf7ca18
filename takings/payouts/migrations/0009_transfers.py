"""Accounts at providers, transfers to them, and their messages; what was told never changes."""

import django.db.models.deletion
from django.db import migrations, models


LAW = (
    "CREATE TRIGGER transfernews_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE "
    "ON payouts_transfernews FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"
)
UNDO = "DROP TRIGGER transfernews_never_changes ON payouts_transfernews;"


class Migration(migrations.Migration):
    """Adds the tables and their law."""

    dependencies = [
        ('payouts', '0008_draft_orders'),
        ('people', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.CharField(max_length=16)),
                ('event_id', models.CharField(max_length=120)),
                ('account', models.CharField(blank=True, max_length=80)),
                ('transfer', models.CharField(blank=True, max_length=80)),
                ('key', models.UUIDField(null=True)),
                ('received_at', models.DateTimeField()),
                ('worked_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('payout', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='transfer', serialize=False, to='payouts.payout')),
                ('key', models.UUIDField(unique=True)),
                ('try_count', models.PositiveIntegerField(default=1)),
                ('status', models.CharField(choices=[('asked', 'Being sent'), ('unknown', 'No answer yet'), ('waiting', 'The provider holds too little'), ('made', 'The provider has it'), ('refused', 'Refused')], default='asked', max_length=8)),
                ('ref', models.CharField(blank=True, db_index=True, max_length=80)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('ask_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField(null=True)),
                ('returned_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TransferNews',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('told', models.CharField(choices=[('sent', 'The provider took it'), ('settled', 'The provider paid it'), ('failed', 'The bank gave it back to the provider'), ('returned', 'The provider gave it back'), ('refused', 'The provider refused it')], max_length=8)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('heard_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AlterField(
            model_name='method',
            name='kind',
            field=models.CharField(choices=[('sepa', 'Bank account in euros (SEPA)'), ('us_bank', 'Bank account in the United States'), ('iban', 'Bank account elsewhere (IBAN)'), ('provider', 'Account at a payment provider'), ('manual', 'Payment by hand')], max_length=8),
        ),
        migrations.CreateModel(
            name='ProviderAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(unique=True)),
                ('provider', models.CharField(max_length=16)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=4)),
                ('ref', models.CharField(blank=True, max_length=80)),
                ('state', models.CharField(choices=[('onboarding', 'To be completed'), ('ready', 'Ready'), ('restricted', 'Restricted')], default='onboarding', max_length=10)),
                ('missing', models.CharField(blank=True, max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('ask_at', models.DateTimeField(null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
        ),
        migrations.AddField(
            model_name='method',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.provideraccount'),
        ),
        migrations.AddConstraint(
            model_name='method',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('kind', 'provider')), models.Q(models.Q(('kind', 'provider'), _negated=True), ('account__isnull', True)), _connector='OR'), name='a_provider_method_has_its_account'),
        ),
        migrations.AddConstraint(
            model_name='providerevent',
            constraint=models.UniqueConstraint(fields=('provider', 'event_id'), name='a_payout_event_comes_once'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='payouts.provideraccount'),
        ),
        migrations.AddField(
            model_name='transfernews',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news', to='payouts.transfer'),
        ),
        migrations.AddIndex(
            model_name='provideraccount',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='accounts_to_ask_for'),
        ),
        migrations.AddConstraint(
            model_name='provideraccount',
            constraint=models.UniqueConstraint(fields=('creator', 'provider'), name='an_account_at_a_provider_is_one'),
        ),
        migrations.AddConstraint(
            model_name='provideraccount',
            constraint=models.UniqueConstraint(condition=models.Q(('ref', ''), _negated=True), fields=('provider', 'ref'), name='a_provider_names_an_account_once'),
        ),
        migrations.AddConstraint(
            model_name='provideraccount',
            constraint=models.CheckConstraint(condition=models.Q(('ref', ''), ('state', 'ready'), _negated=True), name='a_ready_account_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='transfer',
            index=models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='transfers_to_ask_for'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'made'), _negated=True), models.Q(models.Q(('ref', ''), _negated=True), ('made_at__isnull', False)), _connector='OR'), name='a_transfer_that_is_made_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='transfernews',
            constraint=models.UniqueConstraint(fields=('transfer', 'told'), name='a_thing_is_told_once'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

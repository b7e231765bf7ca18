"""All tables of payouts, as 11 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_papers",
    "0002_batches",
    "0003_files",
    "0004_source_part",
    "0005_batch_orders",
    "0006_remitting",
    "0007_escheat",
    "0008_draft_orders",
    "0009_transfers",
    "0010_self_billing",
    "0011_documents",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("payouts", name) for name in REPLACED]

    dependencies = [
        ("invoicing", "0003_self_billed"),
        ("ledger", "0002_laws"),
        ("people", "0003_members"),
        ("settlement", "0011_estimate_pools"),
    ]

    operations = [
        CreateModels([
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('creator', 'number'), name='profile_versions_are_numbered'), models.CheckConstraint(condition=models.Q(('country__regex', '^[A-Z]{2}$')), name='profile_country_is_iso_3166')],
                },
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
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_verdict_has_a_reason')],
                },
            ),
            migrations.CreateModel(
                name='Method',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('number', models.PositiveIntegerField()),
                    ('kind', models.CharField(choices=[('sepa', 'Bank account in euros (SEPA)'), ('us_bank', 'Bank account in the United States'), ('iban', 'Bank account elsewhere (IBAN)'), ('provider', 'Account at a payment provider'), ('manual', 'Payment by hand')], max_length=8)),
                    ('currency', models.CharField(max_length=4)),
                    ('masked', models.CharField(max_length=24)),
                    ('fingerprint', models.CharField(db_index=True, max_length=64)),
                    ('details', models.BinaryField()),
                    ('added_at', models.DateTimeField()),
                    ('usable_from', models.DateTimeField()),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.provideraccount')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('creator', 'number'), name='method_versions_are_numbered'), models.CheckConstraint(condition=models.Q(models.Q(('account__isnull', False), ('kind', 'provider')), models.Q(models.Q(('kind', 'provider'), _negated=True), ('account__isnull', True)), _connector='OR'), name='a_provider_method_has_its_account')],
                },
            ),
            migrations.CreateModel(
                name='Batch',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('policy_version', models.CharField(max_length=40)),
                    ('counts_until', models.DateTimeField()),
                    ('state', models.CharField(choices=[('drafted', 'Waits for a second person'), ('approved', 'Approved'), ('posted', 'In the books'), ('sent', 'Sent to the bank'), ('cancelled', 'Cancelled')], default='drafted', max_length=9)),
                    ('drafted_at', models.DateTimeField()),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('approved_by__isnull', True), models.Q(('approved_by', models.F('drafted_by')), _negated=True), _connector='OR'), name='a_batch_is_approved_by_a_second_person'), models.CheckConstraint(condition=models.Q(('state__in', ['drafted', 'cancelled']), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False)), _connector='OR'), name='what_is_paid_was_approved')],
                },
            ),
            migrations.CreateModel(
                name='BatchStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('drafted', 'Waits for a second person'), ('approved', 'Approved'), ('posted', 'In the books'), ('sent', 'Sent to the bank'), ('cancelled', 'Cancelled')], max_length=9)),
                    ('taken_at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, max_length=500)),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='payouts.batch')),
                    ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('batch', 'state'), name='a_batch_steps_once')],
                },
            ),
            migrations.CreateModel(
                name='Omission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(max_length=4)),
                    ('balance_micros', models.BigIntegerField()),
                    ('reason', models.CharField(max_length=24)),
                    ('sentence', models.CharField(max_length=300)),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='omissions', to='payouts.batch')),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('batch', 'creator'), name='a_creator_is_left_out_once_per_batch')],
                },
            ),
            migrations.CreateModel(
                name='Payout',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('state', models.CharField(choices=[('drafted', 'Being prepared'), ('dropped', 'Left out'), ('sent', 'On its way'), ('settled', 'Paid'), ('returned', 'Came back')], default='drafted', max_length=8)),
                    ('rail', models.CharField(max_length=8)),
                    ('currency', models.CharField(max_length=4)),
                    ('balance_micros', models.BigIntegerField()),
                    ('gross_micros', models.BigIntegerField()),
                    ('withheld_micros', models.BigIntegerField()),
                    ('net_micros', models.BigIntegerField()),
                    ('remainder_micros', models.BigIntegerField()),
                    ('why', models.CharField(blank=True, max_length=300)),
                    ('drafted_at', models.DateTimeField()),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payouts.batch')),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('method', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.method')),
                    ('profile', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.profile')),
                    ('file', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='payouts.bankfile')),
                    ('source_micros', models.BigIntegerField(default=0)),
                ],
                options={
                    'indexes': [models.Index(fields=['creator', '-drafted_at'], name='payouts_of_a_creator'), models.Index(fields=['sent_at'], name='payouts_of_a_year'), models.Index(condition=models.Q(('file__isnull', True), ('state', 'sent')), fields=['batch', 'rail', 'currency'], name='payouts_without_a_file')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'drafted')), fields=('creator',), name='a_creator_is_in_one_open_batch'), models.CheckConstraint(condition=models.Q(('net_micros__gt', 0), ('remainder_micros__gte', 0), ('withheld_micros__gte', 0)), name='a_payout_is_positive'), models.CheckConstraint(condition=models.Q(('gross_micros', django.db.models.expressions.CombinedExpression(models.F('net_micros'), '+', models.F('withheld_micros'))), ('balance_micros', django.db.models.expressions.CombinedExpression(models.F('gross_micros'), '+', models.F('remainder_micros')))), name='a_payout_is_its_parts'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', True), ('state__in', ['drafted', 'dropped'])), models.Q(('sent_at__isnull', False), ('state__in', ['sent', 'settled', 'returned'])), _connector='OR'), name='what_is_sent_knows_when')],
                },
            ),
            migrations.CreateModel(
                name='Line',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('worth_micros', models.BigIntegerField()),
                    ('is_live', models.BooleanField(default=True)),
                    ('statement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.statement')),
                    ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payouts.payout')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('is_live', True), ('statement__isnull', False)), fields=('statement',), name='a_statement_is_paid_once')],
                },
            ),
            migrations.CreateModel(
                name='Conversion',
                fields=[
                    ('entry_id', models.UUIDField(primary_key=True, serialize=False)),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('worth_micros', models.BigIntegerField()),
                    ('rate_reference', models.CharField(max_length=40)),
                    ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conversions', to='payouts.payout')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('worth_micros__gt', 0)), name='a_conversion_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='Withholding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('jurisdiction', models.CharField(max_length=2)),
                    ('reason', models.CharField(max_length=60)),
                    ('base_micros', models.BigIntegerField()),
                    ('rate_bp', models.PositiveIntegerField()),
                    ('amount_micros', models.BigIntegerField()),
                    ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='withholdings', to='payouts.payout')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('payout', 'jurisdiction'), name='a_jurisdiction_withholds_once'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='what_is_withheld_is_positive')],
                },
            ),
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
                    'constraints': [models.UniqueConstraint(fields=('file', 'payout'), name='a_file_answers_a_payout_once')],
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('batch', 'rail', 'currency', 'number'), name='a_bank_file_is_made_once')],
                },
            ),
            migrations.CreateModel(
                name='BatchOrder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ordered_at', models.DateTimeField()),
                    ('reason', models.CharField(max_length=500)),
                    ('refusal', models.CharField(blank=True, max_length=500)),
                    ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='payouts.batch')),
                    ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Remittance',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('purpose', models.CharField(choices=[('tax', 'Tax is paid'), ('refund', 'Tax is paid back to us'), ('unclaimed', 'Unclaimed balances are handed over')], max_length=9)),
                    ('account', models.CharField(max_length=120)),
                    ('currency', models.CharField(max_length=4)),
                    ('paid_micros', models.BigIntegerField()),
                    ('offset_micros', models.BigIntegerField(default=0)),
                    ('reference', models.CharField(max_length=120)),
                    ('proposed_at', models.DateTimeField()),
                    ('is_approved', models.BooleanField(null=True)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answer', models.CharField(blank=True, max_length=500)),
                    ('entry_id', models.UUIDField(null=True)),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_answers_a_remittance'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='the_answer_to_a_remittance_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', False), ('is_approved', True), ('is_approved__isnull', False)), models.Q(models.Q(('is_approved__isnull', True), ('is_approved', False), _connector='OR'), ('entry_id__isnull', True)), _connector='OR'), name='only_an_approved_remittance_is_posted'), models.CheckConstraint(condition=models.Q(('offset_micros__gte', 0), ('paid_micros__gt', 0), models.Q(('reference', ''), _negated=True)), name='a_remittance_pays_for_a_reference'), models.UniqueConstraint(condition=models.Q(('is_approved__isnull', True)), fields=('account', 'currency'), name='an_authority_waits_for_one_answer'), models.UniqueConstraint(condition=models.Q(('is_approved', True)), fields=('purpose', 'account', 'reference'), name='a_reference_is_paid_once')],
                },
            ),
            migrations.CreateModel(
                name='Escheat',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('proposed_at', models.DateTimeField()),
                    ('is_approved', models.BooleanField(null=True)),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('answer', models.CharField(blank=True, max_length=500)),
                    ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_answers_an_escheat'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='the_answer_to_an_escheat_is_whole')],
                },
            ),
            migrations.CreateModel(
                name='EscheatNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('jurisdiction', models.CharField(max_length=2)),
                    ('rests_since', models.DateField()),
                    ('falls_on', models.DateField()),
                    ('given_at', models.DateTimeField()),
                    ('answered_at', models.DateTimeField(null=True)),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('creator', 'rests_since'), name='a_rest_is_told_once')],
                },
            ),
            migrations.CreateModel(
                name='EscheatLine',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('currency', models.CharField(max_length=4)),
                    ('amount_micros', models.BigIntegerField()),
                    ('state', models.CharField(choices=[('proposed', 'Waits for an answer'), ('dropped', 'Left where it is'), ('unclaimed', 'Waits for its owner or the state'), ('claimed', 'Given back to its owner'), ('remitted', 'Handed to the state')], default='proposed', max_length=9)),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                    ('escheat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payouts.escheat')),
                    ('remittance', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='balances', to='payouts.remittance')),
                    ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payouts.escheatnotice')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='an_unclaimed_balance_is_positive'), models.CheckConstraint(condition=models.Q(models.Q(('remittance__isnull', False), ('state', 'remitted')), models.Q(models.Q(('state', 'remitted'), _negated=True), ('remittance__isnull', True)), _connector='OR'), name='what_is_remitted_names_the_payment'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('creator', 'currency'), name='a_balance_is_proposed_once')],
                },
            ),
            migrations.CreateModel(
                name='DraftOrder',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('ordered_at', models.DateTimeField()),
                    ('refusal', models.CharField(blank=True, max_length=500)),
                    ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
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
                options={
                    'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='a_payout_event_comes_once')],
                },
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
                    ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='payouts.provideraccount')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='transfers_to_ask_for')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'made'), _negated=True), models.Q(models.Q(('ref', ''), _negated=True), ('made_at__isnull', False)), _connector='OR'), name='a_transfer_that_is_made_has_a_name')],
                },
            ),
            migrations.CreateModel(
                name='TransferNews',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('told', models.CharField(choices=[('sent', 'The provider took it'), ('settled', 'The provider paid it'), ('failed', 'The bank gave it back to the provider'), ('returned', 'The provider gave it back'), ('refused', 'The provider refused it')], max_length=8)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('heard_at', models.DateTimeField()),
                    ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='news', to='payouts.transfer')),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('transfer', 'told'), name='a_thing_is_told_once')],
                },
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
                options={
                    'indexes': [models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='accounts_to_ask_for')],
                    'constraints': [models.UniqueConstraint(fields=('creator', 'provider'), name='an_account_at_a_provider_is_one'), models.UniqueConstraint(condition=models.Q(('ref', ''), _negated=True), fields=('provider', 'ref'), name='a_provider_names_an_account_once'), models.CheckConstraint(condition=models.Q(('ref', ''), ('state', 'ready'), _negated=True), name='a_ready_account_has_a_name')],
                },
            ),
            migrations.CreateModel(
                name='SelfBill',
                fields=[
                    ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='invoicing.invoice')),
                    ('entry_id', models.UUIDField(null=True)),
                    ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
                ],
            ),
            migrations.CreateModel(
                name='BilledStatement',
                fields=[
                    ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='settlement.statement')),
                    ('amount_micros', models.BigIntegerField()),
                    ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='payouts.selfbill')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gte', 0)), name='a_statement_bills_no_less_than_none')],
                },
            ),
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
        ]),
        *laws_of("payouts", REPLACED),
    ]

"""All tables of payments, as 6 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
import django.db.models.expressions
import takings.payments.rules.facts
from django.conf import settings
from django.db import migrations, models

from takings.squashing import CreateModels, laws_of

REPLACED = (
    "0001_payments",
    "0002_case_kinds",
    "0003_laws",
    "0004_purpose_names",
    "0005_sold_as",
    "0006_refund_holds",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("payments", name) for name in REPLACED]

    dependencies = [
        ("people", "0003_members"),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Reconciliation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=16)),
                    ('day', models.DateField()),
                    ('line_count', models.PositiveIntegerField()),
                    ('difference_count', models.PositiveIntegerField()),
                    ('reconciled_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['id'],
                },
            ),
            migrations.CreateModel(
                name='Payment',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('purpose', models.CharField(max_length=32)),
                    ('subject', models.CharField(max_length=64)),
                    ('provider', models.CharField(max_length=16)),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_micros', models.BigIntegerField()),
                    ('tax_micros', models.BigIntegerField(default=0)),
                    ('description', models.CharField(max_length=120)),
                    ('captures', models.BooleanField(default=True)),
                    ('keeps_card', models.BooleanField(default=False)),
                    ('status', models.CharField(choices=[('created', 'Created'), ('started', 'Started'), ('unknown', 'Unknown'), ('authorised', 'Authorised'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('partly_refunded', 'Partly refunded'), ('refunded', 'Refunded'), ('disputed', 'Disputed'), ('dispute_won', 'Dispute won'), ('dispute_lost', 'Dispute lost')], default=takings.payments.rules.facts.Status['CREATED'], max_length=16)),
                    ('ref', models.CharField(blank=True, max_length=80)),
                    ('checkout_url', models.URLField(blank=True, max_length=2000)),
                    ('card_ref', models.CharField(blank=True, max_length=160)),
                    ('started_at', models.DateTimeField()),
                    ('ask_at', models.DateTimeField(blank=True, null=True)),
                    ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to=settings.AUTH_USER_MODEL)),
                    ('sold_as', models.TextField(blank=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['purpose', 'subject', 'started_at'], name='payments_of_a_subject'), models.Index(condition=models.Q(('ask_at__isnull', False)), fields=['ask_at'], name='payments_to_ask_for')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('tax_micros__gte', 0), ('tax_micros__lte', models.F('amount_micros'))), name='payment_is_positive_and_holds_its_tax'), models.UniqueConstraint(condition=models.Q(('ref', ''), _negated=True), fields=('provider', 'ref'), name='a_provider_ref_is_one_payment'), models.CheckConstraint(condition=models.Q(('purpose__in', ['coins', 'membership', 'order', 'request', 'deal', 'advertiser_balance'])), name='payment_is_for_one_of_the_purposes')],
                },
            ),
            migrations.CreateModel(
                name='Evidence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('dispute', models.CharField(max_length=80)),
                    ('text', models.TextField()),
                    ('stored_at', models.DateTimeField()),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='payments.payment')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('payment', 'dispute'), name='a_dispute_is_answered_once')],
                },
            ),
            migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=16)),
                    ('kind', models.CharField(choices=[('unknown_object', 'Message about a payment we do not know'), ('amount_differs', 'Paid is not what was asked'), ('paid_twice', 'Paid a second time'), ('taken_beyond', 'More was taken than was paid'), ('fact_changed', 'Told again, with other amounts'), ('not_booked', 'Told, but it cannot be booked'), ('never_arrived', 'A call never reached the provider'), ('no_answer', 'A refund is asked for, and not answered for days'), ('not_in_books', 'In the report, not in the books'), ('not_in_report', 'In the books, not in the report'), ('amounts_differ', 'Report and books differ'), ('balance_differs', 'Balances differ')], max_length=16)),
                    ('key', models.CharField(max_length=160)),
                    ('sentence', models.CharField(max_length=500)),
                    ('opened_at', models.DateTimeField()),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('closed_why', models.CharField(blank=True, max_length=500)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='payments.payment')),
                ],
                options={
                    'ordering': ['opened_at', 'id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('provider', 'kind', 'key'), name='an_open_case_is_one_case'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(models.Q(('closed_why', ''), _negated=True), ('owner__isnull', False)), _connector='OR'), name='a_closed_case_says_who_and_why')],
                },
            ),
            migrations.CreateModel(
                name='Attempt',
                fields=[
                    ('id', models.UUIDField(primary_key=True, serialize=False)),
                    ('verb', models.CharField(choices=[('checkout', 'Open a payment page'), ('charge', 'Charge a kept card'), ('capture', 'Take what was reserved'), ('refund', 'Give back')], max_length=8)),
                    ('amount_micros', models.BigIntegerField()),
                    ('status', models.CharField(choices=[('asked', 'Asked'), ('answered', 'Answered'), ('refused', 'Refused'), ('unknown', 'No answer yet')], default='asked', max_length=8)),
                    ('why', models.CharField(blank=True, max_length=300)),
                    ('asked_at', models.DateTimeField()),
                    ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='payments.payment')),
                ],
                options={
                    'ordering': ['asked_at', 'id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='attempt_is_positive')],
                },
            ),
            migrations.CreateModel(
                name='PaymentFact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=16)),
                    ('about', models.CharField(max_length=80)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_micros', models.BigIntegerField()),
                    ('fee_micros', models.BigIntegerField(default=0)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('occurred_at', models.DateTimeField()),
                    ('told_at', models.DateTimeField()),
                    ('booked_at', models.DateTimeField(blank=True, null=True)),
                    ('entry_id', models.UUIDField(blank=True, null=True)),
                    ('is_aside', models.BooleanField(default=False)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='payments.payment')),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('payment', 'kind', 'about'), name='a_fact_is_told_once'), models.CheckConstraint(condition=models.Q(('amount_micros__gte', 0)), name='fact_is_not_negative'), models.CheckConstraint(condition=models.Q(('booked_at__isnull', True), ('is_aside', False), _connector='OR'), name='what_is_aside_is_not_booked')],
                },
            ),
            migrations.CreateModel(
                name='PaymentShare',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', models.CharField(max_length=120)),
                    ('bearer', models.CharField(max_length=120)),
                    ('amount_micros', models.BigIntegerField()),
                    ('given_micros', models.BigIntegerField(default=0)),
                    ('borne_micros', models.BigIntegerField(default=0)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='payments.payment')),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(fields=('payment', 'account'), name='a_share_is_one_account'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0), ('borne_micros__gte', 0), ('given_micros__gte', 0), ('amount_micros__gte', django.db.models.expressions.CombinedExpression(models.F('given_micros'), '+', models.F('borne_micros')))), name='a_share_gives_back_no_more_than_it_got')],
                },
            ),
            migrations.CreateModel(
                name='WebhookEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=16)),
                    ('event_id', models.CharField(max_length=120)),
                    ('ref', models.CharField(max_length=80)),
                    ('body', models.TextField()),
                    ('received_at', models.DateTimeField()),
                    ('worked_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('worked_at__isnull', True)), fields=['received_at'], name='events_that_wait')],
                    'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='a_provider_event_comes_once')],
                },
            ),
            migrations.CreateModel(
                name='RefundHold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('account', models.CharField(max_length=120)),
                    ('amount_micros', models.BigIntegerField()),
                    ('hold_id', models.UUIDField(unique=True)),
                    ('held_at', models.DateTimeField()),
                    ('released_at', models.DateTimeField(blank=True, null=True)),
                    ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_holds', to='payments.payment')),
                ],
                options={
                    'ordering': ['id'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('payment', 'account'), name='an_account_is_held_once_for_a_payment'), models.CheckConstraint(condition=models.Q(('amount_micros__gt', 0)), name='refund_hold_is_positive')],
                },
            ),
        ]),
        *laws_of("payments", REPLACED),
    ]

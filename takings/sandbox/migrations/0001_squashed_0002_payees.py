"""All tables of sandbox, as 2 migrations left them: a new database takes this one instead."""

import django.db.models.deletion
from django.db import migrations, models

from takings.squashing import CreateModels

REPLACED = (
    "0001_sandbox",
    "0002_payees",
)


class Migration(migrations.Migration):

    initial = True

    replaces = [("sandbox", name) for name in REPLACED]

    dependencies = [
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Card',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('number', models.CharField(max_length=16)),
                ],
            ),
            migrations.CreateModel(
                name='Checkout',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('key', models.UUIDField(unique=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_micros', models.BigIntegerField()),
                    ('description', models.CharField(max_length=120)),
                    ('email', models.EmailField(max_length=254)),
                    ('return_url', models.URLField(max_length=500)),
                    ('captures', models.BooleanField()),
                    ('keeps_card', models.BooleanField()),
                    ('opened_at', models.DateTimeField()),
                    ('is_cancelled', models.BooleanField(default=False)),
                ],
            ),
            migrations.CreateModel(
                name='Happening',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('ref', models.CharField(db_index=True, max_length=40)),
                    ('kind', models.CharField(max_length=16)),
                    ('about', models.CharField(max_length=40)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_micros', models.BigIntegerField()),
                    ('gross_micros', models.BigIntegerField()),
                    ('fee_micros', models.BigIntegerField(default=0)),
                    ('reason', models.CharField(blank=True, max_length=40)),
                    ('occurred_at', models.DateTimeField(db_index=True)),
                    ('delivered_count', models.PositiveSmallIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Charge',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('ref', models.CharField(db_index=True, max_length=40)),
                    ('key', models.UUIDField(blank=True, null=True, unique=True)),
                    ('number', models.CharField(max_length=16)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_micros', models.BigIntegerField()),
                    ('captures', models.BooleanField(default=True)),
                    ('status', models.CharField(choices=[('challenged', 'Waits for the owner'), ('late', 'On its way'), ('authorised', 'Reserved'), ('succeeded', 'Paid'), ('failed', 'Declined')], max_length=12)),
                    ('capture_key', models.UUIDField(blank=True, null=True)),
                    ('begun_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField(blank=True, null=True)),
                    ('checkout', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='charges', to='sandbox.checkout')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'failed'), _negated=True), fields=('checkout',), name='sandbox_page_is_paid_once')],
                },
            ),
            migrations.CreateModel(
                name='Dispute',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('amount_micros', models.BigIntegerField()),
                    ('opened_at', models.DateTimeField()),
                    ('evidence', models.TextField(blank=True)),
                    ('ended', models.CharField(blank=True, max_length=4)),
                    ('charge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='sandbox.charge')),
                ],
            ),
            migrations.CreateModel(
                name='Refund',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('key', models.UUIDField(blank=True, null=True, unique=True)),
                    ('amount_micros', models.BigIntegerField()),
                    ('refunded_at', models.DateTimeField()),
                    ('charge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='sandbox.charge')),
                ],
            ),
            migrations.CreateModel(
                name='Payee',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('key', models.UUIDField(unique=True)),
                    ('email', models.EmailField(max_length=254)),
                    ('country', models.CharField(max_length=2)),
                    ('currency', models.CharField(max_length=3)),
                    ('return_url', models.URLField(max_length=500)),
                    ('number', models.CharField(blank=True, max_length=12)),
                    ('status', models.CharField(choices=[('new', 'Nothing was told yet'), ('active', 'Is paid'), ('lacking', 'More papers are needed'), ('refused', 'Not accepted')], default='new', max_length=8)),
                    ('update_count', models.PositiveIntegerField(default=0)),
                    ('opened_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Transfer',
                fields=[
                    ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('key', models.UUIDField(unique=True)),
                    ('currency', models.CharField(max_length=3)),
                    ('amount_micros', models.BigIntegerField()),
                    ('made_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField(blank=True, null=True)),
                    ('returned_at', models.DateTimeField(blank=True, null=True)),
                    ('payee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers', to='sandbox.payee')),
                ],
            ),
        ]),
    ]

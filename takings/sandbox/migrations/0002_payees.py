"""Those whom the sandbox pays, and transfers to them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds the tables."""

    dependencies = [
        ('sandbox', '0001_sandbox'),
    ]

    operations = [
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
    ]

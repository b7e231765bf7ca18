"""Money into pools other than by ads: funding with four eyes, and the fees of members."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

LAW = """
CREATE FUNCTION settlement_guard_funding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
        AND (NEW.id, NEW.product, NEW.country, NEW.period, NEW.source, NEW.currency,
             NEW.amount_micros, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
          = (OLD.id, OLD.product, OLD.country, OLD.period, OLD.source, OLD.currency,
             OLD.amount_micros, OLD.reason, OLD.proposed_by_id, OLD.proposed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the funding of a pool never changes, it is answered once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER funding_is_guarded BEFORE UPDATE OR DELETE ON settlement_poolfunding
    FOR EACH ROW EXECUTE FUNCTION settlement_guard_funding();
CREATE TRIGGER settlement_poolfee_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_poolfee
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""
UNDO = """
DROP TRIGGER settlement_poolfee_never_changes ON settlement_poolfee;
DROP TRIGGER funding_is_guarded ON settlement_poolfunding;
DROP FUNCTION settlement_guard_funding();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0008_products'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PoolFee',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('product', models.CharField(max_length=40)),
                ('country', models.CharField(max_length=2)),
                ('period', models.CharField(max_length=16)),
                ('currency', models.CharField(max_length=4)),
                ('viewer_id', models.UUIDField()),
                ('amount_micros', models.BigIntegerField()),
                ('entry_id', models.UUIDField(unique=True)),
                ('paid_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['period', 'product', 'country', 'currency'], name='fees_of_a_pool')],
                'constraints': [models.CheckConstraint(condition=Q(('amount_micros__gt', 0)), name='a_fee_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='PoolFunding',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('product', models.CharField(max_length=40)),
                ('country', models.CharField(max_length=2)),
                ('period', models.CharField(max_length=16)),
                ('source', models.CharField(max_length=120)),
                ('currency', models.CharField(max_length=4)),
                ('amount_micros', models.BigIntegerField()),
                ('reason', models.CharField(max_length=500)),
                ('entry_id', models.UUIDField(null=True)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=Q(answered_by__isnull=True) | ~Q(answered_by=F('proposed_by')), name='another_person_funds'),
                    models.CheckConstraint(condition=Q(is_approved__isnull=True, answered_by__isnull=True, answered_at__isnull=True) | Q(is_approved__isnull=False, answered_by__isnull=False, answered_at__isnull=False), name='an_answer_to_funding_is_whole'),
                    models.CheckConstraint(condition=Q(is_approved__isnull=False, is_approved=True, entry_id__isnull=False) | (Q(is_approved__isnull=True) | Q(is_approved=False)) & Q(entry_id__isnull=True), name='only_approved_funding_is_posted'),
                    models.CheckConstraint(condition=Q(amount_micros__gt=0) & ~Q(reason=''), name='funding_says_why'),
                ],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

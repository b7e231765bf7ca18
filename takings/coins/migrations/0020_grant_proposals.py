"""Proposals to give bonus coins: answered once, by another person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE FUNCTION coins_guard_grant_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
        AND (NEW.id, NEW.user_id, NEW.coins_micros, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
          = (OLD.id, OLD.user_id, OLD.coins_micros, OLD.reason, OLD.proposed_by_id, OLD.proposed_at)
        THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a proposal to give coins never changes, it is answered once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER grant_proposal_is_guarded BEFORE UPDATE OR DELETE ON coins_grantproposal
    FOR EACH ROW EXECUTE FUNCTION coins_guard_grant_proposal();
"""
UNDO = """
DROP TRIGGER grant_proposal_is_guarded ON coins_grantproposal;
DROP FUNCTION coins_guard_grant_proposal();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('coins', '0002_exchanges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GrantProposal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('coins_micros', models.BigIntegerField()),
                ('reason', models.CharField(max_length=200)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['proposed_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_gives_coins'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_to_a_gift_is_whole'), models.CheckConstraint(condition=models.Q(('coins_micros__gt', 0), models.Q(('reason', ''), _negated=True)), name='a_gift_of_coins_says_why')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

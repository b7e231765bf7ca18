"""Vouchers of shops: what was loaded and given never changes; a fault is answered once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


UNCHANGING = ("voucherkind", "load", "withdrawal", "voucher", "handout")
LAWS = "".join(
    f"""CREATE TRIGGER vouchers_{table}_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE
    ON vouchers_{table} FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();
"""
    for table in UNCHANGING
) + """
CREATE FUNCTION vouchers_guard_fault() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.is_approved IS NULL AND NEW.is_approved IS NOT NULL
        AND (NEW.id, NEW.handout_id, NEW.said, NEW.proposed_by_id, NEW.proposed_at)
          = (OLD.id, OLD.handout_id, OLD.said, OLD.proposed_by_id, OLD.proposed_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a faulty voucher never changes, it is answered once'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER fault_is_guarded BEFORE UPDATE OR DELETE ON vouchers_fault
    FOR EACH ROW EXECUTE FUNCTION vouchers_guard_fault();
"""
UNDO = "".join(
    f"DROP TRIGGER vouchers_{table}_never_changes ON vouchers_{table};" for table in UNCHANGING
) + """
DROP TRIGGER fault_is_guarded ON vouchers_fault;
DROP FUNCTION vouchers_guard_fault();
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('settlement', '0024_exchange_returns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Load',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('code_count', models.PositiveIntegerField()),
                ('loaded_at', models.DateTimeField()),
                ('loaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-loaded_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='VoucherKind',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('shop', models.CharField(max_length=40)),
                ('currency', models.CharField(max_length=3)),
                ('value_micros', models.BigIntegerField()),
                ('price_micros', models.BigIntegerField()),
                ('countries', models.CharField(blank=True, max_length=400)),
                ('terms_url', models.CharField(max_length=300)),
                ('expires_on', models.DateField()),
            ],
            options={
                'ordering': ['shop', 'currency', 'value_micros', 'expires_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('price_micros__gt', 0), ('value_micros__gt', 0)), name='a_voucher_is_worth_something')],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('fingerprint', models.CharField(max_length=64, unique=True)),
                ('tail', models.CharField(max_length=3)),
                ('load', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='vouchers.load')),
                ('kind', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='vouchers.voucherkind')),
            ],
        ),
        migrations.CreateModel(
            name='Handout',
            fields=[
                ('voucher', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='handout', serialize=False, to='vouchers.voucher')),
                ('given_at', models.DateTimeField()),
                ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handouts', to='settlement.exchange')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='vouchers.handout')),
            ],
        ),
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('is_approved', models.BooleanField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('said', models.CharField(max_length=300)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('handout', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='fault', to='vouchers.handout')),
            ],
            options={
                'ordering': ['proposed_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Withdrawal',
            fields=[
                ('load', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='withdrawal', serialize=False, to='vouchers.load')),
                ('reason', models.CharField(max_length=200)),
                ('withdrawn_at', models.DateTimeField()),
                ('withdrawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='handout',
            constraint=models.UniqueConstraint(condition=models.Q(('replaces__isnull', True)), fields=('exchange',), name='an_exchange_gives_one_voucher'),
        ),
        migrations.AddConstraint(
            model_name='handout',
            constraint=models.CheckConstraint(condition=models.Q(('replaces__isnull', True), models.Q(('replaces', models.F('voucher')), _negated=True), _connector='OR'), name='a_voucher_replaces_another_one'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='another_person_answers_a_fault'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('is_approved__isnull', True)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('is_approved__isnull', False)), _connector='OR'), name='an_answer_to_a_fault_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.CheckConstraint(condition=models.Q(('said', ''), _negated=True), name='a_fault_says_what_is_wrong'),
        ),
        migrations.AddConstraint(
            model_name='withdrawal',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='codes_are_withdrawn_for_a_reason'),
        ),
        migrations.RunSQL(sql=LAWS, reverse_sql=UNDO),
    ]

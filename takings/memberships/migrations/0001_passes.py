"""Passes, the months that were ordered and paid, and what happened to a pass."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE TRIGGER memberships_step_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON memberships_step
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER memberships_step_never_changes ON memberships_step"


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0005_ad_free'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('renews', models.BooleanField(default=False)),
                ('kept_with', models.UUIDField(blank=True, null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ad_free_pass', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Month',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('country', models.CharField(max_length=2)),
                ('currency', models.CharField(max_length=3)),
                ('price_micros', models.BigIntegerField()),
                ('ordered_at', models.DateTimeField()),
                ('attempt', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
                ('began_at', models.DateTimeField(blank=True, null=True)),
                ('number', models.PositiveIntegerField(blank=True, null=True)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('earned_until', models.DateField(blank=True, null=True)),
                ('earned_micros', models.BigIntegerField(default=0)),
                ('ad_free_pass', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='memberships.pass')),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('paid', 'A month was paid'), ('declined', 'The card was declined'), ('cancelled', 'Will not go on'), ('resumed', 'Goes on after all'), ('withdrawn', 'Given back by its owner'), ('taken_back', 'A month was taken back'), ('given_again', 'A month stands again')], max_length=12)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('ad_free_pass', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='memberships.pass')),
                ('month', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='memberships.month')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='pass',
            index=models.Index(condition=models.Q(('renews', True)), fields=['ends_at'], name='passes_that_renew'),
        ),
        migrations.AddConstraint(
            model_name='pass',
            constraint=models.CheckConstraint(condition=models.Q(('renews', False), models.Q(('ends_at__isnull', False), ('kept_with__isnull', False)), _connector='OR'), name='what_renews_has_an_end_and_a_card'),
        ),
        migrations.AddIndex(
            model_name='month',
            index=models.Index(condition=models.Q(('paid_at__isnull', False), ('taken_back_at__isnull', True)), fields=['ends_at'], name='months_that_stand'),
        ),
        migrations.AddConstraint(
            model_name='month',
            constraint=models.CheckConstraint(condition=models.Q(('earned_micros__gte', 0), ('price_micros__gt', 0), ('earned_micros__lte', models.F('price_micros'))), name='a_month_earns_no_more_than_its_price'),
        ),
        migrations.AddConstraint(
            model_name='month',
            constraint=models.CheckConstraint(condition=models.Q(('paid_at__isnull', True), models.Q(('began_at__isnull', False), ('earned_until__isnull', False), ('number__gte', 1), ('starts_at__lt', models.F('ends_at'))), _connector='OR'), name='a_paid_month_has_its_place'),
        ),
        migrations.AddConstraint(
            model_name='month',
            constraint=models.UniqueConstraint(condition=models.Q(('paid_at__isnull', False)), fields=('ad_free_pass', 'began_at', 'number'), name='a_month_is_paid_once'),
        ),
        migrations.AddConstraint(
            model_name='month',
            constraint=models.UniqueConstraint(condition=models.Q(('attempt__isnull', False)), fields=('ad_free_pass', 'began_at', 'number', 'attempt'), name='a_month_is_charged_once_an_attempt'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

"""Goals, thanks, names of levels, and who does not want to be named. Thanks never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gifts', '0001_gifts'),
        ('people', '0005_ad_free'),
        ('videos', '0004_category'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FanChoice',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='fan_choice', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('is_anonymous', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='Thanks',
            fields=[
                ('gift', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='thanks', serialize=False, to='gifts.gift')),
                ('text', models.CharField(max_length=300)),
                ('thanked_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=100)),
                ('coins_micros', models.BigIntegerField()),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gift_goals', to='people.creator')),
                ('video', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='gift_goals', to='videos.video')),
            ],
            options={
                'indexes': [models.Index(fields=['creator', '-ends_at'], name='goals_of_a_creator')],
                'constraints': [models.CheckConstraint(condition=models.Q(('coins_micros__gt', 0), ('ends_at__gt', models.F('begins_at')), models.Q(('stopped_at__isnull', True), ('stopped_at__gte', models.F('begins_at')), _connector='OR')), name='a_goal_is_of_coins_and_ends')],
            },
        ),
        migrations.CreateModel(
            name='LevelName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=40)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.creator')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('creator', 'level'), name='a_level_has_one_name')],
            },
        ),
        migrations.RunSQL(
            sql="""CREATE TRIGGER gifts_thanks_never_change BEFORE UPDATE OR DELETE OR TRUNCATE
                ON gifts_thanks FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();""",
            reverse_sql="DROP TRIGGER gifts_thanks_never_change ON gifts_thanks;",
        ),
    ]

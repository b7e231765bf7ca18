"""Rooms, what is said in them, and what was decided about it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """
CREATE TRIGGER live_roomstep_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON live_roomstep
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER live_roomstep_never_changes ON live_roomstep"


class Migration(migrations.Migration):

    dependencies = [
        ('live', '0001_bus'),
        ('people', '0005_ad_free'),
        ('videos', '0004_category'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BlockedWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField()),
                ('creator', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='blocked_words', to='people.creator')),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('process', models.UUIDField()),
                ('topic', models.CharField(max_length=64)),
                ('guest_count', models.PositiveIntegerField()),
                ('names', models.JSONField()),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['topic'], name='presence_of_a_topic')],
                'constraints': [models.UniqueConstraint(fields=('process', 'topic'), name='a_process_counts_once')],
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=100)),
                ('starts_at', models.DateTimeField()),
                ('minimum_age', models.PositiveSmallIntegerField()),
                ('talkers', models.CharField(choices=[('everybody', 'EVERYBODY'), ('followers', 'FOLLOWERS')], max_length=9)),
                ('slow_s', models.PositiveSmallIntegerField()),
                ('publishes', models.BooleanField()),
                ('began_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('creator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='people.creator')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='Restraint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('muted', 'Muted for some minutes'), ('banned', 'Banned from the chat of this room')], max_length=6)),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='restraints', to='live.room')),
            ],
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='live.room')),
            ],
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('text', models.CharField(max_length=300)),
                ('said_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='live.room')),
            ],
        ),
        migrations.CreateModel(
            name='RoomStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('scheduled', 'Scheduled'), ('changed', 'Changed'), ('begun', 'Began'), ('ended', 'Ended'), ('cancelled', 'Cancelled')], max_length=9)),
                ('why', models.CharField(blank=True, max_length=300)),
                ('taken_at', models.DateTimeField()),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='live.room')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ShownName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shown_names', to='live.room')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('harassment', 'Insults or threatens somebody'), ('hate', 'Hates people for what they are'), ('sexual', 'Is sexual'), ('spam', 'Is advertising or fraud'), ('danger', 'Somebody is in danger')], max_length=10)),
                ('reported_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('was_right', models.BooleanField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='live.line')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['reported_at'], name='reports_that_wait')],
                'constraints': [models.UniqueConstraint(fields=('line', 'reported_by'), name='one_report_a_person')],
            },
        ),
        migrations.AddIndex(
            model_name='room',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('ended_at__isnull', True)), fields=['starts_at'], name='rooms_that_are_not_over'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='a_room_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('began_at__isnull', True), ('cancelled_at__isnull', True), _connector='OR'), name='a_room_that_began_is_not_cancelled'),
        ),
        migrations.AddConstraint(
            model_name='room',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('began_at__isnull', False), _connector='OR'), name='what_ends_has_begun'),
        ),
        migrations.AddIndex(
            model_name='restraint',
            index=models.Index(fields=['room', 'user'], name='restraints_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='restraint',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'banned'), ('lifted_at__isnull', True)), fields=('room', 'user'), name='one_ban_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('room', 'user'), name='one_reminder_a_room'),
        ),
        migrations.AddIndex(
            model_name='line',
            index=models.Index(fields=['room', '-said_at'], name='lines_of_a_room'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='a_line_is_removed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='shownname',
            constraint=models.UniqueConstraint(fields=('room', 'user'), name='a_name_is_shown_once'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

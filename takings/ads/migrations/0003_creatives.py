"""What viewers see of a campaign becomes its first creative, and every change is a row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LAW = """CREATE TRIGGER ads_change_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_change
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_change_never_changes ON ads_change;"


class Migration(migrations.Migration):

    dependencies = [
        ('ads', '0002_invoiced_campaigns'),
        ('videos', '0002_steps_and_captions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Creative',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('headline', models.CharField(max_length=60)),
                ('call_to_action', models.CharField(max_length=24)),
                ('landing_url', models.URLField(max_length=500)),
                ('approved_url', models.URLField(blank=True, max_length=500)),
                ('review', models.CharField(choices=[('submitted', 'In review'), ('approved', 'Approved'), ('declined', 'Declined')], default='submitted', max_length=9)),
                ('declined_why', models.CharField(blank=True, max_length=500)),
                ('edition', models.PositiveIntegerField(default=1)),
                ('submitted_at', models.DateTimeField()),
                ('paused_at', models.DateTimeField(blank=True, null=True)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='creatives', to='ads.campaign')),
                ('video', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='videos.video')),
            ],
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=40)),
                ('was', models.CharField(blank=True, max_length=1000)),
                ('became', models.CharField(blank=True, max_length=1000)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('changed_at', models.DateTimeField()),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ads.campaign')),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('creative', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='ads.creative')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='creative',
            index=models.Index(condition=models.Q(('review', 'submitted')), fields=['submitted_at'], name='creative_waits'),
        ),
        migrations.AddConstraint(
            model_name='creative',
            constraint=models.UniqueConstraint(fields=('campaign', 'video'), name='a_campaign_shows_a_video_in_one_creative'),
        ),
        migrations.AddConstraint(
            model_name='creative',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('review', 'approved'), _negated=True), ('approved_url', models.F('landing_url')), _connector='OR'), name='an_approved_creative_leads_where_it_says'),
        ),
        migrations.AddConstraint(
            model_name='creative',
            constraint=models.CheckConstraint(condition=models.Q(('review', 'declined'), ('declined_why', ''), _connector='XOR'), name='a_declined_creative_says_why'),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

"""What both sides say of each other when a deal is over; it never changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LAW = """CREATE TRIGGER sponsorships_rating_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON sponsorships_rating
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER sponsorships_rating_never_changes ON sponsorships_rating;"


class Migration(migrations.Migration):

    dependencies = [
        ('sponsorships', '0001_deals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('brand', 'Brand'), ('creator', 'Creator')], max_length=7)),
                ('stars', models.PositiveSmallIntegerField()),
                ('words', models.CharField(blank=True, max_length=500)),
                ('rated_at', models.DateTimeField()),
                ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='sponsorships.deal')),
                ('rated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('deal', 'side'), name='each_side_rates_once'), models.CheckConstraint(condition=models.Q(('stars__range', (1, 5))), name='one_to_five_stars')],
            },
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

"""Creators as advertisers of their own videos: the brand of each."""

import django.db.models.deletion
from django.db import migrations, models


LAW = """CREATE TRIGGER ads_promoter_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_promoter
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_promoter_never_changes ON ads_promoter;"


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0052_charges_by_time"),
    ]

    operations = [
        migrations.CreateModel(
            name='Promoter',
            fields=[
                ('brand', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='people.brand')),
                ('opened_at', models.DateTimeField()),
                ('creator', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='promoter', to='people.creator')),
            ],
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

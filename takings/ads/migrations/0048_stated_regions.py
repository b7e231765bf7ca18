from django.db import migrations, models


LAW = """CREATE TRIGGER ads_statedregion_never_changes
    BEFORE UPDATE OR DELETE OR TRUNCATE ON ads_statedregion
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER ads_statedregion_never_changes ON ads_statedregion;"


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0047_regions"),
    ]

    operations = [
        migrations.CreateModel(
            name='StatedRegion',
            fields=[
                ('decision_id', models.UUIDField(primary_key=True, serialize=False)),
                ('region', models.CharField(max_length=6)),
            ],
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

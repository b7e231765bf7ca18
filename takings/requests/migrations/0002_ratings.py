"""What fans think of what was made for them: given once."""

import django.db.models.deletion
from django.db import migrations, models

LAW = """CREATE TRIGGER requests_rating_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON requests_rating
    FOR EACH STATEMENT EXECUTE FUNCTION rows_never_change();"""
UNDO = "DROP TRIGGER requests_rating_never_changes ON requests_rating;"


class Migration(migrations.Migration):

    dependencies = [
        ('requests', '0001_requests'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='rating', serialize=False, to='requests.request')),
                ('stars', models.PositiveSmallIntegerField()),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='a_rating_has_stars')],
            },
        ),
        migrations.AlterField(
            model_name='step',
            name='act',
            field=models.CharField(choices=[('asked', 'Asked for'), ('quoted', 'A price was named'), ('paid', 'Paid by card'), ('accepted', 'Accepted by the creator'), ('declined', 'Declined by the creator'), ('cancelled', 'Cancelled by the fan'), ('given_up', 'Given up by the creator'), ('delivered', 'Delivered'), ('revised', 'A revision was asked for'), ('taken', 'Taken by the fan'), ('case_opened', 'An operator was asked'), ('decided', 'An operator decided'), ('lapsed', 'Its time was over'), ('bank_took', 'The payment was taken back'), ('bank_gave', 'The payment stands again'), ('gave_back', 'The money is back on the card'), ('not_given', 'The card company did not take the money back'), ('rated', 'Rated')], max_length=12),
        ),
        migrations.RunSQL(sql=LAW, reverse_sql=UNDO),
    ]

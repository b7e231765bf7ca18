"""How often strangers asked, so that all servers share one limit."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0005_advices'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asker', models.CharField(max_length=64)),
                ('minute', models.DateTimeField(db_index=True)),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('asker', 'minute'), name='a_minute_is_counted_once')],
            },
        ),
    ]

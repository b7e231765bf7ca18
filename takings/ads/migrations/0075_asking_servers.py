from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ads", "0074_deals"),
    ]

    operations = [
        migrations.CreateModel(
            name='AskingServer',
            fields=[
                ('name', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField()),
            ],
        ),
    ]

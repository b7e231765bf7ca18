"""An ad-free pass may be paid for by card."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0006_refund_holds"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_is_for_one_of_the_purposes',
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['coins', 'membership', 'pass', 'order', 'request', 'deal', 'advertiser_balance'])), name='payment_is_for_one_of_the_purposes'),
        ),
    ]

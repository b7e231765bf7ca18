"""A refund that did not go through is a case; one that goes through later ends it by itself."""

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("unknown_object", "Message about a payment we do not know"),
    ("amount_differs", "Paid is not what was asked"),
    ("paid_twice", "Paid a second time"),
    ("taken_beyond", "More was taken than was paid"),
    ("fact_changed", "Told again, with other amounts"),
    ("not_booked", "Told, but it cannot be booked"),
    ("never_arrived", "A call never reached the provider"),
    ("no_answer", "A refund is asked for, and not answered for days"),
    ("not_refunded", "A refund did not go through"),
    ("not_in_books", "In the report, not in the books"),
    ("not_in_report", "In the books, not in the report"),
    ("amounts_differ", "Report and books differ"),
    ("balance_differs", "Balances differ"),
]


class Migration(migrations.Migration):

    dependencies = [
        ("payments", "0007_passes"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="a_closed_case_says_who_and_why"),
        migrations.AlterField(
            model_name="case", name="kind", field=models.CharField(choices=KINDS, max_length=16)
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | ~Q(closed_why="") & (Q(owner__isnull=False) | Q(kind="not_refunded")),
                name="a_closed_case_says_who_and_why",
            ),
        ),
    ]

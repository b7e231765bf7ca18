"""Tables of answers: checks of the books, what became of each showing, and what was given out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.people.models import Proposal, four_eyes


class BooksRun(models.Model):
    """One run of ``check_books``. ``operator`` is empty when the schedule asked."""

    ran_at = models.DateTimeField(db_index=True)
    took_ms = models.PositiveIntegerField()
    operator = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    @override
    def __str__(self) -> str:
        """Show when."""
        return f"check of {self.ran_at:%Y-%m-%d %H:%M}"


class BooksFinding(models.Model):
    """One broken invariant of a run: which law, which row, what is wrong with it."""

    run = models.ForeignKey(BooksRun, on_delete=models.CASCADE, related_name="findings")
    invariant = models.CharField(max_length=200)
    row = models.CharField(max_length=200)
    sentence = models.CharField(max_length=1000)

    class Meta:
        """Findings are read in the order in which they were found."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show the row and what is wrong."""
        return f"{self.row}: {self.sentence}"


class Tally(models.Model):
    """When a period's showings were counted by outcome, and from which snapshot of the lake."""

    period = models.OneToOneField("settlement.Period", on_delete=models.CASCADE, related_name="+")
    snapshot_id = models.BigIntegerField()
    counted_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the period."""
        return f"showings of {self.period_id}"


class Showings(models.Model):
    """How many showings of a video on a day in a country had an outcome, counted or not."""

    tally = models.ForeignKey(Tally, on_delete=models.CASCADE, related_name="showings")
    creator = models.ForeignKey("people.Creator", on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    country = models.CharField(max_length=2)
    outcome = models.CharField(max_length=20)
    showing_count = models.BigIntegerField()

    class Meta:
        """Database laws and the index of a creator's page."""

        indexes: ClassVar = [
            models.Index(fields=["tally", "creator"], name="showings_of_a_creator"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tally", "video", "day", "country", "outcome"],
                name="showings_are_counted_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show video, day, outcome and count."""
        return f"{self.video_id} {self.day} {self.outcome}: {self.showing_count}"


class IssuedStatement(models.Model):
    """All that a statement says, frozen when it was issued; ``digest`` is of ``content``.

    With ``revision`` it is what the statement says after a correction. The number is spelled by a
    random id, so that nobody can guess one. Rows never change.
    """

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(
        "settlement.Statement", on_delete=models.PROTECT, related_name="issued"
    )
    revision = models.OneToOneField(
        "settlement.StatementRevision", on_delete=models.PROTECT, related_name="issued", null=True
    )
    number = models.CharField(max_length=16, unique=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(revision__isnull=True),
                name="a_statement_is_issued_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the number."""
        return self.number


class Tells(models.TextChoices):
    """What a payment advice tells of a payout."""

    SENT = "sent", "It was sent"
    RETURNED = "returned", "It came back"


class IssuedAdvice(models.Model):
    """All that a payment advice says, frozen when it was issued; ``digest`` is of ``content``.

    A payout that came back has a second one, which says so. Rows never change.
    """

    id = models.UUIDField(primary_key=True)
    payout = models.ForeignKey("payouts.Payout", on_delete=models.PROTECT, related_name="advices")
    tells = models.CharField(max_length=8, choices=Tells)
    number = models.CharField(max_length=16, unique=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payout", "tells"], name="a_payout_is_advised_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show the number."""
        return self.number


class IssuedFile(models.Model):
    """A file that was given out: its SHA-256 tells it from every other. Rows never change.

    It is of a statement (``issued``) or of a payment advice.
    """

    issued = models.ForeignKey(
        IssuedStatement, on_delete=models.PROTECT, related_name="files", null=True
    )
    advice = models.ForeignKey(
        IssuedAdvice, on_delete=models.PROTECT, related_name="files", null=True
    )
    form = models.CharField(max_length=4)
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(form__in=["pdf", "csv", "json"]), name="a_form_is_one_of_three"
            ),
            models.CheckConstraint(
                condition=Q(issued__isnull=True) ^ Q(advice__isnull=True),
                name="a_file_is_of_one_document",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show number and form."""
        return f"{self.issued_id or self.advice_id}.{self.form}"


class Asking(models.Model):
    """How often somebody asked in a minute; ``asker`` is a keyed digest of their address."""

    asker = models.CharField(max_length=64)
    minute = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["asker", "minute"], name="a_minute_is_counted_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show when and how often."""
        return f"{self.minute:%Y-%m-%d %H:%M}: {self.count}"


class Adjustment(Proposal):
    """A correction of the books by hand: one transfer, proposed by one person, posted by another.

    ``id`` is the caller's. Only the answer is ever added, once (migration 0004_adjustments).
    """

    debit = models.CharField(max_length=120)
    credit = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws: four eyes, and an entry if and only if it was approved."""

        constraints: ClassVar = [
            *four_eyes(another="another_person_answers", whole="an_answer_is_whole"),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=False, is_approved=True, entry_id__isnull=False)
                | (Q(is_approved__isnull=True) | Q(is_approved=False)) & Q(entry_id__isnull=True),
                name="only_what_is_approved_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0) & ~Q(reason=""), name="an_adjustment_says_why"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the transfer."""
        return f"{self.debit} → {self.credit}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What is to be moved."""
        return Money(self.amount_micros, self.currency)


class TrialKind(models.TextChoices):
    """What is worked out of a period without posting it."""

    CLOSE = "close", "Its close"
    CORRECTION = "correction", "A correction"
    PROPOSAL = "proposal", "A correction, to propose it"


class Trial(models.Model):
    """The newest order to work a period out, how far a worker is, and what came of it.

    ``id`` is the caller's; the next order of the same kind takes its place. ``day_count`` is
    empty until a worker counts; what was read and took how long is told of the ``done_count``
    days. A close that was worked out is kept as a dry run of the same id, what a correction would
    change here: ``lines_digest`` is of all that the period would say, of its lines the first are
    kept. A correction that is proposed has a ``reason``, and must come to what was ``seen``: the
    digest of what was looked at. ``refusal`` says why nothing came of it.
    """

    id = models.UUIDField(primary_key=True)
    period = models.CharField(max_length=16)
    kind = models.CharField(max_length=10, choices=TrialKind)
    ordered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    seen = models.CharField(max_length=64, blank=True)
    day_count = models.PositiveIntegerField(null=True)
    done_count = models.PositiveIntegerField(default=0)
    event_count = models.BigIntegerField(default=0)
    byte_count = models.BigIntegerField(default=0)
    took_ms = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True)
    lines_digest = models.CharField(max_length=64, blank=True)
    line_count = models.PositiveIntegerField(default=0)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "kind"], name="a_period_is_tried_once"),
            models.CheckConstraint(condition=Q(kind__in=TrialKind.values), name="a_trial_is_known"),
        ]

    @override
    def __str__(self) -> str:
        """Show what is tried."""
        return f"{self.period}: {self.get_kind_display()}"

    @property
    def left_minutes(self) -> int:
        """How many minutes, begun ones included, the days that are left take at the pace so far."""
        left_count = (self.day_count or 0) - self.done_count
        return -(-left_count * self.took_ms // (60_000 * self.done_count)) if self.done_count else 0


class TrialLine(models.Model):
    """What a correction would change of a video's day in a country, and why."""

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="lines")
    creator = models.ForeignKey("people.Creator", on_delete=models.CASCADE, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    country = models.CharField(max_length=2)
    why = models.CharField(max_length=300)
    views_before = models.BigIntegerField()
    views_after = models.BigIntegerField()
    currency = models.CharField(max_length=4)
    change_micros = models.BigIntegerField()

    class Meta:
        """Lines are read in the order in which they were found."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show video, day and amount."""
        return f"{self.video_id} {self.day}: {self.change_micros} {self.currency}"

    @property
    def change(self) -> Money:
        """After less before."""
        return Money(self.change_micros, self.currency)

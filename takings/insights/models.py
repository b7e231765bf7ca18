"""Tables of answers: checks of the books, and what became of each showing, by reason."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


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

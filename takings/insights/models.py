"""Tables of answers: when the books were checked, and what was found."""

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

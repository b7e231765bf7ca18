"""What fans thought of what was made for them. Rows never change."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.requests.models.requests import Request
from takings.requests.rules import MOST_STARS


class Rating(models.Model):
    """So many stars for one request, with words for everybody; one a request, given once."""

    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, primary_key=True, related_name="rating"
    )
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=1_000, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Database laws; the newest first."""

        ordering: ClassVar = ["-at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=MOST_STARS), name="a_rating_has_stars"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how many."""
        return f"{self.stars} stars: {self.request}"

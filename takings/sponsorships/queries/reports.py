"""What a deal's videos got: counted views of closed months, first-party, from their publication."""

from collections import Counter
from dataclasses import dataclass

from takings.settlement.models import CountLine
from takings.sponsorships.models import Deal


@dataclass(frozen=True, slots=True)
class ViewRow:
    """Counted views of one of a deal's videos on a UTC day from a country."""

    number: int
    title: str
    day: str
    country: str
    views: int


def view_rows(deal: Deal) -> list[ViewRow]:
    """Return the counted views of a deal's published videos, by video, day and country.

    They are those by which creators are paid, so they come with the close of a month.
    """
    works = deal.works.filter(published_at__isnull=False).select_related("video")
    found = {work.video_id: work for work in works}
    rows = CountLine.objects.filter(video__in=found).order_by("day", "country", "pk")
    told = []
    for row in rows:
        work = found[row.video_id]
        assert work.video is not None  # noqa: S101 - it was published
        assert work.published_at is not None  # noqa: S101 - the same
        if row.day >= work.published_at.date():
            day = row.day.isoformat()
            told.append(ViewRow(work.number, work.video.title, day, row.country, row.views))
    return sorted(told, key=lambda one: (one.number, one.day, one.country))


def views_by_number(deal: Deal) -> Counter[int]:
    """Return how many counted views each of a deal's published videos got so far."""
    sums: Counter[int] = Counter()
    for row in view_rows(deal):
        sums[row.number] += row.views
    return sums

"""The trace of a video: every line it earned, final apart from estimated."""

from uuid import UUID

from django.db.models import QuerySet, Sum

from takings.insights.queries.earnings import line_ref
from takings.insights.queries.readers import NothingHere
from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Part, Ref, Stop, Trace
from takings.insights.rules.words import country_words, day_words, line_words
from takings.money import Money
from takings.settlement.models import EstimateLine, Line, ShareLine, Status
from takings.videos.models import Video

FEW = 25


def trace_video(*, video_id: UUID, reader: Reader) -> Trace:
    """Return everything a video earned. Refuses NothingHere."""
    video = Video.objects.select_related("creator").filter(pk=video_id).first()
    if video is None or video.creator is None or not reader.owns_creator(video.creator_id):
        raise NothingHere(id=video_id)
    final = ShareLine.objects.filter(video=video)
    estimated = EstimateLine.objects.filter(video=video).exclude(period__status=Status.CLOSED)
    return Trace(
        ref=Ref("video", str(video.pk)),
        title=f"“{video.title}”",
        sentence=f"Everything “{video.title}” by @{video.creator.handle} earned.",
        amount=None,
        status="fact",
        stops=(
            _stop("Final", "These amounts are booked and never change.", final),
            _stop("Estimated", "What the running period would pay if it closed now.", estimated),
        ),
    )


def _stop(title: str, sentence: str, lines: QuerySet[ShareLine] | QuerySet[EstimateLine]) -> Stop:
    sums = list(lines.values("currency").annotate(micros=Sum("amount_micros")).order_by("currency"))
    rows = lines.select_related("video", "period").order_by("-day", "-amount_micros", "country")
    listed = list(rows[:FEW])
    only = sums[0] if len(sums) == 1 else None
    return Stop(
        kind="video",
        title=title,
        sentence=sentence if listed else "Nothing yet.",
        amount=Money(int(only["micros"]), only["currency"]) if only else None,
        parts=tuple(_part(line) for line in listed),
        left_out=max(0, lines.count() - len(listed)),
    )


def _part(line: Line) -> Part:
    return Part(
        label=f"{day_words(line.day)}, {country_words(line.country)}",
        note=line_words(views=line.views, product=line.product),
        amount=Money(line.amount_micros, line.currency),
        ref=line_ref(line, period=line.period.name),
    )

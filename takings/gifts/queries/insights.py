"""A creator's gifts in sums: by video, room, moment in a video, gift and fan."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from takings.core.errors import NotFound
from takings.gifts.models import Gift, GiftKind, GiftMoney
from takings.gifts.queries.standing import HIDDEN, SHOWN_NAME
from takings.gifts.rules import COIN
from takings.gifts.rules.insights import Part, Sums, bin_ms, moneys, timeline
from takings.live.models import Room
from takings.money import Money
from takings.people.models import Creator, User
from takings.videos.models import Video

ROWS = 50
Names = Callable[[set[Any]], dict[Any, str]]


class NotYourVideo(NotFound):
    """Only one's own videos have insights."""

    code = "not_your_video_with_gifts"
    sentence = "There is no such video among yours. Choose one from the list."


@dataclass(frozen=True, slots=True)
class Insights:
    """What gifts came to, and of what; each list is of the :data:`ROWS` largest.

    What was sent in rooms is in ``rooms``, and what was sent elsewhere in none of them.
    """

    whole: Sums
    videos: list[Part]
    rooms: list[Part]
    kinds: list[Part]
    fans: list[Part]


def insights(*, gifts: QuerySet[Gift]) -> Insights:
    """Return the sums of standing gifts. Gifts without a name are somebody's, all in one row."""
    return Insights(
        whole=sums_of(gifts),
        videos=_parts(gifts, "video_id", _titles),
        rooms=_parts(gifts.filter(room__isnull=False), "room_id", _rooms),
        kinds=_parts(gifts, "kind_id", _kinds),
        fans=_fans(gifts),
    )


def sums_of(gifts: QuerySet[Gift]) -> Sums:
    """Return what gifts come to."""
    found = gifts.aggregate(count=Count("pk"), micros=Sum("coins_micros"))
    return Sums(found["count"], Money(found["micros"] or 0, COIN), shares_of(gifts))


def shares_of(gifts: QuerySet[Gift]) -> tuple[Money, ...]:
    """Return what of gifts is their creator's, by currency."""
    rows = GiftMoney.objects.filter(gift__in=gifts).order_by().values_list("currency")
    return moneys(rows.annotate(micros=Sum("share_micros")))


def own_video(*, creator: Creator, video_id: UUID) -> Video:
    """Return a video of a creator's. Refuses: NotYourVideo."""
    found = Video.objects.filter(pk=video_id, creator=creator).first()
    if found is None:
        raise NotYourVideo
    return found


def moments(*, gifts: QuerySet[Gift], video: Video) -> list[tuple[int, int]]:
    """Return the coins of each moment of a video: where it begins (ms), micro-coins.

    Gifts sent without a moment, by the form or in a room before it began, are not among them.
    """
    length = max(video.duration_ms or 0, 1)
    found = gifts.filter(video=video, moment_ms__isnull=False)
    bins = found.annotate(bin=F("moment_ms") / bin_ms(duration_ms=length)).values_list("bin")
    return timeline(dict(bins.annotate(micros=Sum("coins_micros"))), duration_ms=length)


def each_gift(*, gifts: QuerySet[Gift]) -> Iterator[tuple[Gift, str]]:
    """Yield gifts for a file, the oldest first, each with the name it is shown under."""
    whole = (
        gifts.annotate(shown=SHOWN_NAME).select_related("kind", "video").prefetch_related("moneys")
    )
    for gift in whole.order_by("sent_at", "pk").iterator(chunk_size=2_000):
        yield gift, gift.shown


def _parts(gifts: QuerySet[Gift], key: str, names: Names) -> list[Part]:
    """Return the largest sums by a field."""
    rows: list[tuple[Any, int, int]] = list(
        gifts.values_list(key)
        .annotate(count=Count("pk"), micros=Sum("coins_micros"))
        .order_by("-micros", key)[:ROWS]
    )
    keys = {one for one, _, _ in rows}
    shares, known = _shares(gifts, key, keys), names(keys)
    return [
        Part(str(one), known[one], Sums(count, Money(micros, COIN), moneys(shares[one])))
        for one, count, micros in rows
    ]


def _shares(gifts: QuerySet[Gift], key: str, keys: set[Any]) -> dict[Any, list[tuple[str, int]]]:
    of = gifts.filter(**{f"{key}__in": keys})
    rows = GiftMoney.objects.filter(gift__in=of).order_by().values_list(f"gift__{key}", "currency")
    found: dict[Any, list[tuple[str, int]]] = defaultdict(list)
    for one, code, micros in rows.annotate(micros=Sum("share_micros")):
        found[one].append((code, micros))
    return found


def _fans(gifts: QuerySet[Gift]) -> list[Part]:
    """Return the fans who gave the most, and in one row what came without a name."""
    hidden = gifts.filter(HIDDEN)
    rows = _parts(gifts.exclude(HIDDEN), "sender_id", _people)
    if hidden.exists():
        rows.append(Part("", "", sums_of(hidden)))
    return sorted(rows, key=lambda row: -row.sums.coins.micros)


def _titles(keys: set[Any]) -> dict[Any, str]:
    return dict(Video.objects.filter(pk__in=keys).values_list("pk", "title"))


def _rooms(keys: set[Any]) -> dict[Any, str]:
    return dict(Room.objects.filter(pk__in=keys).values_list("pk", "title"))


def _kinds(keys: set[Any]) -> dict[Any, str]:
    return dict(GiftKind.objects.filter(pk__in=keys).values_list("pk", "name"))


def _people(keys: set[Any]) -> dict[Any, str]:
    return dict(User.objects.filter(pk__in=keys).values_list("pk", "display_name"))

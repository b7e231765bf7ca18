"""A creator's gifts in sums: by video, room, moment in a video, gift and fan."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Case, Count, F, QuerySet, Sum, Value, When

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
SUMS = """
    WITH given AS MATERIALIZED ({given}),
    sums AS (
        SELECT grouping(video_id, room_id, kind_id, fan_id) AS of,
            coalesce(video_id::text, room_id::text, kind_id, fan_id::text, '') AS key,
            count(*), sum(coins_micros)::bigint AS micros,
            row_number() OVER (
                PARTITION BY grouping(video_id, room_id, kind_id, fan_id), fan_id = 0
                ORDER BY sum(coins_micros) DESC
            ) AS place
        FROM given
        GROUP BY GROUPING SETS ((), (video_id), (room_id), (kind_id), (fan_id))
    ), shares AS (
        SELECT grouping(video_id, room_id, kind_id, fan_id) AS of,
            coalesce(video_id::text, room_id::text, kind_id, fan_id::text, '') AS key,
            currency, sum(share_micros)::bigint AS micros
        FROM given JOIN gifts_giftmoney ON gifts_giftmoney.gift_id = given.id
        GROUP BY GROUPING SETS (
            (currency), (video_id, currency), (room_id, currency), (kind_id, currency),
            (fan_id, currency)
        )
    )
    SELECT CASE of WHEN 15 THEN 'whole' WHEN 7 THEN 'video' WHEN 11 THEN 'room'
            WHEN 13 THEN 'kind' ELSE 'fan' END,
        key, sums.count, sums.micros, shares.currency, shares.micros
    FROM sums LEFT JOIN shares USING (of, key)
    WHERE place <= %s AND (of = 15 OR key <> '') AND sums.count > 0
    ORDER BY sums.micros DESC, key = '0', key, currency"""


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
    found = _sums(gifts)
    whole = found["whole"].get("", Sums(0, Money(0, COIN)))
    return Insights(
        whole=whole,
        videos=_parts(found["video"], Video.objects.values_list("pk", "title")),
        rooms=_parts(found["room"], Room.objects.values_list("pk", "title")),
        kinds=_parts(found["kind"], GiftKind.objects.values_list("pk", "name")),
        fans=_parts(found["fan"], User.objects.values_list("pk", "display_name")),
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


def _sums(gifts: QuerySet[Gift]) -> dict[str, dict[str, Sums]]:
    """Return the largest sums by what they are of, the largest first; gifts are read once."""
    # Nobody has the number 0: it stands for all who are not named.
    fan = Case(When(HIDDEN, then=Value(0)), default=F("sender_id"), output_field=BigIntegerField())
    columns = ("id", "video_id", "room_id", "kind_id", "coins_micros")
    rows = gifts.annotate(fan_id=fan).order_by().values_list(*columns, "fan_id")
    given, words = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(given=given), [*words, ROWS])
        told = cursor.fetchall()
    found: dict[str, dict[str, Sums]] = defaultdict(dict)
    shares: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for of, key, count, micros, code, share in told:
        shares[of, key] += [(code, share)] if code else []
        found[of][key] = Sums(count, Money(micros, COIN), moneys(shares[of, key]))
    return found


def _parts(sums: Mapping[str, Sums], names: "QuerySet[Any, tuple[Any, str]]") -> list[Part]:
    """Return sums with the names of what they are of; without one, where nobody is named."""
    known = {str(key): name for key, name in names.filter(pk__in=list(sums))}
    return [Part(key, known.get(key, ""), one) for key, one in sums.items()]

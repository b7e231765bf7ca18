"""Creators: what gifts earn them now, and of which video, moment, gift and fan it is made."""

import csv
import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from takings.core import clock
from takings.core.cells import cell
from takings.gifts.models import Gift
from takings.gifts.queries import insights as ask
from takings.gifts.queries.income import income
from takings.gifts.queries.standing import standing_gifts
from takings.gifts.rules import COIN
from takings.gifts.rules.insights import Span, since, timeline_chart
from takings.live.actions import last_number
from takings.live.rules.bus import earnings_topic
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import access_own_creator

REFRESH_S = 5
COLUMNS = (
    *("sent_at_utc", "gift", "coins", "of_them_bonus", "combo", "from", "country"),
    *("video", "title", "moment_ms", "message", "your_share", "currency", "trace"),
)


class Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """Show what gifts earn now, and a span of them by video, gift and fan."""
    creator, at = access_own_creator(user=request.user), clock.now()
    span = Span.read(request.GET.get("span", Span.MONTH))
    context = {
        **_now(creator, at=at),
        "insights": ask.insights(gifts=_gifts(creator, span, at=at)),
        "span": span,
        "spans": list(Span),
    }
    return render(request, "gifts/studio/insights.html", context)


@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Show the part of it that moves: a page that hears of a gift asks for nothing more."""
    creator = access_own_creator(user=request.user)
    return render(request, "gifts/studio/_now.html", _now(creator, at=clock.now()))


def _now(creator: Creator, *, at: dt.datetime) -> dict[str, object]:
    return {
        "topic": earnings_topic(creator.pk).replace(":", "/"),
        "after": last_number(),  # asked first: what is told meanwhile comes over the stream
        "income": income(creator=creator, at=at),
        "refresh_s": REFRESH_S,
    }


@require_safe
def video(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Show the gifts of one video over its timeline, and by gift and fan."""
    creator, at = access_own_creator(user=request.user), clock.now()
    found = ask.own_video(creator=creator, video_id=video_id)
    span = Span.read(request.GET.get("span", ""))
    gifts = _gifts(creator, span, at=at).filter(video=found)
    bars = ask.moments(gifts=gifts, video=found)
    context = {
        "video": found,
        "insights": ask.insights(gifts=gifts),
        "chart": timeline_chart(bars) if any(micros for _, micros in bars) else None,
        "span": span,
        "spans": list(Span),
    }
    return render(request, "gifts/studio/video.html", context)


@require_safe
def gifts_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Download every gift of a span; amounts are exact decimals, instants are UTC."""
    creator, at = access_own_creator(user=request.user), clock.now()
    span = Span.read(request.GET.get("span", ""))
    writer, gifts = csv.writer(Echo()), ask.each_gift(gifts=_gifts(creator, span, at=at))
    lines = (writer.writerow(row) for row in _rows(gifts))
    name = f"takings-{creator.handle}-gifts-{span}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _gifts(creator: Creator, span: Span, *, at: dt.datetime) -> QuerySet[Gift]:
    began_at = since(span, at=at, time_zone=creator.user.time_zone)
    return standing_gifts(creator=creator, since=began_at)


def _rows(gifts: Iterable[tuple[Gift, str]]) -> Iterable[list[object]]:
    """Return the cells of a file: a gift without money has one row, else one of each currency."""
    yield list(COLUMNS)
    for gift, sender in gifts:
        about = (
            *(gift.sent_at.astimezone(dt.UTC), gift.kind.name, gift.coins.decimal()),
            *(Money(gift.bonus_micros, COIN).decimal(), gift.combo, sender, gift.country),
            *(str(gift.video_id), gift.video.title, gift.moment_ms, gift.message),
        )
        shares = [one.share for one in gift.moneys.all()]
        moneys: list[tuple[object, str]] = [(one.decimal(), one.currency) for one in shares]
        for amount, code in moneys or [("", "")]:
            yield [cell(one) for one in (*about, amount, code, str(gift.entry_id))]

"""An issued statement as it is printed and as it is downloaded: whole texts, exact amounts."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from takings.core.cells import cell
from takings.documents import Document
from takings.documents.printing import Value
from takings.insights.rules.exact import count
from takings.insights.rules.issued import Issued, Part
from takings.insights.rules.words import day_words, period_words
from takings.money import format_money
from takings.settlement.rules import SplitShare, StatementLine

CSV_HEAD = (
    "statement",
    "period",
    "stream",
    "day_utc",
    "country",
    "video",
    "title",
    "engaged_views",
    "amount",
    "currency",
)
SPLIT = "split"


def printed(issued: Issued, *, digest: str) -> Document:
    """Return the statement as the layout ``statement`` wants it."""
    values: dict[str, Value] = {
        "number": issued.number,
        "digest": digest,
        "verify_at": issued.verify_at,
        "payee": issued.payee.name,
        "handle": f"@{issued.payee.handle}",
        "period": period_words(issued.period.name),
        "span": f"{_instant(issued.period.starts_at)} to {_instant(issued.period.ends_at)}",
        "policy": issued.policy,
        "issued": f"{_instant(issued.issued_at)} UTC",
        "replaces": _replaces(issued),
        "earned": _amount(issued, issued.earned),
        "views": count(issued.views),
        "line_count": count(issued.line_count),
        "waterfall": [
            [bar.name, bar.note, _amount(issued, bar.micros), bar.tone] for bar in issued.waterfall
        ],
        "not_counted": [[one.name, one.rule, count(one.showings)] for one in issued.not_counted],
        "streams": [[one.name, _amount(issued, one.micros)] for one in issued.streams],
        "countries": _counted(issued, issued.countries),
        "videos": _counted(issued, issued.videos),
        "days": _counted(issued, issued.days),
        "shared": [
            [one.title, f"@{one.other}", _amount(issued, one.micros)] for one in issued.shared
        ],
        "yours": format_money(issued.money(issued.micros), exact=True),
        "account": [[one.name, _amount(issued, one.micros)] for one in issued.account],
    }
    return Document(
        layout="statement",
        title=f"Statement {issued.number}",
        keywords=(issued.number,),
        made_at=issued.issued_at,
        values=values,
    )


def spreadsheet(
    issued: Issued, *, lines: Iterable[StatementLine], splits: Iterable[SplitShare]
) -> bytes:
    """Return the statement's lines, then what was shared, as CSV; each row carries the number.

    The amounts sum to what is the creator's.
    """
    shared = {one.video_id: one.title for one in issued.shared}
    titles = {video.id: video.name for video in issued.videos}
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(CSV_HEAD)
    for line in sorted(lines, key=_order):
        amount = issued.money(line.amount_micros).decimal()
        row = (issued.number, issued.period.name, line.product, line.day, line.country)
        what = (str(line.video_id), titles.get(str(line.video_id), ""), line.views, amount)
        rows.writerow([cell(value) for value in (*row, *what, issued.currency)])
    for part in sorted(splits, key=_order):
        amount = issued.money(part.amount_micros).decimal()
        row = (issued.number, issued.period.name, SPLIT, part.day, part.country)
        what = (str(part.video_id), shared.get(str(part.video_id), ""), 0, amount)
        rows.writerow([cell(value) for value in (*row, *what, issued.currency)])
    return written.getvalue().encode()


def _order(row: StatementLine | SplitShare) -> tuple[dt.date, str, str, str]:
    return row.day, str(row.video_id), row.country, row.product


def _replaces(issued: Issued) -> str:
    if not issued.replaces:
        return ""
    return f"Revision {issued.revision}. It replaces {issued.replaces}. Why: {issued.because}"


def _counted(issued: Issued, parts: tuple[Part, ...]) -> list[Value]:
    return [[one.name, count(one.views), _amount(issued, one.micros)] for one in parts]


def _amount(issued: Issued, micros: int) -> str:
    return format_money(issued.money(micros), aligned=True)


def _instant(at: dt.datetime) -> str:
    utc = at.astimezone(dt.UTC)
    return f"{day_words(utc.date())}, {utc:%H:%M}"

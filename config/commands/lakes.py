"""Commands of the event lake."""

import datetime as dt
import sys
from uuid import UUID

from django.conf import settings

from config.show import Bars, out
from takings.core import clock, ids
from takings.events import actions, queries
from takings.events.queries.files import digest_hashes
from takings.people.queries import access_operator, person_by_email
from takings.settlement.queries import settled_at

FIRST_DAY = dt.date(1970, 1, 1)


def files(*, day: dt.date | None, snapshot_id: int | None) -> None:
    """List files, and name all of them together."""
    last = day or clock.now().date() + dt.timedelta(days=1)
    found = queries.lake_files(first=day or FIRST_DAY, last=last, snapshot_id=snapshot_id)
    for file in found:
        out.print(
            f"{file.day}  {file.row_count:,} events  {file.byte_count:,} bytes"
            f"  arrived {clock.said(file.first_received_at)} to {clock.said(file.last_received_at)}"
            f"  SHA-256 {file.sha256 or 'not read yet'}  version {file.added_id}  {file.name}",
            soft_wrap=True,
        )
    rows, size = (
        sum(getattr(file, name) for file in found) for name in ("row_count", "byte_count")
    )
    out.print(f"{len(found):,} files, {rows:,} events, {size:,} bytes.")
    if all(file.sha256 for file in found):
        out.print(f"SHA-256 of all: {digest_hashes(file.sha256 for file in found)}", soft_wrap=True)


def verify(*, day: dt.date | None, again: bool) -> None:
    """Read files; exit code 1 when one is broken."""
    with Bars() as bars:
        done = actions.verify_files(at=clock.now(), day=day, again=again, progress=bars)
    for refusal in done.broken:
        out.print(str(refusal), markup=False, soft_wrap=True)
    whole = done.file_count - len(done.broken)
    out.print(f"{whole:,} of {done.file_count:,} files are as they were written.")
    if done.fresh_count:
        out.print(f"{done.fresh_count:,} more were read within a day; --again reads those too.")
    if done.broken:
        sys.exit(1)


def compact() -> None:
    """Rewrite crumbled days."""
    with Bars() as bars:
        days = actions.compact_lake(at=clock.now(), progress=bars)
    for one in days:
        out.print(
            f"{one.day}: {one.row_count:,} events of {one.file_count} files were written anew."
        )
    if not days:
        out.print("No day consists of many small files.")


def erase(who: str, *, by: str, reason: str) -> None:
    """Request an erasure, and do what can be done of it now."""
    operator = access_operator(user=person_by_email(email=by))
    at = clock.now()
    made = actions.request_erasure(
        erasure_id=ids.uuid7(at=at), viewer_id=_viewer(who), operator=operator, reason=reason, at=at
    )
    with Bars() as bars:
        actions.continue_erasures(at=at, progress=bars)
    made.refresh_from_db()
    out.print(
        f"Erasure {made.pk}: {made.row_count:,} events in {made.file_count:,} files are a"
        " stranger's now. Events of the last day follow; a worker finishes this tomorrow.",
        soft_wrap=True,
    )


def expendable() -> None:
    """Say which days would be dropped now."""
    keep = dt.timedelta(days=settings.LAKE_KEEP_DAYS)
    days = queries.expendable_days(settled_at=settled_at, keep=keep, at=clock.now())
    for day in days:
        found = queries.lake_files(first=day, last=day)
        rows = sum(file.row_count for file in found)
        out.print(f"{day}: {rows:,} events in {len(found):,} files would be dropped.")
    if not days:
        out.print(f"No day was settled more than {settings.LAKE_KEEP_DAYS} days ago.")


def retain() -> None:
    """Drop what is older than is kept."""
    with Bars() as bars:
        done = actions.retain_lake(
            settled_at=settled_at,
            keep_days=settings.LAKE_KEEP_DAYS,
            at=clock.now(),
            progress=bars,
        )
    out.print(
        f"{done.day_count:,} days with {done.row_count:,} events were dropped;"
        f" {done.snapshot_count:,} versions were given up; {done.file_count:,} files and"
        f" {done.stray_count:,} strays were deleted.",
        soft_wrap=True,
    )


def _viewer(who: str) -> UUID:
    try:
        return UUID(who)
    except ValueError:
        return person_by_email(email=who).viewer_id

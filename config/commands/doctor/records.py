"""What the database, the lake and the queue say. Imported once the database is there."""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from config.commands.doctor import roles
from config.commands.doctor.rules import Finding
from takings.core import clock
from takings.events.queries import lake_stats
from takings.insights.queries.desk import last_books_run

FRESH = dt.timedelta(minutes=15)
ALIVE = dt.timedelta(seconds=30)


def look() -> Iterator[Finding]:
    """Yield what there is to say about the records."""
    now = clock.now()
    yield _database()
    yield roles.look()
    yield _books(now)
    yield _lake()
    yield _workers(now)
    yield _queue()


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), pg_size_pretty(pg_database_size(current_database()))")
        version, size = cursor.fetchone()
    return Finding(what="database", state="ok", seen=f"{version.split(' on ')[0]}, {size}")


def _books(now: dt.datetime) -> Finding:
    run = last_books_run()
    if run is None:
        advice = "Run: takings check-books"
        return Finding(what="books", state="hint", seen="never proved", advice=advice)
    seen = f"proved {run.ran_at:%Y-%m-%d %H:%M} UTC"
    if wrong := run.findings.count():
        advice = "See /desk/ or run: takings check-books"
        return Finding(what="books", state="bad", seen=f"{seen}: {wrong} wrong", advice=advice)
    if now - run.ran_at > FRESH:
        advice = "A running worker proves them every five minutes."
        return Finding(what="books", state="hint", seen=seen, advice=advice)
    return Finding(what="books", state="ok", seen=seen)


def _lake() -> Finding:
    stats = lake_stats()
    seen = f"{stats.row_count:,} events in {stats.file_count} files"
    if stats.unreadable_segment_count:
        seen += f"; {stats.unreadable_segment_count} segments cannot be read"
        advice = "Look at the files ending in .unreadable in the data home's folder events."
        return Finding(what="event lake", state="bad", seen=seen, advice=advice)
    if stats.waiting_segment_count:
        seen += f"; {stats.waiting_segment_count} segments wait"
    return Finding(what="event lake", state="ok", seen=seen)


def _workers(now: dt.datetime) -> Finding:
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - ALIVE).count()
    if alive:
        return Finding(what="workers", state="ok", seen=f"{alive} alive")
    return Finding(what="workers", state="hint", seen="none", advice="takings up starts two.")


def _queue() -> Finding:
    counts = {
        status: ProcrastinateJob.objects.filter(status=status).count()
        for status in ("todo", "doing", "failed")
    }
    seen = ", ".join(f"{count} {status}" for status, count in counts.items())
    if counts["failed"]:
        advice = "See what failed at /admin/procrastinate/procrastinatejob/?status=failed"
        return Finding(what="queue", state="hint", seen=seen, advice=advice)
    return Finding(what="queue", state="ok", seen=seen)

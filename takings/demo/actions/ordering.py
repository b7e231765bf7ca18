"""Handing work to the workers, once: a job that waits already is not queued a second time."""

from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued


def order_job(task: str, *, queue: str, priority: int = 0, **words: str) -> None:
    """Queue a job under the name of what it is to do."""
    lock = "-".join((task, *words.values()))
    order = jobs.configure_task(task, queue=queue, priority=priority, queueing_lock=lock)
    with suppress(AlreadyEnqueued), transaction.atomic():
        order.defer(**words)

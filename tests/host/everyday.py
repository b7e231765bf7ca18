"""An ordinary day: somebody joins, money comes and goes back, a view is shipped, a job seals all.

`python -m tests.host.everyday`, with the database and the data home in its surroundings. Prints
what the books' check found: nothing, when all is well.
"""

import sys
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

import config.application  # noqa: F401 - Django is set up before any model is imported
from takings.core import clock
from takings.ledger.actions import reverse
from takings.ledger.jobs import seal_entries
from takings.ledger.queries import check_books, entry_proof
from tests.make.events import make_segment, make_view
from tests.make.ledger import make_prepaid
from tests.make.people import make_user

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector


def work() -> None:
    """Do the jobs that wait, as a worker does."""
    connector = cast("DjangoConnector", app.connector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(queues=["default"], wait=False, delete_jobs="successful")


if __name__ == "__main__":
    make_user(f"ada-{uuid.uuid4().hex[:8]}")
    make_segment(make_view(uuid.uuid4(), uuid.uuid4(), 4_000))
    posted = make_prepaid("1.00")
    reverse(entry_id=posted.entry_id, id=uuid.uuid4(), at=clock.now(), memo="sent twice")
    with suppress(AlreadyEnqueued):  # the schedule of an earlier day may have ordered it as well
        seal_entries.defer()
    work()
    entry_proof(id=posted.entry_id)  # refuses what is not sealed
    sys.stdout.write("".join(f"{found}\n" for found in check_books()))

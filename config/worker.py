"""A worker: `python -m config.worker QUEUE…` takes jobs from these queues until SIGTERM."""

import sys
from typing import TYPE_CHECKING, cast

from procrastinate.contrib.django import app

import config.application  # noqa: F401 - Django is set up before any model is imported

if TYPE_CHECKING:
    from procrastinate.contrib.django.django_connector import DjangoConnector

CONCURRENCY = {"video": 1}  # a transcode takes a whole core
ORDINARY_CONCURRENCY = 2
STOP_S = 2.0


def main(queues: list[str]) -> None:
    """Work; a job that is cut off is started again elsewhere, since every job is repeatable."""
    concurrency = min(CONCURRENCY.get(queue, ORDINARY_CONCURRENCY) for queue in queues)
    connector = cast("DjangoConnector", app.connector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(
            queues=queues,
            name="-".join(queues),
            concurrency=concurrency,
            delete_jobs="successful",
            shutdown_graceful_timeout=STOP_S,
        )


if __name__ == "__main__":
    main(sys.argv[1:])

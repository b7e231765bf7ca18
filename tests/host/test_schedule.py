"""A worker dies with a job in its hands: the schedule takes the job, and its lock, from them."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob

from config.schedule import WATCHMAN

QUEUE = "of this test"
SWEEP = "videos.sweep_uploads"
DYING = """
WITH dead AS (
    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')
    RETURNING id
)
UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id, queue_name = %s
FROM dead WHERE procrastinate_jobs.id = %s
"""


@pytest.fixture(autouse=True)
def _empty_queue(transactional_db: None) -> None:  # noqa: ARG001 - must be there first
    """Forget the jobs of other tests: these tables are not Django's, so Django keeps them."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def order(task: str, *, lock: str | None) -> int:
    """Order a job as the schedule does, in a queue where only this test does."""
    waiting = f"{QUEUE}: {task}"
    return app.configure_task(task, queue=QUEUE, queueing_lock=waiting, lock=lock).defer(
        timestamp=0
    )


def left() -> int:
    """Return how many jobs are not done."""
    return ProcrastinateJob.objects.filter(queue_name=QUEUE).count()


def die_in_the_middle_of(job: int) -> None:
    """Leave the job as a worker does that is killed while it works."""
    with connection.cursor() as cursor:
        cursor.execute(DYING, [QUEUE, job])


def run_worker() -> None:
    """Let a real worker do everything that waits, then stop."""
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker:
        worker.run_worker(
            queues=[QUEUE],
            wait=False,
            listen_notify=False,
            install_signal_handlers=False,
            delete_jobs="successful",
        )


def test_a_job_in_dead_hands_is_done_though_its_successor_waits() -> None:
    die_in_the_middle_of(order(SWEEP, lock=QUEUE))
    order(SWEEP, lock=QUEUE)  # the next tick; it may not begin while the first holds the lock
    run_worker()
    assert left() == 2
    order(WATCHMAN, lock=None)
    run_worker()
    run_worker()
    assert left() == 0


def test_a_job_in_dead_hands_that_nobody_follows_is_done_again() -> None:
    die_in_the_middle_of(order(SWEEP, lock=QUEUE))
    order(WATCHMAN, lock=None)
    run_worker()
    run_worker()
    assert left() == 0


def test_a_watchman_who_died_on_his_round_is_found_by_the_next_one() -> None:
    periodic = app.periodic_registry.periodic_tasks.values()
    (watchman,) = [one for one in periodic if one.task.name == WATCHMAN]
    lock = watchman.configure_kwargs.get("lock")
    die_in_the_middle_of(order(WATCHMAN, lock=lock))
    order(WATCHMAN, lock=lock)
    run_worker()
    run_worker()
    assert left() == 0

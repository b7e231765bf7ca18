"""What a viewer watched reaches the feed through the lake."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate.contrib.django import app

from takings.audience.models import Sighting
from takings.events.actions.announcing import announce_segments
from takings.events.models import Segment
from tests.make.audience import make_post
from tests.make.events import make_segment, make_view, own_lake
from tests.make.people import NOON


@pytest.fixture
def lake(tmp_path: Path, db: None) -> Iterator[Path]:  # noqa: ARG001 - the lake's catalog is in it
    with own_lake(tmp_path) as folder:
        yield folder


@pytest.mark.usefixtures("lake")
def test_two_seconds_of_a_post_are_remembered_and_a_flick_is_not() -> None:
    watched, flicked, viewer = make_post(), make_post(), uuid.uuid4()
    segment = make_segment(
        make_view(watched.pk, viewer, 2_000),
        make_view(flicked.pk, viewer, 1_999),
        make_view(uuid.uuid4(), viewer, 9_000),
    ).name
    for _ in range(2):
        app.tasks["audience.mark_seen"](segment=segment)
    assert [(one.viewer_id, one.video) for one in Sighting.objects.all()] == [(viewer, watched)]


@pytest.mark.usefixtures("lake")
def test_a_shipped_segment_orders_it() -> None:
    segment = make_segment(make_view(make_post().pk, uuid.uuid4(), 5_000)).name
    Segment.objects.filter(pk=segment).update(announced_at=None)
    announce_segments(at=NOON)
    [job] = app.job_manager.list_jobs(task="audience.mark_seen")
    assert segment in str(job.task_kwargs)

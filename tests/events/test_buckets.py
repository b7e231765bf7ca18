"""The lake in a bucket: the same way of an event, and nothing left on this machine."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from shutil import copytree

import pytest
from django.test import override_settings

from takings.core import ids
from takings.events import actions, queries
from takings.events.models import LakeFile
from takings.events.models.stores import store
from takings.events.queries.snapshots import EVERYTHING
from takings.events.rules.stores import BadLakeAddress, Bucket, check_bucket
from takings.policies.queries import policy_at
from tests.make.buckets import bucket
from tests.make.events import make_segment, make_view, own_lake
from tests.make.people import NOON, make_creator, make_operator, make_user
from tests.make.videos import make_video

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
count = partial(queries.daily_counts, starts_at=NOON - DAY, ends_at=NOON + DAY)


@pytest.fixture
def lake(tmp_path: Path, db: None) -> Iterator[Path]:  # noqa: ARG001 - the lake's catalog is in it
    """Give an empty lake in a bucket, and the folder of its objects."""
    with bucket(tmp_path / "buckets") as objects, own_lake(tmp_path):
        yield objects


def test_events_are_shipped_counted_compacted_erased_and_verified_in_a_bucket(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takings.events.actions.compacting.MOST_FILES", 2)
    video, one = make_video(make_creator()).pk, make_user().viewer_id
    for n in range(3):
        make_segment(make_view(video, one, 9_000, at=NOON + n * MINUTE), name=f"segment-{n}")
    before = count(policy=policy_at(at=NOON))
    assert sum(row.views for row in before.rows) == 3
    (done,) = actions.compact_lake(at=NOON)
    assert (done.row_count, done.file_count) == (6, 3)
    assert count(policy=policy_at(at=NOON), snapshot_id=before.snapshot_id) == before
    at = NOON + 3 * DAY
    actions.request_erasure(
        erasure_id=ids.uuid7(at=at),
        viewer_id=one,
        operator=make_operator(),
        reason="They asked for it.",
        at=at,
    )
    (erased,) = actions.continue_erasures(at=at)
    assert erased.row_count == 6
    assert count(policy=policy_at(at=NOON)).digest == before.digest
    assert len(list(queries.segment_events(segment="segment-1", types=["heartbeat"]))) == 1
    verified = actions.verify_files(at=at)
    assert (verified.file_count, verified.broken) == (1, ())
    named = queries.manifest(where=EVERYTHING)
    (path,) = lake.rglob("*.parquet")
    assert path.name == Path(named.files[0][0]).name
    assert not (tmp_path / "lake" / "takings").exists()


def test_a_missing_and_a_changed_object_are_refused_by_name(lake: Path) -> None:
    video = make_video(make_creator()).pk
    for n in range(2):
        make_segment(make_view(video, make_user().viewer_id, 9_000, at=NOON + n * MINUTE))
    gone, changed = LakeFile.objects.order_by("pk")
    (lake / "lake" / "takings" / "events" / gone.name).unlink()
    data = bytearray((lake / "lake" / "takings" / "events" / changed.name).read_bytes())
    data[200:208] = b"\xff" * 8
    (lake / "lake" / "takings" / "events" / changed.name).write_bytes(bytes(data))
    with pytest.raises(queries.LakeFileBroken, match=f"{gone.name}|{changed.name}"):
        count(policy=policy_at(at=NOON))
    broken = {one.facts["file"] for one in actions.verify_files(at=NOON).broken}
    assert broken == {gone.name, changed.name}


@pytest.mark.django_db
def test_a_lake_moves_into_a_bucket_by_copying_its_files(tmp_path: Path) -> None:
    video = make_video(make_creator()).pk
    with own_lake(tmp_path):
        make_segment(make_view(video, make_user().viewer_id, 9_000))
        before = count(policy=policy_at(at=NOON))
        with bucket(tmp_path / "buckets") as objects:
            copytree(tmp_path / "lake", objects / "lake")
            assert count(policy=policy_at(at=NOON)) == before
            make_segment(make_view(video, make_user().viewer_id, 9_000, at=NOON + MINUTE))
            assert queries.lake_stats().row_count == 4
            assert len(list(objects.rglob("*.parquet"))) == 2
    assert len(list((tmp_path / "lake").rglob("*.parquet"))) == 1


def checked(
    *, url: str = "s3://bucket/lake", endpoint: str = "", keys: tuple[str, str] = ("k", "s")
) -> Bucket:
    """Return what is made of these settings."""
    return check_bucket(url=url, endpoint=endpoint, region="eu-central-1", keys=keys)


def test_a_bucket_is_asked_with_tls_unless_its_address_says_otherwise() -> None:
    assert (checked().scheme, checked().host) == ("https", "")
    made = checked(endpoint="http://store.internal:9000")
    assert (made.scheme, made.host, made.access_key) == ("http", "store.internal:9000", "k")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"url": "/srv/lake"}, "must look like s3://bucket/prefix"),
        ({"url": "s3:///lake"}, "must look like s3://bucket/prefix"),
        ({"endpoint": "store:9000"}, "an endpoint looks like"),
        ({"endpoint": "https://me:secret@store"}, "an endpoint looks like"),
        ({"endpoint": "http://169.254.169.254/"}, "told their own secrets"),
        ({"endpoint": "http://[fe80::1]/"}, "told their own secrets"),
        ({"endpoint": "http://Metadata.google.internal./"}, "told their own secrets"),
    ],
)
def test_an_address_that_is_no_bucket_is_refused(wrong: dict[str, str], why: str) -> None:
    with pytest.raises(BadLakeAddress, match=why):
        checked(url=wrong.get("url", "s3://b/lake"), endpoint=wrong.get("endpoint", ""))


def test_half_a_pair_of_keys_is_refused() -> None:
    with pytest.raises(BadLakeAddress, match="must both be set"):
        checked(keys=("k", ""))


def test_a_bucket_without_keys_is_refused_before_anything_is_asked() -> None:
    with (
        override_settings(LAKE_URL="s3://bucket/lake", LAKE_KEYS=("", "")),
        pytest.raises(BadLakeAddress, match="TAKINGS_LAKE_ACCESS_KEY"),
    ):
        store()

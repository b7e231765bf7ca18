"""Erasing somebody from the lake: their rows become a stranger's, and every sum stays.

Files are rewritten, never rows within them. On each day the person becomes a random viewer of that
day, so that who watched what how often is counted as before; the tokens of ads shown to them are
taken out, since they name them. Every network they were in gets another hash, for everybody in it,
so that how much came from one network is counted as before, too. Views of their own videos stay:
whether those count depends on who watched.
"""

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import pyarrow as pa
from django.db import transaction
from django.db.models import F, Q

from takings.core import clock
from takings.core.errors import Conflict
from takings.core.progress import Progress, silent
from takings.events.actions.append import one_committer
from takings.events.actions.counting import drop_partials
from takings.events.actions.deleting import delete_lake_files
from takings.events.actions.rewriting import Rewrite, rewrite_files
from takings.events.actions.shipping import ship_segments
from takings.events.models import Erasure, Gone, LakeFile, Operation, lake
from takings.events.models.files import name_of
from takings.events.queries.files import as_planned
from takings.events.queries.snapshots import Files, between_days, reading
from takings.events.rules.pairs import to_pair
from takings.events.rules.pseudonyms import fresh_network, pseudonym
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.videos.models import Video

SETTLED = dt.timedelta(days=1)
"""What arrived later than that waits: charges of ads are made from it, by who saw them."""

THEIRS = """e.viewer_hi = {high} AND e.viewer_lo = {low} AND NOT EXISTS (
    SELECT 1 FROM own o WHERE o.video_hi = e.video_hi AND o.video_lo = e.video_lo
)"""
FOUND = "SELECT e.network, COUNT(*), MAX(e.received_ms) FROM events e WHERE {theirs} GROUP BY 1"
SHARED = "SELECT 1 FROM events e JOIN renamed r ON r.network = e.network LIMIT 1"
REWRITTEN = """
SELECT e.* REPLACE (
    CASE WHEN {theirs} THEN {new_high} ELSE e.viewer_hi END AS viewer_hi,
    CASE WHEN {theirs} THEN {new_low} ELSE e.viewer_lo END AS viewer_lo,
    CASE WHEN {theirs} THEN NULL ELSE e.ad END AS ad,
    COALESCE(r.fresh, e.network) AS network
)
FROM events e LEFT JOIN renamed r ON r.network = e.network
ORDER BY e.type, e.video_hi, e.video_lo, e.id_hi, e.id_lo
"""


class ErasureTaken(Conflict):
    """An erasure's id is its idempotency key."""

    code = "erasure_taken"
    sentence = "{erasure} is somebody else's, or finished."


@transaction.atomic
def request_erasure(
    *, erasure_id: uuid.UUID, viewer_id: uuid.UUID, operator: User, reason: str, at: dt.datetime
) -> Erasure:
    """Write down that somebody is to be erased, with an audit row that does not say who.

    Whoever is being erased already keeps that erasure. Refuses :class:`ErasureTaken`.
    """
    known = Erasure.objects.filter(Q(viewer_id=viewer_id) | Q(pk=erasure_id)).first()
    if known is not None and known.viewer_id == viewer_id:
        return known
    if known is not None:
        raise ErasureTaken(erasure=known)
    made = Erasure.objects.create(
        id=erasure_id, viewer_id=viewer_id, key=secrets.token_bytes(32), requested_at=at
    )
    record_staff_act(operator=operator, act="erase_events", target=str(made), reason=reason, at=at)
    return made


def continue_erasures(*, at: dt.datetime, progress: Progress = silent) -> list[Erasure]:
    """Go on with every erasure that is not finished; returns them as they are then.

    The log of this machine is shipped first. Each day is a commit of its own, so a run that was
    stopped goes on where it was. An erasure is finished when nothing of the person is left and
    :data:`SETTLED` has passed since it was requested.
    """
    ids = list(Erasure.objects.filter(finished_at=None).values_list("pk", flat=True))
    if ids:
        ship_segments(at=at)
    return [_continue(Erasure.objects.get(pk=erasure_id), at, progress) for erasure_id in ids]


def _continue(erasure: Erasure, at: dt.datetime, progress: Progress) -> Erasure:
    if erasure.viewer_id is None or erasure.key is None:
        return erasure  # another worker finished it a moment ago
    person = _Person(erasure.viewer_id, bytes(erasure.key), _own_videos(erasure.viewer_id))
    with one_committer(at=at):
        files = list(LakeFile.objects.filter(deleted_at=None).order_by("day", "name"))
    days = [list(group) for _, group in groupby(files, key=lambda file: file.day)]
    left = False
    for number, kept in enumerate(days):
        progress("erase", number, len(days))
        found = person.find(kept)
        if found.files and not _erase_day(person, found, kept, at=at):
            left = True
    progress("erase", len(days), len(days))
    if not left and at >= erasure.requested_at + SETTLED:
        Erasure.objects.filter(pk=erasure.pk).update(finished_at=at, viewer_id=None, key=None)
    erasure.refresh_from_db()
    return erasure


@dataclass(frozen=True, slots=True)
class _Found:
    """What one day holds of the person: in which files, how many rows, and their networks."""

    day: dt.date
    files: tuple[LakeFile, ...]
    row_count: int
    networks: frozenset[int]
    newest_at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Person:
    """Who is erased, as conditions and relations of queries."""

    viewer_id: uuid.UUID
    key: bytes
    own: pa.Table

    @property
    def theirs(self) -> str:
        """The condition of their rows."""
        high, low = to_pair(self.viewer_id)
        return THEIRS.format(high=high, low=low)

    def find(self, files: Sequence[LakeFile]) -> _Found:
        """Look for the person in files of one day."""
        query = FOUND.format(theirs=self.theirs)
        rows = {file: _ask(file, query, own=self.own) for file in files}
        flat = [row for found in rows.values() for row in found]
        return _Found(
            files[0].day,
            tuple(file for file, found in rows.items() if found),
            sum(
                count
                for file, found in rows.items()
                if not file.removed_id
                for _, count, _ in found
            ),
            frozenset(network for network, _, _ in flat if network),
            clock.from_ms(max((ms for _, _, ms in flat), default=0)),
        )

    def rewrite(self, found: _Found) -> Rewrite:
        """Return what becomes of the files."""
        high, low = to_pair(pseudonym(key=self.key, day=found.day))
        query = REWRITTEN.format(theirs=self.theirs, new_high=high, new_low=low)
        relations = {"own": self.own, "renamed": self.renamed(found)}
        return Rewrite(found.day, query, relations, Operation.ERASED)

    def renamed(self, found: _Found) -> pa.Table:
        """Return the networks of the day, and what each is called from now on."""
        networks = sorted(found.networks)
        fresh = [fresh_network(key=self.key, day=found.day, network=one) for one in networks]
        return pa.table(
            {"network": pa.array(networks, pa.int64()), "fresh": pa.array(fresh, pa.int64())}
        )


def _own_videos(viewer_id: uuid.UUID) -> pa.Table:
    own = Video.objects.filter(uploader__viewer_id=viewer_id)
    pairs = [to_pair(video) for video in own.values_list("id", flat=True)]
    columns = {"video_hi": [high for high, _ in pairs], "video_lo": [low for _, low in pairs]}
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def _erase_day(
    person: _Person, found: _Found, kept: Sequence[LakeFile], *, at: dt.datetime
) -> bool:
    """Rewrite what is in the newest version, delete what is not; tells whether all is done."""
    if found.newest_at >= at - SETTLED:
        return False
    renamed = person.renamed(found)
    now = [
        file
        for file in kept
        if not file.removed_id and (file in found.files or _ask(file, SHARED, renamed=renamed))
    ]
    if now:
        tasks = lake.open_table().scan(between_days(found.day, found.day)).plan_files()
        live = {name_of(task.file.file_path): task.file for task in tasks}
        old = [live[file.name] for file in now if file.name in live]
        if len(old) < len(now) or not rewrite_files(old=old, rewrite=person.rewrite(found), at=at):
            return False
    drop_partials(day=found.day)  # which may say who watched what
    deleted = delete_lake_files({*found.files, *now}, gone=Gone.ERASED, at=at)
    Erasure.objects.filter(viewer_id=person.viewer_id).update(
        row_count=F("row_count") + found.row_count, file_count=F("file_count") + deleted
    )
    return True


def _ask(file: LakeFile, query: str, **relations: pa.Table) -> list[tuple[int, ...]]:
    with reading(Files(0, (as_planned(file),))) as engine:
        for name, relation in relations.items():
            engine.register(name, relation)
        return engine.sql(query).fetchall()

"""The bus: every event once and in one order, whatever commits when and whatever breaks."""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from django.db import connection, transaction

from takings.live.actions import forget_events, publish, publish_many
from takings.live.actions.bus import Bus, MemoryBus, PostgresBus
from takings.live.actions.bus.postgres import NAME
from takings.live.actions.publishing import KEEP
from takings.live.models import Event as Row
from takings.live.rules.bus import MOST_BODY_BYTES, BadNote, Event, Note
from tests.make.people import NOON

ROOM = "room:1"
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
PATIENCE_S = 30
pytestmark = pytest.mark.django_db(transaction=True)


class Ear:
    """Hears a bus on a loop of its own, as a web process does."""

    def __init__(self, bus: Bus) -> None:
        """Listen to it, and come back once nothing is missed any more."""
        self.heard: list[Event] = []
        self.gaps = 0
        self._changed = threading.Condition()
        self._listens = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, args=(bus,))
        self._thread.start()
        assert self._listens.wait(PATIENCE_S)

    def _run(self, bus: Bus) -> None:
        self._task = self._loop.create_task(self._hear(bus))
        with pytest.raises(asyncio.CancelledError):
            self._loop.run_until_complete(self._task)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        connection.close()

    async def _hear(self, bus: Bus) -> None:
        async for batch in bus.batches():
            self._listens.set()
            with self._changed:
                self.gaps += batch is None
                self.heard += batch or ()
                self._changed.notify_all()

    def wait(self, done: Callable[["Ear"], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: done(self), PATIENCE_S), self.heard

    def words(self) -> list[str]:
        return [event.body for event in self.heard]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()


@pytest.fixture(params=[MemoryBus, PostgresBus])
def bus(request: pytest.FixtureRequest) -> Bus:
    made: Bus = request.param()
    return made


@pytest.fixture
def ears(bus: Bus) -> Iterator[tuple[Ear, Ear]]:
    two = Ear(bus), Ear(bus)
    yield two
    for ear in two:
        ear.close()


def tell(bus: Bus, *words: int, topic: str = ROOM) -> None:
    notes = [Note(topic=topic, kind="word", body={"word": word}) for word in words]
    bus.publish_many(notes=notes, at=NOON)


def words_of(events: Sequence[Event] | None) -> list[str]:
    assert events is not None
    return [event.body for event in events]


def said(*words: int) -> list[str]:
    return [f'{{"word":{word}}}' for word in words]


def test_everyone_hears_everything_once_and_in_one_order(bus: Bus, ears: tuple[Ear, Ear]) -> None:
    tell(bus, 1, 2)
    with transaction.atomic():
        tell(bus, 99)
        transaction.set_rollback(True)  # never told: it never became true
    tell(bus, 3, topic="room:2")
    tell(bus, *range(4, 1_504))
    for ear in ears:
        ear.wait(lambda ear: len(ear.heard) == 1_503)
        assert ear.words() == said(*range(1, 1_504))
        assert [event.number for event in ear.heard] == list(range(1, 1_504))


def test_who_was_away_is_told_the_rest_of_their_topic(bus: Bus, ears: tuple[Ear, Ear]) -> None:
    tell(bus, 1, 2, 3)
    tell(bus, 4, topic="room:2")
    ears[0].wait(lambda ear: len(ear.heard) == 4)
    assert bus.last_number() == 4
    assert words_of(bus.since(topic=ROOM, after=1)) == said(2, 3)
    assert words_of(bus.since(topic="room:2", after=1)) == said(4)
    assert words_of(bus.since(topic=ROOM, after=4)) == []
    assert bus.since(topic=ROOM, after=5) is None  # of another past: this bus never said 5
    tell(bus, *range(1_001))
    ears[0].wait(lambda ear: len(ear.heard) == 1_005)
    assert bus.since(topic=ROOM, after=4) is None  # more than one wants to be told again


@pytest.mark.parametrize("bus", [PostgresBus], indirect=True)
def test_a_transaction_that_commits_late_is_neither_lost_nor_waited_for(
    bus: Bus, ears: tuple[Ear, Ear]
) -> None:
    written, go_on = threading.Event(), threading.Event()

    def dawdle() -> None:
        with transaction.atomic():
            tell(bus, 1)
            written.set()
            go_on.wait(PATIENCE_S)
        connection.close()

    slow = threading.Thread(target=dawdle)
    slow.start()
    assert written.wait(PATIENCE_S)
    tell(bus, 2)  # has the later id, and commits first
    for ear in ears:
        ear.wait(lambda ear: ear.words() == said(2))
    [two] = ears[0].heard
    go_on.set()
    slow.join()
    for ear in ears:
        ear.wait(lambda ear: ear.words() == said(2, 1))
    ids = Row.objects.order_by("number").values_list("id", flat=True)
    assert list(ids) == sorted(ids, reverse=True)
    assert words_of(bus.since(topic=ROOM, after=two.number)) == said(1)


def _has_heard(ear: Ear, *, count: int) -> bool:
    return ear.words() == said(*range(1, count + 1))


@pytest.mark.parametrize("bus", [PostgresBus], indirect=True)
def test_a_broken_connection_goes_on_where_it_ended(bus: Bus, ears: tuple[Ear, Ear]) -> None:
    for word in range(1, 6):
        tell(bus, word)
        ears[0].wait(partial(_has_heard, count=word))
        with connection.cursor() as cursor:
            cursor.execute(KILL, [NAME])
    tell(bus, 6)
    for ear in ears:
        ear.wait(partial(_has_heard, count=6))
        assert ear.gaps == 0


def test_many_threads_publish_at_once_and_every_listener_has_the_same_order(
    bus: Bus, ears: tuple[Ear, Ear]
) -> None:
    def speak(first: int) -> None:
        for word in range(first, first + 25):
            with transaction.atomic():
                tell(bus, word)
        connection.close()

    threads = [threading.Thread(target=speak, args=(100 * one,)) for one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for ear in ears:
        ear.wait(lambda ear: len(ear.heard) == 100)
        assert [event.number for event in ear.heard] == list(range(1, 101))
    assert ears[0].heard == ears[1].heard
    for one in range(4):  # each thread's words in the order in which it said them
        mine = [word for word in ears[0].words() if word in said(*range(100 * one, 100 * one + 25))]
        assert mine == said(*range(100 * one, 100 * one + 25))


def test_old_events_are_forgotten_and_nobody_takes_the_rest_for_all() -> None:
    bus = PostgresBus()
    ear = Ear(bus)
    assert forget_events(at=NOON + KEEP) == 0
    tell(bus, 1, 2)
    publish(topic=ROOM, kind="word", body={"word": 3}, at=NOON + dt.timedelta(minutes=1))
    ear.wait(lambda ear: len(ear.heard) == 3)
    assert forget_events(at=NOON + KEEP) == 0
    later = NOON + KEEP + dt.timedelta(seconds=1)
    assert forget_events(at=later) == 2
    assert forget_events(at=later) == 0
    assert bus.since(topic=ROOM, after=1) is None
    assert words_of(bus.since(topic=ROOM, after=2)) == said(3)
    ear.close()


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (Note(topic="room", kind="word", body={}), "no topic"),
        (Note(topic=ROOM, kind="Two words", body={}), "no kind"),
        (
            Note(topic=ROOM, kind="word", body={"a": "é" * MOST_BODY_BYTES}),
            f"more than {MOST_BODY_BYTES} bytes",
        ),
    ],
)
def test_a_note_that_cannot_be_told_is_refused(note: Note, why: str) -> None:
    publish_many(notes=[], at=NOON)
    with pytest.raises(BadNote, match=why):
        publish_many(notes=[note], at=NOON)
    assert not Row.objects.exists()

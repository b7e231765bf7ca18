"""Open streams: who may listen, what comes again, and what a slow browser misses."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from takings.live.actions import forget_guests, say_guests, show_name
from takings.live.actions.bus import Bus, MemoryBus, PostgresBus
from takings.live.edge import hub as hubs
from takings.live.edge import presence
from takings.live.edge.hub import Hub
from takings.live.edge.listener import MOST_WAITING, Guest, Listener
from takings.live.edge.presence import Counter
from takings.live.models import Presence
from takings.live.queries import Guests
from takings.live.rules.bus import Event, Note, Topic, earnings_topic
from takings.live.rules.frames import MOST_IN_FRAME, Frame, frame_of, resync
from takings.videos.edge.threads import ask
from takings.videos.models import Video, Visibility
from tests.live.streams import listening, running
from tests.make.audience import make_post
from tests.make.live import EIGHT, make_plan, make_room, make_running
from tests.make.people import NOON, make_creator, make_user
from tests.videos.asgi import cookie_of

pytestmark = pytest.mark.django_db(transaction=True)
Story = Callable[[Hub], Coroutine[Any, Any, None]]


@pytest.fixture
def video() -> Video:
    return make_post(make_creator(), title="Dunes")


def at(video: Video) -> str:
    return f"/live/stream/video/{video.pk}"


async def tell(bus: Bus, video: Video, *words: int, may_drop: bool = False) -> None:
    topic = Topic.VIDEO.of(video.pk)
    notes = [Note(topic=topic, kind="word", body={"w": w}, may_drop=may_drop) for w in words]
    await asyncio.to_thread(_publish, bus, notes)


def _publish(bus: Bus, notes: Sequence[Note]) -> None:
    with transaction.atomic():
        bus.publish_many(notes=notes, at=NOON)
    connection.close()


def tell_story(story: Story, bus: Bus) -> None:
    async def told() -> None:
        async with running(Hub(bus)) as hub:
            await story(hub)

    asyncio.run(told())


def said(*words: int) -> list[dict[str, int]]:
    return [{"w": word} for word in words]


@pytest.mark.parametrize("make_bus", [MemoryBus, PostgresBus])
def test_who_comes_back_hears_what_was_told_meanwhile_once(
    make_bus: type[Bus], video: Video
) -> None:
    async def story(hub: Hub) -> None:
        async with listening(hub, at(video)) as tab:
            assert tab.status == 200
            assert tab.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert tab.body.startswith(b'retry: 2000\ndata: [["hello",{"now":')
            await tell(hub.bus, video, 1)
            [one] = await tab.frames(1)
            assert (one.id, one.kind, one.data) == ("1", "message", [["word", {"w": 1}]])
        assert hub.count == 0
        await tell(hub.bus, video, 2)
        await tell(hub.bus, video, 3)
        async with asyncio.timeout(20):
            # A page names only what has its number.
            while await ask(hub.bus.last_number) < 3:  # noqa: ASYNC110 - no event tells it
                await asyncio.sleep(0.01)
        async with (
            listening(hub, at(video), headers={"last-event-id": one.id}) as tab,
            listening(hub, f"{at(video)}?after=2") as other,
        ):
            await tell(hub.bus, video, 4)
            assert await tab.words(3) == said(2, 3, 4)
            assert await other.words(2) == said(3, 4)
            assert tab.told()[-1].id == "4"

    tell_story(story, make_bus())


def test_who_was_away_too_long_looks_at_the_page_again(video: Video) -> None:
    async def story(hub: Hub) -> None:
        await tell(hub.bus, video, 1, 2, 3)
        for seen in ("0", "99"):  # forgotten since; of another past
            async with listening(hub, at(video), headers={"last-event-id": seen}) as tab:
                [frame] = await tab.frames(1)
                assert (frame.kind, frame.data) == ("resync", [])
        async with listening(hub, at(video), headers={"last-event-id": "no number"}) as tab:
            await tell(hub.bus, video, 4)
            assert (await tab.frames(1))[0].words() == said(4)

    tell_story(story, MemoryBus(keep=2))


def test_a_slow_browser_misses_animations_first_and_is_told_of_what_it_missed() -> None:
    def frames(numbers: range, *, drop: int = 0) -> list[Frame]:
        return [frame_of([Event(n, "video:1", "word", "1", n == drop)]) for n in numbers]

    async def story() -> None:
        slow = Listener(Guest(uuid.uuid4()), after=0)
        for frame in frames(range(1, MOST_WAITING + 1), drop=5):
            slow.offer(frame)
        slow.beat()  # no room, and no need: there is something to send
        slow.offer(*frames(range(100, 101)))
        sent = await slow.next()
        assert [n for n in (1, 5, MOST_WAITING, 100) if b"id: %d\n" % n in sent] == [1, 32, 100]
        for frame in frames(range(101, 102 + MOST_WAITING)):
            slow.offer(frame)
        assert await slow.next() == resync(133)
        for frame in frames(range(134, 136)):
            slow.offer(frame)
        assert (await slow.next()).startswith(b"id: 134\n")

    asyncio.run(story())


def test_what_comes_together_is_told_together_and_animations_make_way(video: Video) -> None:
    async def story(hub: Hub) -> None:
        async with listening(hub, at(video)) as tab:
            await tell(hub.bus, video, *range(500), may_drop=True)
            [frame] = await tab.frames(1)
            assert frame.words() == said(*range(500 - MOST_IN_FRAME, 500))
            assert frame.id == "500"

    tell_story(story, MemoryBus())


def test_a_private_video_has_a_stream_for_its_owner_alone(video: Video) -> None:
    Video.objects.update(visibility=Visibility.PRIVATE)
    owner = {"cookie": cookie_of(video.uploader)}

    async def story(hub: Hub) -> None:
        for path in (at(video), f"/live/stream/video/{uuid.uuid4()}"):
            async with listening(hub, path) as tab:
                assert tab.refusal() == (404, "no_such_post")
        for path in ("/live/stream/video/1", "/live/stream/books/1", "/live/stream"):
            async with listening(hub, path) as tab:
                assert tab.refusal() == (404, "no_such_stream")
        async with listening(hub, at(video), headers=owner) as tab:
            assert tab.status == 200
            topic = Topic.VIDEO.of(video.pk)
            [[guest]] = hub.guests().values()
            assert guest.user_id == video.uploader.pk
            shut = Note(topic=topic, kind="_shut", body={"people": [0]})
            await asyncio.to_thread(_publish, hub.bus, [shut])
            await tell(hub.bus, video, 1)
            await tab.frames(1)
            shut = Note(topic=topic, kind="_shut", body={"people": [guest.user_id]})
            await asyncio.to_thread(_publish, hub.bus, [shut])
            await tab.end()

    tell_story(story, MemoryBus())


def test_streams_beat_and_end_after_a_while_so_that_the_gate_is_asked_again(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(hubs, "BEATS", 3)

    async def story(hub: Hub) -> None:
        async with listening(hub, at(video)) as tab:
            await tab.end()
            assert tab.body.count(b"\n\n:\n\n") + tab.body.count(b":\n\n:\n\n") >= 2

    tell_story(story, MemoryBus())


def test_a_full_process_says_so(video: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_LISTENERS", 1)

    async def story(hub: Hub) -> None:
        async with listening(hub, at(video)), listening(hub, at(video)) as second:
            assert second.refusal() == (503, "too_many_listeners")
            assert second.headers["retry-after"] == "5"

    tell_story(story, MemoryBus())


def test_a_hub_that_stumbles_begins_again_and_says_that_something_was_missed(
    video: Video, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "AGAIN_S", 0.01)

    async def story(hub: Hub) -> None:
        async with listening(hub, at(video)) as tab:
            deliver = hub.deliver
            monkeypatch.setattr(hub, "deliver", None)
            await tell(hub.bus, video, 1)
            frames = await tab.frames(1)
            assert frames[0].kind == "resync"
            monkeypatch.setattr(hub, "deliver", deliver)
            await tell(hub.bus, video, 2)
            frames = await tab.frames(2)
            assert frames[-1].words() == said(2)

    tell_story(story, MemoryBus())


def test_a_room_is_told_how_many_are_there_and_the_names_of_who_wants_it() -> None:
    room, vera = make_running(), make_user("Vera")
    show_name(room=room, user=vera)
    path, hers = f"/live/stream/room/{room.pk}", {"cookie": cookie_of(vera)}

    async def story(hub: Hub) -> None:
        counter, other = Counter(hub), Counter(Hub(hub.bus))
        await counter.tell(at=EIGHT)
        async with listening(hub, path, headers=hers) as tab, listening(hub, path, headers=hers):
            async with listening(hub, path) as third:
                await counter.tell(at=EIGHT)
                frames = await third.frames(1)
                assert frames[0].data == [["presence", {"count": 2, "names": ["Vera"]}]]
                async with listening(hub, path) as fourth:  # who comes is told at once
                    assert (await fourth.frames(1))[0].data == frames[0].data
                    await counter.tell(at=EIGHT)
                    await counter.tell(at=EIGHT)  # nothing new
            assert [frame.words()[0] for frame in await tab.frames(2)] == [
                {"count": count, "names": ["Vera"]} for count in (2, 3)
            ]
        await counter.tell(at=EIGHT)
        await other.tell(at=EIGHT)
        assert await ask(_present) == [(0, [])]

    tell_story(story, MemoryBus())
    assert forget_guests(at=EIGHT + dt.timedelta(seconds=89)) == 0
    assert forget_guests(at=EIGHT + dt.timedelta(seconds=91)) == 1


def test_what_a_process_says_of_its_guests_takes_the_place_of_what_it_said_before() -> None:
    room, process = Topic.ROOM.of("r1"), uuid.uuid4()
    say_guests(process=process, guests={room: Guests(2, ("Vera",))}, at=EIGHT)
    say_guests(process=process, guests={room: Guests(1)}, at=EIGHT)
    assert _present() == [(1, [])]


def _present() -> list[tuple[int, list[str]]]:
    return list(Presence.objects.values_list("guest_count", "names"))


def test_a_counter_that_stumbles_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "ROUND_S", 0.01)
    rounds = []

    async def tell(self: Counter, *, at: dt.datetime) -> None:
        del self, at
        rounds.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(Counter, "tell", tell)

    async def story(hub: Hub) -> None:
        task = asyncio.create_task(Counter(hub).run())
        async with asyncio.timeout(20):
            while len(rounds) < 3:  # noqa: ASYNC110 - what is waited for sets no event
                await asyncio.sleep(0.01)
        task.cancel()

    tell_story(story, MemoryBus())


def test_who_is_too_young_hears_nothing_of_a_room() -> None:
    room = make_room(plan=replace(make_plan(), minimum_age=18))

    async def story(hub: Hub) -> None:
        async with listening(hub, f"/live/stream/room/{room.pk}") as tab:
            assert tab.refusal() == (403, "room_age")

    tell_story(story, MemoryBus())


def test_what_a_creator_earns_is_told_to_nobody_else() -> None:
    ada, ben = make_creator(), make_creator()
    path = f"/live/stream/{earnings_topic(ada.pk).replace(':', '/')}"

    async def story(hub: Hub) -> None:
        for cookie in ("", cookie_of_ben, cookie_of_fan):
            async with listening(hub, path, headers={"cookie": cookie}) as tab:
                assert tab.refusal() == (404, "not_your_earnings")
        async with listening(hub, path, headers={"cookie": cookie_of_ada}) as tab:
            note = Note(topic=earnings_topic(ada.pk), kind="earned", body={})
            await asyncio.to_thread(_publish, hub.bus, [note])
            [frame] = await tab.frames(1)
            assert frame.data == [["earned", {}]]

    cookie_of_ada, cookie_of_ben = cookie_of(ada.user), cookie_of(ben.user)
    cookie_of_fan = cookie_of(make_user("Vera"))
    tell_story(story, MemoryBus())

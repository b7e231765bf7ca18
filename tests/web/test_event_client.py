"""Events on their way: kept until acknowledged, sent again under the same ids, counted once."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# A collector and a disk that the test plays: `world` says what they answer and have received.
WORLD = """
window.world = {
  now: 1_700_000_000_000, answer: 202, told: {}, headers: {}, sent: [], beacons: [],
  kept: new Map(),
};
window.outside = {
  now: () => world.now,
  send: async (body) => {
    if (world.answer === "offline") throw new TypeError("offline");
    world.sent.push(JSON.parse(body));
    const { told, answer, headers } = world;
    return new Response(JSON.stringify(told), { status: answer, headers });
  },
  beacon: (body) => { world.beacons.push(JSON.parse(body)); return true; },
  store: {
    getItem: (key) => world.kept.get(key) ?? null,
    setItem: (key, value) => {
      if (world.full) throw new DOMException("full", "QuotaExceededError");
      world.kept.set(key, value);
    },
    removeItem: (key) => world.kept.delete(key),
    key: (n) => [...world.kept.keys()][n] ?? null,
    get length() { return world.kept.size; },
  },
};
window.client = new parts.EventClient(outside);
window.beat = (view, watched_ms) => client.add({
  type: "heartbeat", video: "v", view, watched_ms, position_ms: watched_ms, surface: "feed",
});
window.ids = (batches) => batches.map((batch) => batch.events.map((event) => event.id));
"""


@pytest.fixture
def page(chromium: Browser, parts: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.evaluate(f"{parts}; window.parts = parts; {WORLD}; 0")
    yield page
    page.close()


def test_a_batch_is_forgotten_once_it_is_acknowledged(page: Page) -> None:
    page.evaluate("beat('a', 1000); beat('a', 2000)")
    assert page.evaluate("world.kept.size") == 1
    page.evaluate("client.flush()")
    sent = page.evaluate("world.sent")
    assert [(batch["v"], batch["offset_ms"]) for batch in sent] == [(2, 0)]
    assert sent[0]["sent_ms"] == 1_700_000_000_000
    assert [event["watched_ms"] for event in sent[0]["events"]] == [1000, 2000]
    assert page.evaluate("[client.waiting.length, world.kept.size]") == [0, 0]


def test_ids_are_time_ordered_uuids_of_version_seven(page: Page) -> None:
    page.evaluate("beat('a', 1); world.now += 5; beat('a', 2); client.flush()")
    ids = [uuid.UUID(event["id"]) for event in page.evaluate("world.sent")[0]["events"]]
    assert [identifier.version for identifier in ids] == [7, 7]
    assert [identifier.int >> 80 for identifier in ids] == [1_700_000_000_000, 1_700_000_000_005]


def test_offline_events_wait_and_go_again_under_the_same_ids(page: Page) -> None:
    page.evaluate("world.answer = 'offline'; beat('a', 1000)")
    first = page.evaluate("client.waiting.map((event) => event.id)")
    page.evaluate("client.flush()")
    page.evaluate("world.answer = 202; beat('a', 2000); client.flush()")
    assert page.evaluate("world.sent") == []  # it waits before it asks again
    page.evaluate("world.now += 2000; client.flush()")
    assert page.evaluate("ids(world.sent)")[0][:1] == first
    assert page.evaluate("client.waiting.length") == 0


def test_each_failure_doubles_the_wait_up_to_a_minute(page: Page) -> None:
    waits = page.evaluate("""async () => {
      world.answer = 503;
      beat('a', 1);
      const waits = [];
      for (let n = 0; n < 9; n++) {
        const before = world.sent.length;
        let ms = 0;
        while (world.sent.length === before) { await client.flush(); world.now += 250; ms += 250; }
        waits.push(ms);
      }
      return waits;
    }""")
    assert waits[1] < waits[3] < waits[5]
    assert all(wait <= 75_500 for wait in waits)


def test_the_collector_may_ask_for_more_patience(page: Page) -> None:
    page.evaluate("world.answer = 503; world.headers = {'Retry-After': '30'}; beat('a', 1)")
    page.evaluate("client.flush()")
    page.evaluate("world.answer = 202; world.now += 29_000; client.flush()")
    assert page.evaluate("world.sent.length") == 1
    page.evaluate("world.now += 2_000; client.flush()")
    assert page.evaluate("[world.sent.length, client.waiting.length]") == [2, 0]


@pytest.mark.parametrize("status", [400, 422])
def test_what_is_refused_for_good_is_not_sent_again(page: Page, status: int) -> None:
    page.evaluate(f"world.answer = {status}; beat('a', 1); client.flush()")
    assert page.evaluate("[world.sent.length, client.waiting.length]") == [1, 0]


WRONG = "world.answer = 422; world.told = {code: 'clock_is_wrong', offset_ms: -3_600_000};"
RIGHT = "world.answer = 202; world.told = {}; world.now += 2_000; client.flush()"


def test_a_wrong_clock_is_told_its_offset_and_the_same_ids_go_again(page: Page) -> None:
    page.evaluate(f"{WRONG} beat('a', 1000); client.flush()")
    page.evaluate(RIGHT)
    sent = page.evaluate("world.sent")
    assert [batch["offset_ms"] for batch in sent] == [0, -3_600_000]
    assert sent[0]["events"] == sent[1]["events"]
    page.evaluate("beat('a', 2000); client.flush()")
    assert page.evaluate("world.sent.at(-1).offset_ms") == -3_600_000
    assert page.evaluate("client.waiting.length") == 0


def test_the_rest_of_a_view_is_dropped_when_the_clock_is_set_during_it(page: Page) -> None:
    page.evaluate("beat('a', 1000); client.flush()")
    page.evaluate(f"{WRONG} beat('a', 2000); beat('b', 1000); client.flush()")
    page.evaluate(f"beat('a', 3000); {RIGHT}")
    last = page.evaluate("world.sent.at(-1)")
    assert [event["view"] for event in last["events"]] == ["b"]
    assert last["offset_ms"] == -3_600_000


def test_what_a_page_left_behind_keeps_its_own_offset(page: Page) -> None:
    page.evaluate(f"{WRONG} beat('a', 1000); client.flush()")
    page.evaluate("world.answer = 202; world.told = {}; client.leave(); world.now += 60_000")
    page.evaluate("window.next = new parts.EventClient(outside); next.adopt()")
    page.evaluate(
        "next.add({type: 'start', video: 'v', view: 'b', watched_ms: 0, position_ms: 0,"
        " surface: 'feed'}); next.flush()"
    )
    page.wait_for_function("world.sent.length === 3")
    sent = page.evaluate("world.sent.slice(1)")
    assert [(one["offset_ms"], len(one["events"])) for one in sent] == [(-3_600_000, 1), (0, 1)]


def test_a_page_that_ends_hands_what_is_left_to_a_beacon(page: Page) -> None:
    page.evaluate("beat('a', 1000); client.leave()")
    assert page.evaluate("ids(world.beacons)[0].length") == 1
    assert page.evaluate("world.kept.size") == 1  # nobody has acknowledged it yet


def test_the_next_page_sends_what_nobody_acknowledged_under_the_same_ids(page: Page) -> None:
    page.evaluate("beat('a', 1000); client.leave(); world.now += 60_000")
    page.evaluate("window.next = new parts.EventClient(outside); next.adopt(); next.flush()")
    assert page.evaluate("ids(world.sent)") == page.evaluate("ids(world.beacons)")
    assert page.evaluate("world.kept.size") == 0


def test_a_tab_that_still_lives_keeps_its_own_events(page: Page) -> None:
    page.evaluate("beat('a', 1000); window.next = new parts.EventClient(outside); next.adopt()")
    assert page.evaluate("[client.waiting.length, next.waiting.length]") == [1, 0]


def test_a_long_time_offline_keeps_the_last_word_of_each_view(page: Page) -> None:
    page.evaluate("""
      world.answer = 'offline';
      for (let view = 0; view < 3; view++) for (let n = 1; n <= 400; n++) beat('view' + view, n);
    """)
    waiting = page.evaluate("client.waiting.map((event) => [event.view, event.watched_ms])")
    assert len(waiting) <= page.evaluate("parts.QUEUE_LIMIT")
    assert dict(waiting) == {"view0": 400, "view1": 400, "view2": 400}


def test_a_full_disk_loses_nothing_while_the_page_lives(page: Page) -> None:
    page.evaluate("world.full = true; beat('a', 1000); client.flush()")
    assert page.evaluate("[world.sent.length, client.waiting.length]") == [1, 0]


def test_many_events_go_in_batches(page: Page) -> None:
    page.evaluate("for (let n = 1; n <= 250; n++) beat('a', n); client.flush()")
    page.wait_for_function("world.sent.length === 3")
    assert page.evaluate("world.sent.map((batch) => batch.events.length)") == [100, 100, 50]


def test_a_broken_note_on_disk_is_thrown_away(page: Page) -> None:
    page.evaluate("world.kept.set('takings_events:old', '{'); client.adopt()")
    assert page.evaluate("[client.waiting.length, world.kept.size]") == [0, 0]

"""``POST /gifts/send``: gifts of one process are sent together; every answer says why."""

import asyncio
import json
from collections.abc import Mapping
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, connections

from takings.core import clock
from takings.gifts.actions import send_gifts
from takings.gifts.edge import grouping
from takings.gifts.edge.grouping import Group, SendingFailed, TooManyGifts
from takings.gifts.edge.routes import app, shutdown
from takings.gifts.models import Gift
from takings.gifts.rules import sign_sender
from takings.people.models import User
from tests.make.gifts import make_gift_kind, wish
from tests.make.passes import Time
from tests.make.settlement import Act, make_act

pytestmark = pytest.mark.django_db(transaction=True)
Answer = tuple[int, dict[str, object]]


async def ask(said: Mapping[str, object] | bytes, *, method: str = "POST") -> Answer:
    """Call the route as the server does."""
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    told: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body}

    async def send(message: Mapping[str, object]) -> None:
        told.append(dict(message))

    headers = [(b"content-length", str(len(body)).encode())]
    await app({"method": method, "headers": headers}, receive, send)
    return int(str(told[0]["status"])), json.loads(bytes(told[1]["body"]))  # type: ignore[call-overload]


async def all_of(*said: Mapping[str, object] | bytes) -> list[Answer]:
    """Ask all at once, and stop."""
    try:
        return list(await asyncio.gather(*(ask(one) for one in said)))
    finally:
        await shutdown()


def told(user: User, act: Act, kind: str, **more: object) -> dict[str, object]:
    """Return what the page of somebody sends."""
    token = sign_sender(user_id=user.pk, key=settings.SECRET_KEY, at=clock.now())
    said = {"id": str(uuid4()), "token": token, "video": str(act.video_id), "kind": kind}
    return {**said, **more}


def test_gifts_are_answered_each_for_itself(vera: User) -> None:
    ada, kind = make_act("Ada"), make_gift_kind(500).slug
    ones = [told(vera, ada, kind, moment_ms=-5, message="Hi") for _ in range(3)]
    answers = asyncio.run(all_of(*ones, ones[0]))
    assert [status for status, _ in answers] == [200, 200, 409, 200]
    first, again = answers[0][1], answers[3][1]
    assert (first["combo"], first["coins"], first["message"]) == (1, 500, "Hi")
    assert first["undo_until_ms"] == clock.to_ms(clock.now()) + 10_000
    assert (answers[1][1]["combo"], answers[2][1]["code"]) == (2, "not_enough_coins")
    assert again == first
    assert Gift.objects.get(pk=UUID(str(first["id"]))).moment_ms == 0


def test_what_is_no_gift_is_refused(vera: User, time: Time) -> None:
    ada, kind = make_act("Ada"), make_gift_kind(500).slug
    fine = told(vera, ada, kind)
    asked: list[Mapping[str, object] | bytes] = [
        b"{",
        {**fine, "more": 1},
        {**fine, "token": "1.2"},
        {**fine, "token": str(fine["token"])[:-1] + "x"},
        {**fine, "kind": "nothing"},
        b"\xff",
    ]
    answers = asyncio.run(all_of(*asked))
    assert [(status, said["code"]) for status, said in answers] == [
        (422, "bad_gift_id"),
        (422, "bad_gift_id"),
        (403, "bad_sender_token"),
        (403, "bad_sender_token"),
        (404, "no_such_gift_kind"),
        (422, "bad_gift_id"),
    ]
    assert asyncio.run(ask(b"", method="GET"))[0] == 405
    time.go(1, 26)
    assert asyncio.run(all_of(fine)) == [
        (403, {"code": "bad_sender_token", "sentence": answers[2][1]["sentence"]})
    ]


def test_those_who_fail_together_are_sent_alone(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, kind = make_act("Ada"), make_gift_kind(10)
    wishes = [wish(vera, ada, kind) for _ in range(3)]
    real = send_gifts

    def breaks(**call: object) -> object:
        if wishes[1] in call["wishes"]:  # type: ignore[operator]
            raise DatabaseError
        return real(**call)  # type: ignore[arg-type]

    monkeypatch.setattr(grouping, "send_gifts", breaks)

    async def story() -> list[object]:
        group = Group()
        one = asyncio.create_task(group.send(wishes[0]))
        gone = asyncio.create_task(group.send(wishes[2]))
        await asyncio.sleep(0)
        gone.cancel()
        found = await asyncio.gather(one, group.send(wishes[1]), gone, return_exceptions=True)
        await group.close()
        await Group().close()
        return list(found)

    sent, failed, left = asyncio.run(story())
    assert sent.gift.pk == wishes[0].id  # type: ignore[attr-defined]
    assert isinstance(failed, SendingFailed)
    assert isinstance(left, asyncio.CancelledError)
    assert Gift.objects.count() == 2  # who went away sent it all the same
    connections.close_all()


def test_too_many_are_told_at_once(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, kind = make_act("Ada"), make_gift_kind(10)
    monkeypatch.setattr(grouping, "MOST_WAITING", 0)
    with pytest.raises(TooManyGifts):
        asyncio.run(Group().send(wish(vera, ada, kind)))

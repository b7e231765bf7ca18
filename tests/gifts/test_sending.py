"""A gift is one entry in coins and money: once, refused by name, and held where it must be."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from takings.coins.rules import NotEnoughCoins
from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts.actions import (
    NotHeld,
    Sent,
    block_sender,
    close_gifts,
    release_gift,
    release_gifts,
    retire_kind,
    send_gift,
    send_gifts,
    unblock_sender,
    undo_gift,
    welcome_gifts,
)
from takings.gifts.models import Gift, GiftKind, GiftRelease
from takings.gifts.rules import (
    CreatorNotEligible,
    GiftIdTaken,
    GiftsNotWelcome,
    NoSuchGiftKind,
    NotGiftable,
    NotSold,
    Offer,
    OwnVideo,
    SenderGone,
    TooYoungForGift,
    Wish,
)
from takings.ledger.queries import balance, check_books
from takings.live.actions import set_blocked_words
from takings.live.models import Event, Room
from takings.live.rules.bus import earnings_topic
from takings.live.rules.chat import NoLinks, TooLong, WordBlocked
from takings.money import Money
from takings.people.models import Creator, User
from takings.settlement.actions import close_period
from takings.settlement.models import DirectEarning, ShareLine
from takings.videos.models import Video
from tests.make.coins import bought, granted, make_fan
from tests.make.gifts import coins, give, make_gift_kind, wish
from tests.make.ledger import all_balances
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.settlement import Act, counting, make_act

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
Circumstance = Callable[[Act, User], GiftKind]


def has(name: str, currency: str = "EUR") -> int:
    return balance(name=name, currency=currency).micros


def test_a_gift_moves_coins_and_what_was_received_for_them_in_one_entry(
    ada: Act, vera: User
) -> None:
    pending = f"creator:{ada.creator.pk}:pending"
    first = give(vera, ada, make_gift_kind(80))
    assert (first.bonus_micros, has(pending)) == (coins(80).micros, 0)  # given coins bring nothing
    gift = give(vera, ada, make_gift_kind(101))
    assert (gift.coins, gift.bonus_micros) == (coins(101), 0)
    assert (has(pending), has("platform:revenue:gifts")) == (505_000, 505_000)
    assert has(f"viewer:{vera.pk}:coins", "COIN") == coins(899).micros
    assert has(f"viewer:{vera.pk}:bonus_coins", "COIN") == 0
    [money] = gift.moneys.all()
    assert (money.brought, money.share) == (Money(1_010_000, "EUR"), Money(505_000, "EUR"))
    earned = DirectEarning.objects.get()
    assert (earned.entry_id, earned.product, earned.share_micros) == (
        *(gift.entry_id, "gifts", 505_000),
    )
    assert check_books() == []
    closed = close_period(name="2027-01", at=clock.now() + 10 * DAY, count=counting())
    line = ShareLine.objects.get(period=closed)
    assert (line.product, line.amount_micros) == ("gifts", 505_000)
    assert check_books() == []


def test_peer_bug_15_a_gift_sent_twice_is_one_and_another_under_its_id_is_none(
    ada: Act, vera: User
) -> None:
    rose = make_gift_kind(100)
    asked = wish(vera, ada, rose, message="  Well\u200b \n done ")
    gift = send_gift(wish=asked, at=clock.now())
    assert gift.message == "Well done"
    before = all_balances()
    retire_kind(operator=make_operator(), kind=rose, at=clock.now())
    assert send_gift(wish=asked, at=clock.now() + DAY) == gift  # what was sent, was sent
    answers = send_gifts(wishes=[asked, replace(asked, is_anonymous=True)], at=clock.now())
    assert isinstance(answers[0], Sent)
    assert not answers[0].is_new
    assert isinstance(answers[1], GiftIdTaken)
    assert (all_balances(), Gift.objects.count()) == (before, 1)


def test_gifts_of_one_call_are_answered_one_by_one(ada: Act, vera: User) -> None:
    rose, poor = make_gift_kind(1_000), make_fan("Piet")
    ones = [wish(vera, ada, rose), wish(poor, ada, rose), wish(vera, ada, rose)]
    twins = [ones[0], ones[1], replace(ones[0], kind="rocket")]
    answers = send_gifts(wishes=[*ones, *twins], at=clock.now())
    told = [type(one) for one in answers]
    assert told == [Sent, NotEnoughCoins, NotEnoughCoins, Sent, NotEnoughCoins, GiftIdTaken]
    again = answers[3]
    assert isinstance(again, Sent)
    assert (again.gift.pk, again.is_new) == (ones[0].id, False)
    assert Gift.objects.count() == 1
    assert send_gifts(wishes=[], at=clock.now()) == []
    assert check_books() == []


def test_what_one_sends_in_a_call_is_no_sign_against_another(ada: Act, time: Time) -> None:
    nils, ben = (make_fan(name, at=clock.now()) for name in ("Nils", "Ben"))
    for new in (nils, ben):
        bought(new, "vault")
    time.go(1, 28, 15)  # a purchase of so much is looked at as well
    ball = make_gift_kind(2_750)  # two of one person's are looked at
    answers = send_gifts(wishes=[wish(new, ada, ball) for new in (nils, ben, nils)], at=clock.now())
    why = "A large gift of an account younger than 7 days is looked at."
    assert [one.held_why for one in answers if isinstance(one, Sent)] == ["", "", why]
    assert check_books() == []


def test_the_same_gift_again_within_seconds_counts_on(ada: Act, vera: User) -> None:
    rose, now = make_gift_kind(10), clock.now()
    first = send_gifts(wishes=[wish(vera, ada, rose), wish(vera, ada, rose)], at=now)
    later = give(vera, ada, rose, at=now + dt.timedelta(seconds=8))
    other = give(vera, ada, make_gift_kind(20), at=now + dt.timedelta(seconds=9))
    late = give(vera, ada, rose, at=now + dt.timedelta(seconds=30))
    combos = [one.gift.combo for one in first if isinstance(one, Sent)]
    assert [*combos, later.combo, other.combo, late.combo] == [1, 2, 3, 1, 1]
    told = [json.loads(one.body) for one in Event.objects.order_by("pk").filter(kind="gift")]
    assert [one["combo"] for one in told] == [1, 2, 3, 1, 1]
    assert {one["sender"] for one in told} == {"Vera"}
    assert [one["badge"] for one in told] == ["New face"] * 5
    topics = {f"video:{ada.video_id}", earnings_topic(ada.creator.pk)}
    assert {one.topic for one in Event.objects.all()} == topics


def test_who_is_in_a_room_of_the_video_hears_of_it_too(ada: Act, vera: User) -> None:
    plan = {"title": "Tonight", "talkers": "everybody", "minimum_age": 0, "slow_s": 0}
    made = {"creator": ada.creator, "video_id": ada.video_id, "publishes": False, **plan}
    began, now = clock.now() - DAY, clock.now()
    running = Room.objects.create(id=uuid4(), starts_at=began, began_at=began, **made)
    Room.objects.create(id=uuid4(), starts_at=began, began_at=began, ended_at=now, **made)
    Room.objects.create(id=uuid4(), starts_at=now, **made)
    gift = give(vera, ada, make_gift_kind(10))
    undo_gift(gift=gift, at=now)
    told = [(one.topic, one.kind) for one in Event.objects.order_by("pk")]
    topics, earned = (f"video:{ada.video_id}", f"room:{running.pk}"), earnings_topic(ada.creator.pk)
    assert told == [
        *[(topic, "gift") for topic in topics],
        (earned, "earned"),
        *[(topic, "ungift") for topic in topics],
        (earned, "earned"),
    ]


def too_young(_: Act, vera: User) -> GiftKind:
    User.objects.filter(pk=vera.pk).update(born_on=dt.date(2009, 1, 26))
    return make_gift_kind(10, slug="beer", offer=Offer("Beer", coins(10), min_age=18))


def elsewhere(_: Act, __: User) -> GiftKind:
    return make_gift_kind(10, offer=Offer("Lei", coins(10), countries=frozenset({"US"})))


def too_late(_: Act, __: User) -> GiftKind:
    return make_gift_kind(10, offer=Offer("Tree", coins(10), season_until=dt.date(2027, 1, 24)))


def too_early(_: Act, __: User) -> GiftKind:
    return make_gift_kind(10, offer=Offer("Egg", coins(10), season_from=dt.date(2027, 3, 1)))


def retired(_: Act, __: User) -> GiftKind:
    return retire_kind(operator=make_operator(), kind=make_gift_kind(10), at=clock.now())


def own(_: Act, vera: User) -> GiftKind:
    Creator.objects.update(user=vera)
    return make_gift_kind(10)


def private(_: Act, __: User) -> GiftKind:
    Video.objects.update(visibility="private")
    return make_gift_kind(10)


def no_terms(_: Act, __: User) -> GiftKind:
    Creator.objects.update(shares_from=None)
    return make_gift_kind(10)


def a_minor(act: Act, _: User) -> GiftKind:
    User.objects.filter(creator=act.creator).update(born_on=dt.date(2010, 1, 1))
    return make_gift_kind(10)


def blocked(act: Act, vera: User) -> GiftKind:
    block_sender(creator=act.creator, user=vera, at=clock.now())
    block_sender(creator=act.creator, user=vera, at=clock.now())
    return make_gift_kind(10)


def closed(act: Act, _: User) -> GiftKind:
    welcome_gifts(creator=act.creator)
    close_gifts(creator=act.creator)
    return make_gift_kind(10)


def gone(_: Act, vera: User) -> GiftKind:
    User.objects.filter(pk=vera.pk).update(is_active=False)
    return make_gift_kind(10)


def unknown(_: Act, __: User) -> GiftKind:
    return GiftKind(slug="Never!")


def too_dear(_: Act, __: User) -> GiftKind:
    return make_gift_kind(1_081)


@pytest.mark.parametrize(
    "case",
    [
        (too_young, TooYoungForGift),
        (elsewhere, NotSold),
        (too_late, NotSold),
        (too_early, NotSold),
        (retired, NotSold),
        (own, OwnVideo),
        (private, NotGiftable),
        (no_terms, CreatorNotEligible),
        (a_minor, CreatorNotEligible),
        (blocked, GiftsNotWelcome),
        (closed, GiftsNotWelcome),
        (gone, SenderGone),
        (unknown, NoSuchGiftKind),
        (too_dear, NotEnoughCoins),
    ],
    ids=lambda case: case[0].__name__,
)
def test_what_cannot_be_is_refused_by_name_and_nothing_changes(
    ada: Act, vera: User, case: tuple[Circumstance, type[Refusal]]
) -> None:
    circumstance, refusal = case
    kind, before = circumstance(ada, vera), all_balances()
    with pytest.raises(refusal):
        give(vera, ada, kind)
    assert (all_balances(), Gift.objects.count()) == (before, 0)


def test_a_blocked_word_a_link_and_too_much_are_not_sent(ada: Act, vera: User) -> None:
    rose = make_gift_kind(10)
    set_blocked_words(creator=ada.creator, text="Spoiler\nthe end", at=clock.now())
    for message, refusal in (
        ("No SPOILER!", WordBlocked),
        ("At The End he", WordBlocked),
        ("see example.com/x", NoLinks),
        ("x" * 101, TooLong),
    ):
        with pytest.raises(refusal):
            send_gift(wish=wish(vera, ada, rose, message=message), at=clock.now())
    sent = send_gift(wish=wish(vera, ada, rose, message="Spoilers? 3.5 stars"), at=clock.now())
    assert sent.message == "Spoilers? 3.5 stars"


def test_who_was_blocked_and_is_not_any_more_gives_again(ada: Act, vera: User) -> None:
    rose = blocked(ada, vera)
    unblock_sender(creator=ada.creator, user=vera, at=clock.now())
    assert give(vera, ada, rose).creator == ada.creator


def test_a_large_gift_of_a_new_account_is_held_and_becomes_the_creators_by_itself(
    ada: Act, time: Time
) -> None:
    new = make_fan("Nils", at=clock.now())
    bought(new, "vault")
    time.go(1, 28, 15)  # a purchase of so much is looked at as well
    ball = make_gift_kind(2_750)
    first, second = give(new, ada, ball), give(new, ada, ball)
    assert not hasattr(first, "hold")
    assert has(f"escrow:gift:{second.pk}") > 0
    held = second.hold
    assert (held.why, held.ends_at) == (
        "A large gift of an account younger than 7 days is looked at.",
        clock.now() + 14 * DAY,
    )
    assert DirectEarning.objects.filter(entry_id=second.entry_id).count() == 0
    before = has(f"creator:{ada.creator.pk}:pending")
    assert check_books() == []
    assert release_gifts(at=held.ends_at - DAY) == 0
    assert [release_gifts(at=held.ends_at) for _ in range(2)] == [1, 0]
    share = second.moneys.get().share_micros
    assert has(f"creator:{ada.creator.pk}:pending") == before + share
    assert DirectEarning.objects.get(entry_id=second.release.entry_id).share_micros == share
    assert has(f"escrow:gift:{second.pk}") == 0
    assert check_books() == []


def test_two_who_send_gifts_to_each_other_are_looked_at(ada: Act, vera: User) -> None:
    """Circular gifting: what comes back is held, not seized, and an operator may let it go."""
    ben, rose = make_act("Ben"), make_gift_kind(100)
    Creator.objects.filter(pk=ben.creator.pk).update(user=vera)
    Creator.objects.filter(pk=ada.creator.pk).update(user=make_fan("Ada"))
    ada.creator.refresh_from_db()
    granted(ada.creator.user, 10)
    bought(ada.creator.user)
    there = give(vera, ada, rose)
    back = give(ada.creator.user, ben, rose)
    assert not hasattr(there, "hold")
    assert "each other within 7 days" in back.hold.why
    release_gift(operator=make_operator(), gift=back, reason="They are sisters.", at=clock.now())
    assert GiftRelease.objects.get().released_by is not None
    with pytest.raises(NotHeld):
        release_gift(operator=make_operator(), gift=back, reason="Again.", at=clock.now())
    assert check_books() == []


def test_nobody_gives_what_another_gave_under_the_same_id(ada: Act, vera: User) -> None:
    rose, wim = make_gift_kind(10), make_fan("Wim")
    bought(wim)
    gift = give(vera, ada, rose)
    stolen = Wish(gift.pk, wim.pk, ada.video_id, rose.slug)
    with pytest.raises(GiftIdTaken):
        send_gift(wish=stolen, at=clock.now())

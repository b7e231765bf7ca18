"""What a brand has shown, and what both say of each other: in public, and not before its time."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from takings.people.models import Brand
from takings.settlement.actions import close_period
from takings.sponsorships import actions
from takings.sponsorships.models import Rating
from takings.sponsorships.queries.records import ratings_of, record_of
from takings.sponsorships.rules import NotNow
from tests.make.deals import Pair, agreed, approved, handed_in, published, running
from tests.make.passes import Time
from tests.make.settlement import Act, counted, counting

pytestmark = pytest.mark.django_db


def test_a_brands_record_is_what_it_did(pair: Pair, time: Time) -> None:
    client = Client()
    page = f"/deals/brands/{pair.brand.pk}/"
    assert "has made no deal here yet" in client.get(page).content.decode()
    agreed(pair)
    first, second = running(pair), running(pair)
    handed_in(pair, first)
    time.now = time.go(1, 26, 20)
    actions.ask_revision(seat=pair.bea(first), number=1, words="Lighter.", at=time.now)
    handed_in(pair, second)
    actions.open_dispute(seat=pair.ada(first), reason="No.", id=first.pk, at=time.now)
    actions.keep_clocks(at=time.go(1, 29))  # silence approves the second
    actions.keep_clocks(at=time.go(2, 10))  # it is not published, and the agreed one not paid in
    found = record_of(brand=pair.brand, at=time.now)
    assert (found.agreed, found.paid, found.unpaid, found.ended) == (3, 2, 1, 1)
    assert (found.drafts, found.silent, found.disputes) == (2, 1, 1)
    assert (found.to_pay_words, found.to_answer_words) == ("an hour", "30 hours")
    told = client.get(page).content.decode()
    assert "2 of 3" in told
    assert "30 hours" in told
    assert "never paid in" in told


def test_ratings_are_read_when_both_are_there_or_their_time_is_over(pair: Pair, time: Time) -> None:
    one, two = running(pair), running(pair)
    bea, ada = pair.bea(one), pair.ada(one)
    with pytest.raises(NotNow, match="running"):
        actions.rate_deal(seat=bea, stars=5, words="", at=time.now)
    for deal in (one, two):
        approved(pair, deal)
        actions.give_up(seat=pair.ada(deal), words="Ill.", at=time.now)
    for stars, words in ((0, ""), (6, ""), (5, "x" * 501)):
        with pytest.raises(actions.BadRating):
            actions.rate_deal(seat=bea, stars=stars, words=words, at=time.now)
    actions.rate_deal(seat=bea, stars=2, words="She left.", at=time.now)
    assert ratings_of(creator=pair.creator, at=time.now) == []
    actions.rate_deal(seat=ada, stars=5, words="Kind.", at=time.now)
    assert [str(each) for each in ratings_of(brand=pair.brand, at=time.now)] == [
        f"5 from the creator of {one}"
    ]
    with pytest.raises(actions.RatedAlready):
        actions.rate_deal(seat=ada, stars=1, words="", at=time.now)
    actions.rate_deal(seat=pair.bea(two), stars=3, words="", at=time.now)
    assert len(ratings_of(creator=pair.creator, at=time.now)) == 1
    later = time.go(2, 8)
    assert len(ratings_of(creator=pair.creator, at=later)) == 2
    with pytest.raises(actions.TooLateToRate, match="14 days"):
        actions.rate_deal(seat=pair.ada(two), stars=5, words="", at=later)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        Rating.objects.update(stars=5)


def test_the_room_asks_for_it_and_shows_it(pair: Pair) -> None:
    deal = running(pair)
    published(pair, deal)
    actions.give_up(seat=pair.ada(deal), words="Bye.", at=pair.ada(deal).deal.opened_at)
    client = Client()
    for user, stars in ((pair.member, "4"), (pair.creator.user, "5")):
        client.force_login(user)
        assert "How was it?" in client.get(f"/deals/{deal.pk}/").content.decode()
        answer = client.post(f"/deals/{deal.pk}/rate/", {"stars": "x"}, follow=True)
        assert "Give one to 5 stars" in answer.content.decode()
        client.post(f"/deals/{deal.pk}/rate/", {"stars": stars, "words": "Well made."})
    assert "How it was" in client.get(f"/deals/{deal.pk}/").content.decode()
    assert "5 of 5" in client.get(f"/deals/brands/{pair.brand.pk}/").content.decode()
    Brand.objects.filter(pk=pair.brand.pk).update(name="@ada")
    assert client.get(f"/deals/brands/{pair.brand.pk}/").status_code == 404


def test_the_brand_reads_the_views_that_were_counted(pair: Pair, time: Time) -> None:
    deal = running(pair)
    work = published(pair, deal)
    assert work.video_id is not None
    act = Act(pair.creator, work.video_id)
    days = [time.now.date() + dt.timedelta(days=late) for late in (-1, 0, 2)]
    rows = [counted(act, 10 + number, day=day) for number, day in enumerate(days)]
    client = Client()
    client.force_login(pair.member)
    room = f"/deals/{deal.pk}/"
    assert "when the month is closed" in client.get(room).content.decode()
    close_period(name="2027-01", at=time.go(2, 10), count=counting(*rows))
    assert "23 counted views in closed months" in client.get(room).content.decode()
    told = client.get(f"{room}report.csv").content.decode().splitlines()
    assert told[1:] == [
        "1,A week on the trail,2027-01-25,DE,11",
        "1,A week on the trail,2027-01-27,DE,12",
    ]

"""What fans think of what was made: who paid says it once; everybody reads how many did."""

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client

from takings.live.rules.chat import NoLinks
from takings.people.models import User
from takings.requests import actions
from takings.requests.actions import rate, tell_step
from takings.requests.models import Rating
from takings.requests.queries import Rated, rated, words_about
from takings.requests.rules import BadStars, NotNow, RatedAlready, mean_tenths
from tests.make.coins import make_fan
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.make.requests import Pair, eur, steps_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("total", "count", "tenths"), [(5, 1, 50), (13, 3, 43), (14, 3, 47), (17, 4, 43), (49, 10, 49)]
)
def test_a_mean_is_in_tenths_of_a_star_half_of_one_rounded_up(
    total: int, count: int, tenths: int
) -> None:
    assert mean_tenths(total, count=count) == tenths


def test_who_paid_rates_once_and_what_is_given_back_counts_no_more(pair: Pair, time: Time) -> None:
    one = pair.delivered()

    def rated_by(user: User, stars: int = 4, words: str = "So kind!") -> Rating:
        return rate(request=one, by=user, stars=stars, words=words, at=time.now)

    with pytest.raises(NotNow):
        rated_by(pair.fan)  # not taken yet
    one = actions.take(request=one, by=pair.fan, at=time.now)
    with pytest.raises(NotNow):
        rated_by(pair.maker)
    for stars in (0, 6):
        with pytest.raises(BadStars):
            rated_by(pair.fan, stars)
    with pytest.raises(NoLinks):
        rated_by(pair.fan, 1, "see example.com")
    assert (rated([pair.service]), steps_of(one)[-1]) == ({}, "taken")
    given = rated_by(pair.fan)
    assert rated_by(pair.fan) == given
    assert (given.stars, given.words, steps_of(one)[-2:]) == (4, "So kind!", ["taken", "rated"])
    with pytest.raises(RatedAlready):
        rated_by(pair.fan, 5)
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Rating.objects.update(stars=5)
    mail.outbox.clear()
    assert tell_step(step_id=one.steps.get(act="rated").pk, at=time.now) == 1
    assert "4 of 5 stars: So kind!" in mail.outbox[0].body
    second = pair.taken()
    rate(request=second, by=pair.fan, stars=5, words="", at=time.now)
    assert rated([pair.service]) == {pair.service.pk: Rated(2, 45)}
    assert words_about(pair.service) == [given]
    one = actions.open_case(request=one, by=pair.fan, why="Not mine", at=time.now)
    assert rated([pair.service])[pair.service.pk].count == 2
    operator = make_operator()
    actions.decide(operator=operator, request=one, back=eur("25"), reason="Right", at=time.now)
    assert rated([pair.service]) == {pair.service.pk: Rated(1, 50)}
    assert words_about(pair.service) == []


def test_the_room_asks_for_stars_and_the_service_shows_them(client: Client, pair: Pair) -> None:
    one, other = pair.taken(), make_fan(name="Olga")
    page, offers = f"/requests/{one.pk}/", f"/requests/of/{pair.creator.handle}/"
    assert "RatedBy nobody yet" in page_text(client.get(offers))
    client.force_login(pair.fan)
    assert "Rate it" in page_text(client.get(page))
    wrong = client.post(f"{page}rate/", {"stars": "9", "words": "Lovely"})
    assert ("Lovely" in page_text(wrong, status=422), Rating.objects.exists()) == (True, False)
    told = page_text(client.post(f"{page}rate/", {"stars": "5", "words": "Lovely"}, follow=True))
    assert "Thank you." in told
    assert "5 of 5 stars" in told
    assert "How was it?" not in told
    client.force_login(other)
    shown = page_text(client.get(offers))
    assert "5.0 of 5 stars, by 1 who paid" in shown
    assert "“Lovely”" in shown
    assert pair.fan.display_name not in shown
    assert "by 1 who paid" in page_text(client.get(f"/requests/for/{pair.service.pk}/"))
    assert client.post(f"{page}rate/", {"stars": "5"}).status_code == 404
    assert Rating.objects.get(request=one).stars == 5

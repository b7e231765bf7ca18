"""The creator's pages: what gifts earn, fans, goals, thanks; and what everybody sees of them."""

import csv
from dataclasses import replace
from io import StringIO
from uuid import uuid4

import pytest
from django.test import Client

from takings.core import clock
from takings.gifts.actions import send_gift
from takings.gifts.models import Goal, Thanks
from takings.people.models import User
from takings.videos.models import Video
from tests.make.coins import make_fan
from tests.make.gifts import give, make_gift_kind, wish
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.settlement import Act, make_act

pytestmark = pytest.mark.django_db


def fan() -> User:
    return User.objects.get(display_name="Vera")


@pytest.fixture
def ada(client: Client, vera: User) -> Act:  # noqa: ARG001 - she is there first
    """Let Ada be signed in; her video is 4 seconds long."""
    act = make_act("Ada")
    Video.objects.filter(pk=act.video_id).update(duration_ms=4_000)
    client.force_login(act.creator.user)
    return act


def test_a_creator_sees_what_gifts_earn_by_video_moment_and_fan(
    client: Client, ada: Act, time: Time
) -> None:
    vera = fan()
    empty = page_text(client.get("/gifts/studio/"))
    assert "No gifts in this time" in empty
    video = f"/gifts/studio/videos/{ada.video_id}/"
    assert "No gifts for this video yet" in page_text(client.get(video))
    rose = make_gift_kind(180)
    send_gift(wish=wish(vera, ada, rose, moment_ms=2_100, message="=1+1"), at=clock.now())
    shown = page_text(client.get("/gifts/studio/"))
    for said in ("Today 180 coins 1 gift, €0.50 yours", "This month Estimated €0.50", "Vera"):
        assert said in shown
    part = client.get("/gifts/studio/now/")
    assert "Today 180 coins 1 gift, €0.50 yours" in page_text(part)
    assert part.content.decode().startswith('<section class="grid two" id="gifts-now"')
    chart = client.get(video).content.decode()
    assert "&quot;values&quot;: [0, 0, 180, 0]" in chart
    time.go(1, 25, 15)
    send_gift(wish=replace(wish(vera, ada, rose), is_anonymous=True), at=clock.now())
    assert "Without a name" in page_text(client.get("/gifts/studio/?span=all"))
    answer = client.get("/gifts/studio/csv/?span=all")
    assert answer["Content-Disposition"] == (
        f'attachment; filename="takings-{ada.creator.handle}-gifts-all.csv"'
    )
    body = b"".join(answer).decode()
    rows = list(csv.DictReader(StringIO(body)))
    assert [(row["coins"], row["from"], row["your_share"]) for row in rows] == [
        *(("180.000000", "Vera", "0.500000"), ("180.000000", "", "0.900000")),
    ]
    assert (rows[0]["message"], rows[0]["of_them_bonus"], rows[0]["moment_ms"]) == (
        *("'=1+1", "80.000000", "2100"),
    )
    time.go(2, 2)
    assert "No gifts in this time" in page_text(client.get("/gifts/studio/"))
    client.force_login(make_act("Bea").creator.user)
    assert client.get(video).status_code == 404
    assert "180" not in page_text(client.get("/gifts/studio/?span=all"))
    client.force_login(vera)
    assert client.get("/gifts/studio/").status_code in {302, 403, 404}


def test_a_creator_names_levels_and_thanks_and_fans_read_it(
    client: Client, ada: Act, vera: User
) -> None:
    assert "Nothing to thank for now" in page_text(client.get("/gifts/studio/fans/"))
    rose = make_gift_kind(100)
    gift = give(vera, ada, rose)
    give(vera, ada, make_gift_kind(10))
    fans = page_text(client.get("/gifts/studio/fans/"))
    assert "1 Vera Friend 2 110 coins" in fans
    kept = client.post("/gifts/studio/fans/levels/", {"level_2": "Night owl"}, follow=True)
    assert "Vera Night owl" in page_text(kept)
    wrong = client.post("/gifts/studio/fans/levels/", {"level_2": "see x.com"})
    assert (wrong.status_code, 'value="see x.com"' in wrong.content.decode()) == (422, True)
    longer = client.post("/gifts/studio/fans/levels/", {"level_2": "x" * 101})
    assert longer.status_code == 422
    thank = "/gifts/studio/fans/thank/"
    refused = client.post(thank, {"text": "see x.com"})
    assert (refused.status_code, "Links cannot be sent" in refused.content.decode()) == (422, True)
    assert client.post(thank, {"text": ""}).status_code == 422
    one = client.post(thank, {"text": "You rock", "gift": str(gift.pk)}, follow=True)
    assert "They read it beside their gift" in page_text(one)
    rest = client.post(thank, {"text": "Thank you all"}, follow=True)
    assert "Thanked for 1 gift." in page_text(rest)
    assert Thanks.objects.count() == 2
    assert "You: “You rock”" in page_text(client.get("/gifts/received/"))
    client.force_login(vera)
    assert f"@{ada.creator.handle}: “You rock”" in page_text(client.get("/gifts/"))


def test_goals_are_set_seen_and_ended(client: Client, ada: Act, time: Time) -> None:
    page, at = "/gifts/studio/goals/", f"/gifts/of/{ada.creator.handle}/"
    User.objects.filter(pk=ada.creator.user_id).update(time_zone="Asia/Tokyo")
    assert "You have set no goal yet" in page_text(client.get(page))
    form = {
        "id": str(uuid4()),
        "title": "Microphone",
        "coins": "200",
        "ends_at": "2027-01-27T09:30",
    }
    assert "Viewers see it" in page_text(client.post(page, form, follow=True))
    goal = Goal.objects.get()
    assert goal.ends_at.isoformat() == "2027-01-27T00:30:00+00:00"
    late = client.post(page, {**form, "id": str(uuid4()), "ends_at": "2027-09-27T09:30"})
    assert (late.status_code, "within 31 days" in late.content.decode()) == (422, True)
    assert client.post(page, {**form, "video": str(uuid4())}).status_code == 422
    only = {**form, "id": str(uuid4()), "title": "A light", "video": str(ada.video_id)}
    client.post(page, only)
    give(fan(), ada, make_gift_kind(50))
    [light, mike] = client.get(f"/api/gifts/of/{ada.creator.handle}").json()["goals"]
    assert (light["came"], mike["percent"], mike["asked"]) == (50, 25, 200)
    client.logout()
    seen = page_text(client.get(at))
    assert "50 coins of 200 coins, 25 %" in seen
    assert "A light for “" in seen
    Video.objects.update(visibility="private")
    assert "A light 50 coins" in page_text(client.get(at))
    client.force_login(ada.creator.user)
    ended = client.post(f"/gifts/studio/goals/{goal.pk}/stop/", follow=True)
    assert "Ended early" in page_text(ended)
    time.go(2, 2)
    assert "A light" not in page_text(client.get(at))
    assert client.post(f"/gifts/studio/goals/{uuid4()}/stop/").status_code == 404


def test_everybody_sees_fans_as_their_country_allows_and_where_they_stand(
    client: Client, ada: Act, vera: User
) -> None:
    page = f"/gifts/of/{ada.creator.handle}/"
    assert "Nobody is listed for this time" in page_text(client.get(page))
    rose = make_gift_kind(101)
    give(vera, ada, rose)
    client.force_login(vera)
    seen = page_text(client.get(f"{page}?video={ada.video_id}"))
    assert "1 Vera Friend 1 101 coins" in seen
    assert "You are Friend, level 2. 399 coins more and you are “Regular”." in seen
    assert "Nobody is listed" not in page_text(client.get(f"{page}?video=nonsense"))
    told = client.get(f"/api/gifts/of/{ada.creator.handle}").json()
    row = {"place": 1, "name": "Vera", "level": "Friend", "gifts": 1, "coins": 101}
    assert told == {"by": "coins", "fans": [row], "goals": []}
    hidden = page_text(client.post("/gifts/name/", follow=True))
    assert "Your name is not shown." in hidden
    make_gift_kind(7)
    assert "checked" in client.get(f"/gifts/for/{ada.video_id}/").content.decode()
    client.force_login(make_fan("Li", country="CN"))
    quiet = page_text(client.get(page))
    assert "By how often people gave" in quiet
    assert "coins" not in quiet.partition("Last 7 days")[2].partition("By how often")[0]
    assert "Vera" not in quiet
    told = client.get(f"/api/gifts/of/{ada.creator.handle}").json()
    row = {"place": 1, "name": "", "level": None, "gifts": 1, "coins": None}
    assert (told["by"], told["fans"]) == ("gifts", [row])
    assert "You have no level yet. 1 coin more" in quiet
    User.objects.filter(pk=ada.creator.user_id).update(country="CN")
    assert "1 gift more and you are “New face”" in page_text(client.get(page))
    client.force_login(vera)
    assert "Your name is shown." in page_text(
        client.post("/gifts/name/", {"show": "1"}, follow=True)
    )
    assert client.get("/gifts/of/nobody/").status_code == 404

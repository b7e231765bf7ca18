"""What is for members: kept, found and watched by them alone, and by all when its time has come."""

import datetime as dt
from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from takings.audience.queries import (
    ForMembers,
    access_post,
    feed_page,
    locked_posts,
    posts_of,
    watcher_for,
)
from takings.audience.rules import Place
from takings.core import clock
from takings.live.actions.scheduling import VideoIsPrivate
from takings.memberships.actions.fans import archive_tier, leave
from takings.people.models import Creator, User
from takings.videos import jobs
from takings.videos.actions import Details, change_details, keep_for_members, open_to_all
from takings.videos.models import Video, Visibility
from takings.videos.queries import NoSuchVideo, access_media, levels_of
from takings.videos.rules.details import NoSuchLevel, OpensInThePast
from tests.make.audience import make_post
from tests.make.live import make_plan, make_room
from tests.make.members import joined, make_adult, make_host, make_tier, member
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.people import make_creator, make_operator
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def ada(time: Time) -> Creator:  # noqa: ARG001 - the story begins
    """Let Ada offer two tiers."""
    creator = make_host("Ada")
    make_tier(creator)
    make_tier(creator, "Bridge", "11.90")
    return creator


def kept(creator: Creator, rank: int = 1, opens_at: dt.datetime | None = None) -> Video:
    """Return a post for members."""
    post = make_post(creator, title="Behind the scenes")
    return keep_for_members(video_id=post.pk, rank=rank, opens_at=opens_at, at=clock.now())


def opens(video: Video, user: User | None) -> bool:
    """Tell whether somebody reaches a video everywhere, or nowhere."""
    user_id = user.pk if user else None
    watcher = watcher_for(user=user or AnonymousUser(), viewer_token=None, at=clock.now())
    feed = feed_page(watcher=watcher, place=Place(clock.now() + DAY / 24))
    ways = {video.pk in {item.id for item in feed.items}}
    for way in (access_media, access_post):
        try:
            ways.add(way(user_id=user_id, video_id=video.pk) is not None)
        except (NoSuchVideo, ForMembers) as refusal:
            ways.add(refusal is None)
    locked = locked_posts(posts_of(creator=video.creator), user=user)  # type: ignore[arg-type]
    ways.add(video.pk not in locked)
    [answer] = ways
    return answer


def test_peer_bug_22_every_way_to_a_video_for_members_asks_the_same(ada: Creator) -> None:
    low, high, stranger = (make_adult(name) for name in ("Vera", "Wim", "Una"))
    crew, bridge = ada.tiers.order_by("rank")
    joined(low, crew)
    joined(high, bridge)
    for_all, for_few = kept(ada), kept(ada, rank=2)
    assert [opens(for_all, user) for user in (None, stranger, low, high)] == [
        *(False, False, True, True)
    ]
    assert [opens(for_few, user) for user in (None, stranger, low, high)] == [
        *(False, False, False, True)
    ]
    access_post(user_id=ada.user.pk, video_id=for_few.pk)
    access_media(user_id=make_operator().pk, video_id=for_few.pk)
    leave(member=member(high, bridge), at=clock.now())
    assert not opens(for_few, high)
    with pytest.raises(VideoIsPrivate):
        make_room(ada, video=for_all, plan=make_plan(starts_at=clock.now() + DAY), at=clock.now())


def test_what_members_see_first_is_everybodys_as_new_when_its_time_has_come(
    ada: Creator, time: Time
) -> None:
    vera = make_adult("Vera")
    joined(vera, ada.tiers.get(rank=1))
    soon = time.now + DAY
    video = kept(ada, opens_at=soon)
    assert (opens(video, None), opens(video, vera)) == (False, True)
    assert open_to_all(at=soon - dt.timedelta(seconds=1)) == 0
    time.go(1, 26)
    jobs.open_to_all()
    assert open_to_all(at=time.now) == 0
    video.refresh_from_db()
    assert (video.visibility, video.opens_at, video.published_at) == ("public", None, soon)
    assert (opens(video, None), opens(video, vera)) == (True, True)


def test_what_is_for_members_is_for_a_tier_that_is_there_and_until_what_is_to_come(
    ada: Creator, time: Time
) -> None:
    assert levels_of(creator_id=ada.pk) == [(1, "Crew"), (2, "Bridge")]
    assert levels_of(creator_id=None) == []
    post = make_post(ada)
    with pytest.raises(NoSuchLevel):
        keep_for_members(video_id=post.pk, rank=3, opens_at=None, at=time.now)
    with pytest.raises(OpensInThePast):
        keep_for_members(video_id=post.pk, rank=1, opens_at=time.now, at=time.now)
    assert opens(post, None)
    keep_for_members(video_id=post.pk, rank=1, opens_at=time.now + DAY, at=time.now)
    for rank in (3, 9):
        high = Details("Loop", visibility=Visibility.MEMBERS, members_rank=rank)
        with pytest.raises(NoSuchLevel):
            change_details(video_id=post.pk, details=high, at=time.now)
    same = Details("Another name", visibility=Visibility.MEMBERS)
    renamed = change_details(video_id=post.pk, details=same, at=time.now)
    assert (renamed.title, renamed.opens_at) == ("Another name", time.now + DAY)
    details = Details("Loop", visibility="unlisted")
    changed = change_details(video_id=post.pk, details=details, at=time.now)
    assert (changed.visibility, changed.opens_at) == (Visibility.UNLISTED, None)


def test_who_may_watch_names_the_tier_wherever_it_is_chosen(
    client: Client, ada: Creator, time: Time
) -> None:
    bo = make_creator("Bo")
    post, alone = make_post(ada, title="Loop"), make_post(bo)
    page, api = f"/studio/videos/{post.pk}/", f"/api/studio/videos/{post.pk}"
    client.force_login(ada.user)
    assert "&quot;levels&quot;: [[1, &quot;Crew&quot;], [2, &quot;Bridge&quot;]]" in (
        client.get("/studio/upload/").content.decode()
    )
    assert 'value="members:2">Members: “Bridge” and above<' in client.get(page).content.decode()
    form = {"title": "Loop", "visibility": "members:2"}
    assert client.post(page, form).status_code == 302
    post.refresh_from_db()
    assert (post.visibility, post.members_rank) == (Visibility.MEMBERS, 2)
    archive_tier(tier=ada.tiers.get(rank=2), at=time.now)
    assert 'value="members:2" selected>' in client.get(page).content.decode()
    assert client.post(page, form | {"title": "Loops"}).status_code == 302  # stays as it is
    assert client.post(page, form | {"visibility": "members:3"}).status_code == 422
    changed = client.patch(api, {"members_rank": 1}, content_type="application/json").json()
    assert (changed["title"], changed["visibility"], changed["members_rank"]) == (
        *("Loops", "members", 1),
    )
    refused = client.patch(api, {"members_rank": 2}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_level")
    for_few = Details("Cut", visibility=Visibility.MEMBERS)
    assert make_video(ada, details=for_few).members_rank == 1
    high = make_tier(ada, "Deck")
    archive_tier(tier=ada.tiers.get(rank=1), at=time.now)
    assert make_video(ada, details=for_few).members_rank == high.rank == 2
    with pytest.raises(NoSuchLevel):
        make_video(ada, details=replace(for_few, members_rank=1))
    with pytest.raises(NoSuchLevel):
        make_video(bo, details=for_few)
    client.force_login(alone.uploader)
    without = client.get(f"/studio/videos/{alone.pk}/").content.decode()
    assert "offer a membership first" in without
    assert "members:" not in without


def test_pages_show_of_a_locked_post_its_title_and_how_to_join(
    client: Client, ada: Creator
) -> None:
    video = make_post(ada, title="Behind the scenes")
    page = f"/studio/videos/{video.pk}/"
    client.force_login(ada.user)
    assert "Members of this tier and above" in page_text(client.get(page))
    form = {"rank": "2", "opens_at": "2027-01-20T12:00"}
    late = client.post(f"{page}members/", form)
    assert (late.status_code, "still to come" in late.content.decode()) == (422, True)
    assert client.post(f"{page}members/", {"rank": "9"}).status_code == 422
    form["opens_at"] = "2027-01-27T12:00"
    assert "It is for members." in page_text(client.post(f"{page}members/", form, follow=True))
    assert 'value="2027-01-27T12:00"' in client.get(page).content.decode()
    assert "For members" in page_text(client.get(f"/@{ada.handle}"))
    client.logout()
    shown = client.get(f"/@{ada.handle}").content.decode()
    assert f"/media/{video.pk}/" not in shown
    assert "Join to watch: “Bridge”, or wait until" in shown
    assert f'href="/memberships/at/{ada.handle}/"' in shown
    answer = client.get(f"/v/{video.pk}")
    assert "Member<" not in shown
    locked = answer.content.decode()
    assert answer.status_code == 403
    assert "Behind the scenes" in locked
    assert "This video is for members of Ada. It is for “Bridge” and above." in locked
    assert "27 Jan 2027, 12:00 UTC" in locked
    assert f"/media/{video.pk}/" not in locked
    rosa = make_adult("Rosa")
    joined(rosa, ada.tiers.get(rank=1))
    client.force_login(rosa)
    assert "Rise to “Bridge”" in client.get(f"/v/{video.pk}").content.decode()
    vera = make_adult("Vera")
    joined(vera, ada.tiers.get(rank=2))
    client.force_login(vera)
    assert "Member</a>" in client.get(f"/@{ada.handle}").content.decode()
    assert client.get(f"/v/{video.pk}").status_code == 200
    client.force_login(make_creator("Bo").user)
    assert client.post(f"{page}members/", form).status_code == 404

"""Who paid for a video is said over it, in the words of the viewer's country, and stays."""

import tomllib

import pytest
from django.test import Client

from takings.audience.queries import Watcher, card_page, feed_from, feed_page
from takings.audience.rules import Place
from takings.core import clock
from takings.policies.queries import disclosure_rule_at
from takings.policies.queries.packs import PACKS
from takings.policies.rules import BrokenPack, NoPolicyCovers, read_disclosure_pack
from takings.sponsorships import actions
from takings.videos import actions as videos
from takings.videos.actions import Details, DisclosureNeedsPartner, DisclosureStays
from takings.videos.models import Disclosed, Disclosure, Video
from tests.make.deals import Pair, approved, draft, handed_in, published, running
from tests.make.passes import Time
from tests.make.people import NOON, make_user

pytestmark = pytest.mark.django_db


def read_by(country: str, video: Video) -> str:
    """Return what a viewer of a country reads over a video."""
    now = clock.now()
    page = feed_from(video=video, watcher=Watcher(make_user().viewer_id), at=now)
    return card_page(page=page, country=country, at=now).items[0].disclosure


def test_a_deal_says_it_before_publication_and_its_creator_cannot_take_it_away(
    pair: Pair, time: Time
) -> None:
    deal = running(pair)
    work = handed_in(pair, deal)
    first = work.video
    assert first is not None
    assert read_by("DE", first) == f"Ad · Paid partnership with {pair.brand}"
    assert read_by("US", first) == f"Paid partnership with {pair.brand}"
    assert read_by("CN", first) == f"广告 · {pair.brand}"
    for change in (
        lambda: videos.disclose_nothing(video_id=first.pk),
        lambda: videos.disclose(video_id=first.pk, kind=Disclosed.OWN, partner="", at=time.now),
    ):
        with pytest.raises(DisclosureStays, match="a deal asks for it"):
            change()
    actions.ask_revision(seat=pair.bea(deal), number=1, words="Lighter.", at=time.now)
    handed_in(pair, deal)  # another video: the first one is free again
    assert [one.video.pk == first.pk for one in Disclosure.objects.all()] == [False]
    assert str(Disclosure.objects.get()) == f"I was paid for it: {pair.brand}"


def test_a_draft_that_was_public_keeps_what_its_viewers_read(pair: Pair, time: Time) -> None:
    deal = running(pair)
    first = handed_in(pair, deal).video
    assert first is not None
    videos.change_details(video_id=first.pk, details=Details("Shown"), at=time.now)
    actions.ask_revision(seat=pair.bea(deal), number=1, words="Lighter.", at=time.now)
    handed_in(pair, deal)
    assert Disclosure.objects.count() == 2


def test_published_it_is_in_the_feed_on_the_channel_and_in_the_api(pair: Pair) -> None:
    deal = running(pair)
    published(pair, deal)
    words = f"Ad · Paid partnership with {pair.brand}"
    client = Client()
    client.force_login(make_user())
    assert [one["disclosure"] for one in client.get("/api/feed").json()["items"]] == [words]
    assert words in client.get("/").content.decode()
    assert words in client.get(f"/@{pair.creator.handle}").content.decode()


def test_a_creator_says_it_and_once_published_it_stays(pair: Pair, time: Time) -> None:
    video = draft(pair)
    with pytest.raises(DisclosureNeedsPartner):
        videos.disclose(video_id=video.pk, kind=Disclosed.GIFTED, partner=" ", at=time.now)
    videos.disclose(video_id=video.pk, kind=Disclosed.GIFTED, partner="Contoso", at=time.now)
    videos.disclose_nothing(video_id=video.pk)
    videos.disclose(video_id=video.pk, kind=Disclosed.OWN, partner="ignored", at=time.now)
    videos.change_details(video_id=video.pk, details=Details("Shown"), at=time.now)
    with pytest.raises(DisclosureStays, match="of you stays: it is published"):
        videos.disclose_nothing(video_id=video.pk)
    page = feed_page(watcher=Watcher(pair.member.viewer_id), place=Place(time.now))
    assert card_page(page=page, at=time.now).items[0].disclosure == "Promotional content"


def test_the_studio_has_a_form_for_it(pair: Pair) -> None:
    client, video = Client(), draft(pair)
    client.force_login(pair.creator.user)
    address = f"/studio/videos/{video.pk}/"
    assert client.post(f"{address}disclosure/", {"kind": "gifted"}).status_code == 422
    assert client.post(f"{address}disclosure/", {"kind": "x"}).status_code == 422
    client.post(f"{address}disclosure/", {"kind": "gifted", "partner": "Contoso"})
    assert 'value="Contoso"' in client.get(address).content.decode()
    client.post(f"{address}disclosure/", {"kind": ""})
    assert Disclosure.objects.count() == 0
    work = approved(pair, running(pair))
    forced = client.get(f"/studio/videos/{work.video_id}/").content.decode()
    assert "you cannot take it away" in forced


def test_words_that_are_no_lines_are_broken_and_before_the_first_there_are_none() -> None:
    for value in (["Ad"], ["US = Ad"]):
        tree = tomllib.loads((PACKS / "disclosure.toml").read_text(encoding="utf-8"))
        tree["version"][0]["disclosure"]["own"]["value"] = value
        with pytest.raises(BrokenPack, match=r"disclosure\.own"):
            read_disclosure_pack(tree)
    assert all(fact.source for fact in disclosure_rule_at(at=NOON).facts)
    with pytest.raises(NoPolicyCovers, match="disclosure"):
        disclosure_rule_at(at=NOON.replace(month=9))

"""From the draft to the last day: what each side does, and what it cannot."""

from dataclasses import replace

import pytest

from takings.sponsorships import actions, queries
from takings.sponsorships.models import Deal, Step
from takings.sponsorships.rules import BadSplit, NoRevisionLeft, NotNow, NotYourTurn, WorkNotNow
from takings.videos import actions as videos
from takings.videos.actions import Details
from takings.videos.queries import NoSuchVideo, access_media
from tests.make.deals import (
    TERMS,
    Pair,
    approved,
    dollars,
    draft,
    handed_in,
    make_dealer,
    published,
    running,
    usd,
)
from tests.make.ledger import all_balances
from tests.make.passes import Time
from tests.make.people import make_operator, make_user
from tests.make.videos import make_quarantined, make_video

pytestmark = pytest.mark.django_db


def pending(pair: Pair) -> str:
    return str(dollars(f"creator:{pair.creator.pk}:pending").decimal().normalize())


def status(deal: Deal) -> str:
    deal.refresh_from_db()
    return deal.status


def test_a_draft_goes_back_as_often_as_agreed_and_its_brand_alone_watches_it(
    pair: Pair, time: Time
) -> None:
    deal = running(pair)
    work = handed_in(pair, deal)
    assert work.video_id is not None
    for user in (pair.member, pair.creator.user, make_operator()):
        assert access_media(user_id=user.pk, video_id=work.video_id).status == "ready"
    for user_id in (None, make_user().pk):
        with pytest.raises(NoSuchVideo):
            access_media(user_id=user_id, video_id=work.video_id)
    bea = pair.bea(deal)
    with pytest.raises(actions.RevisionNeedsWords):
        actions.ask_revision(seat=bea, number=1, words=" ", at=time.now)
    actions.ask_revision(seat=bea, number=1, words="Show the sole.", at=time.now)
    with pytest.raises(WorkNotNow, match="revising"):
        actions.approve_draft(seat=bea, number=1, at=time.now)
    handed_in(pair, deal)
    with pytest.raises(NoRevisionLeft, match="All 1"):
        actions.ask_revision(seat=bea, number=1, words="Again.", at=time.now)
    actions.approve_draft(seat=bea, number=1, at=time.now)
    assert pending(pair) == "9E+1"


def test_a_revision_that_does_not_come_is_no_draft(pair: Pair, time: Time) -> None:
    deal = running(pair)
    handed_in(pair, deal)
    actions.ask_revision(seat=pair.bea(deal), number=1, words="Lighter.", at=time.now)
    assert actions.keep_clocks(at=time.go(1, 30)) == 1
    assert (status(deal), queries.picture(deal).back) == ("ended", usd("500"))
    assert str(queries.works_of(deal)[0]).endswith("missed")


def test_what_is_no_draft_is_not_handed_in(pair: Pair, time: Time) -> None:
    deal, other = running(pair), running(pair)
    post = handed_in(pair, other).video
    assert post is not None
    raw = make_quarantined(pair.creator, content=b"clip")
    ada, before = pair.ada(deal), all_balances()
    foreign = make_video(make_dealer("Zoe"))
    for refusal, video in (
        (actions.NotADraft, raw),
        (actions.VideoOfAnotherDeal, post),
        (NoSuchVideo, foreign),
    ):
        with pytest.raises(refusal):
            actions.hand_in(seat=ada, number=1, video_id=video.pk, at=time.now)
    with pytest.raises(WorkNotNow, match="not part of it"):
        actions.hand_in(seat=ada, number=2, video_id=draft(pair).pk, at=time.now)
    with pytest.raises(actions.NotYourPart):
        actions.hand_in(seat=pair.bea(deal), number=1, video_id=draft(pair).pk, at=time.now)
    assert all_balances() == before


def test_several_videos_each_have_their_own_way(pair: Pair, time: Time) -> None:
    deal = running(pair, replace(TERMS, videos=2, stayed=usd("0"), live_days=0))
    published(pair, deal, 2)
    assert (pending(pair), status(deal)) == ("3.6E+2", "running")
    assert actions.keep_clocks(at=time.go(2, 1)) == 1
    assert (status(deal), queries.picture(deal).back) == ("ended", usd("400"))
    with pytest.raises(NotNow, match="ended"):
        handed_in(pair, deal)


def test_a_video_that_was_public_already_counts_from_when_it_is_said(
    pair: Pair, time: Time
) -> None:
    deal = running(pair)
    work = approved(pair, deal)
    assert work.video_id is not None
    videos.change_details(video_id=work.video_id, details=Details("Shown"), at=time.now)
    actions.publish_video(seat=pair.ada(deal), number=1, at=time.now)
    assert pending(pair) == "3.6E+2"


def test_a_removed_video_is_not_published(pair: Pair, time: Time) -> None:
    deal = running(pair)
    work = approved(pair, deal)
    assert work.video_id is not None
    videos.remove(video_id=work.video_id, by=pair.creator.user, why="Gone.", at=time.now)
    with pytest.raises(actions.NotADraft):
        actions.publish_video(seat=pair.ada(deal), number=1, at=time.now)


def test_hidden_for_a_slip_is_forgiven_hidden_for_a_day_is_not(pair: Pair, time: Time) -> None:
    deal = running(pair)
    work = published(pair, deal)
    assert work.video_id is not None
    hidden, shown = Details("Hidden", visibility="private"), Details("Shown")
    for details, hour, count in ((hidden, 10, 0), (hidden, 12, 0), (shown, 14, 0), (hidden, 16, 0)):
        videos.change_details(video_id=work.video_id, details=details, at=time.now)
        assert actions.keep_clocks(at=time.go(1, 26, hour)) == count
    assert actions.keep_clocks(at=time.go(1, 27, 15)) == 0
    assert actions.keep_clocks(at=time.go(1, 27, 16)) == 1
    assert (status(deal), pending(pair)) == ("ended", "3.6E+2")
    assert queries.picture(deal).back == usd("100")
    assert Step.objects.filter(kind="hidden").count() == 2


def test_removed_early_the_rest_goes_back_at_once(pair: Pair, time: Time) -> None:
    deal = running(pair)
    work = published(pair, deal)
    assert work.video_id is not None
    videos.remove(video_id=work.video_id, by=pair.creator.user, why="Gone.", at=time.now)
    assert actions.keep_clocks(at=time.now) == 1
    assert (status(deal), queries.picture(deal).back) == ("ended", usd("100"))


def test_a_dispute_stops_the_clocks_and_taken_back_they_go_on(pair: Pair, time: Time) -> None:
    deal = running(pair)
    work = handed_in(pair, deal)
    bea, ada = pair.bea(deal), pair.ada(deal)
    with pytest.raises(actions.DisputeNeedsReason):
        actions.open_dispute(seat=bea, reason=" ", id=deal.pk, at=time.now)
    one = actions.open_dispute(seat=bea, reason="Another shoe.", id=deal.pk, at=time.now)
    assert actions.open_dispute(seat=bea, reason="Again.", id=deal.pk, at=time.now) == one
    assert actions.keep_clocks(at=time.go(2, 25)) == 0
    with pytest.raises(NotNow, match="disputed"):
        actions.approve_draft(seat=bea, number=1, at=time.now)
    with pytest.raises(NotYourTurn):
        actions.withdraw_dispute(seat=ada, at=time.now)
    due = work.due_at
    actions.withdraw_dispute(seat=bea, at=time.now)
    work.refresh_from_db()
    assert due is not None
    assert work.due_at is not None
    assert (work.due_at - due).days == 31
    assert str(one) == f"Dispute of {deal}"
    with pytest.raises(NotNow):
        actions.withdraw_dispute(seat=bea, at=time.now)


def test_an_operator_splits_what_is_held_to_the_cent(pair: Pair, time: Time) -> None:
    deal, olga = running(pair), make_operator()
    approved(pair, deal)
    actions.open_dispute(seat=pair.ada(deal), reason="Pay me.", id=deal.pk, at=time.now)

    def decide(amount: str, words: str = "Half of it was done.") -> None:
        actions.decide_dispute(
            operator=olga, deal_id=deal.pk, creator=usd(amount), words=words, at=time.now
        )

    for amount in ("400.01", "-1", "0.001"):
        with pytest.raises(BadSplit, match=r"\$400.00"):
            decide(amount)
    for words in ("", "x" * 301):
        with pytest.raises(actions.RulingNeedsReason):
            decide("1", words)
    decide("333.33")
    [one] = queries.disputes()
    assert (one.answer, one.given, one.held) == ("decided", usd("333.33"), usd("400"))
    picture = queries.picture(deal)
    assert (picture.held, picture.back) == (usd("0"), usd("66.67"))
    assert (picture.creator, picture.platform) == (usd("389.997"), usd("43.333"))
    assert status(deal) == "ended"
    with pytest.raises(NotNow):
        decide("1")


def test_a_dispute_without_its_row_is_nothing_to_decide(pair: Pair, time: Time) -> None:
    deal = running(pair)
    Deal.objects.update(status="disputed", paused_at=time.now)
    with pytest.raises(actions.NothingInDispute):
        actions.withdraw_dispute(seat=pair.bea(deal), at=time.now)


def test_what_is_said_stays(pair: Pair, time: Time) -> None:
    deal = running(pair)
    actions.say(seat=pair.ada(deal), words=" When does the shoe come? ", at=time.now)
    for words in (" ", "x" * 2001):
        with pytest.raises(actions.SayingNeedsWords):
            actions.say(seat=pair.bea(deal), words=words, at=time.now)
    said = queries.steps_of(deal)[-1]
    assert (said.words, said.side, str(said)) == (
        "When does the shoe come?",
        "creator",
        f"{deal}: said",
    )

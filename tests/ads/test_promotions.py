"""Earnings become credits, and credits show own videos: exact, once, and nothing else ever."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, connections, transaction

from takings.ads import actions, queries
from takings.ads.actions import CampaignIdTaken, CreativeDraft, charge_beacons, key_ring
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge.routes import card
from takings.ads.edge.stock import Spot
from takings.ads.models import Campaign, Creative, Deposit, Lease, Promoter, RejectedImpression
from takings.ads.queries.creatives import NoSuchCreative
from takings.ads.queries.promotion_checks import CREDITS_ARE_GIVEN, PROMOTIONS_ARE_OWN
from takings.ads.queries.promotions import (
    NoSuchPromotion,
    PromotionRow,
    access_promotion,
    credits_of,
    gained,
    promotion_rows,
    promotions_of,
)
from takings.ads.rules.campaigns import LeadsElsewhere, Message
from takings.ads.rules.limits import Limits
from takings.ads.rules.promotions import (
    BadPromotionDays,
    Credits,
    CreditsAreNotSold,
    NotEnoughCredits,
    NotPromotable,
    PromoterAgeUnknown,
    PromoterTooYoung,
    PromotionTooSmall,
    landing_page,
    promotion_message,
)
from takings.ads.rules.serving import NO_CAMPAIGN, NoAd
from takings.ads.rules.terms import UnknownCountry
from takings.ads.rules.tokens import Placement
from takings.audience.actions import follow, like
from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.payments.models import Payment
from takings.people.actions import BrandNameReserved, open_brand
from takings.people.models import Role
from takings.people.rules import Viewer
from takings.policies.queries import packs
from takings.settlement.actions import HoldTerms, hold_earnings
from takings.settlement.actions.exchanging import (
    NotThatMuchEarned,
    Wanted,
    exchange_earnings,
)
from takings.settlement.models import Exchange
from takings.videos.actions import change_details, remove
from takings.videos.models import Video
from takings.videos.queries import details_of
from tests.make.ads import make_beacon, make_campaign, usd
from tests.make.coins import ADULT
from tests.make.ledger import all_balances
from tests.make.payments import make_top_up
from tests.make.people import NOON, make_operator, make_user
from tests.make.promotions import make_promoter, promote, promotion_draft, take_credits
from tests.make.settlement import Act, make_act

pytestmark = pytest.mark.django_db
Refused = tuple[tuple[type[Refusal], str, dict[str, object]], ...]
SECOND, DAY = dt.timedelta(seconds=1), dt.timedelta(days=1)


def make_server() -> AdServer:
    server = AdServer(name="server-1", keys=key_ring(), wake=lambda: None)
    server.refresh(at=NOON + SECOND)
    return server


def feed(viewer_id: uuid.UUID | None = None) -> Spot:
    viewer = Viewer(viewer_id or uuid.uuid4(), None, "DE", NOON)
    return Spot(viewer, uuid.uuid4(), NOON + SECOND)


def ask(server: AdServer, spot: Spot | None = None) -> Chosen | NoAd:
    return server.decide_against((), spot=spot or feed())[0]


def won(answer: Chosen | NoAd) -> Chosen:
    assert isinstance(answer, Chosen)
    return answer


def credits_now(act: Act, *, at: dt.datetime = NOON) -> Credits:
    brand = Promoter.objects.get(creator=act.creator).brand
    return credits_of(brand=brand, currency="USD", at=at)


def payable(act: Act) -> int:
    return balance(name=f"creator:{act.creator.pk}:payable", currency="USD").micros


def test_earnings_become_as_many_credits_once() -> None:
    ada = make_promoter(credits_taken="")
    wanted = Wanted(uuid.uuid4(), "promotion", "10")
    done, again = (exchange_earnings(creator=ada.creator, wanted=wanted, at=NOON) for _ in range(2))
    assert (done, done.words) == (again, "$10.00 of promotion credits")
    assert (payable(ada), credits_now(ada).free) == (10_000_000, usd("10"))
    take_credits(ada, "5")  # the brand is open already
    promoter = Promoter.objects.get()
    assert str(promoter) == f"@{ada.creator.handle}"
    assert promoter.brand.memberships.get().role == Role.VIEWER  # sees all, changes nothing
    assert [one.kind for one in queries.movements(brand=promoter.brand)] == [
        *("earnings_exchanged", "earnings_exchanged"),
    ]
    assert queries.balances(brand=promoter.brand, currency="USD").deposited == usd("15")
    with pytest.raises(NotThatMuchEarned, match=r"\$5"):
        take_credits(ada, "10")
    assert (payable(ada), Deposit.objects.count()) == (5_000_000, 2)
    assert check_books() == []
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
        Promoter.objects.all().delete()


def test_minors_and_what_is_held_bring_no_credits_and_only_creators_are_called_at_handle() -> None:
    ada = make_promoter(credits_taken="")
    before = all_balances()
    for born_on, refusal in ((None, PromoterAgeUnknown), (NOON.date(), PromoterTooYoung)):
        ada.creator.user.born_on = born_on
        with pytest.raises(refusal):
            take_credits(ada, "10")
    ada.creator.user.born_on = ADULT
    hold_earnings(
        operator=make_operator(),
        creator=ada.creator,
        amount=usd("16"),
        terms=HoldTerms(reason="We look at unusual views.", ends_at=NOON + DAY),
        id=uuid.uuid4(),
        at=NOON,
    )
    before = all_balances()
    with pytest.raises(NotThatMuchEarned, match=r"\$4"):  # what is held is not exchanged
        take_credits(ada, "5")
    with pytest.raises(BrandNameReserved):
        open_brand(user=make_user(), name=" @ada", website="https://a.example/", at=NOON)
    assert (all_balances(), Exchange.objects.count(), Promoter.objects.count()) == (before, 0, 0)


def test_a_promotion_is_marked_charged_and_leaves_what_it_did_not_spend() -> None:
    ada, bea = make_promoter(), make_user("Bea")
    campaign = promote(ada)
    assert (campaign.status, credits_now(ada).free) == ("active", usd("5"))
    server = make_server()
    chosen = won(ask(server))
    shown, handle = card(chosen), ada.creator.handle
    assert (shown["label"], shown["paid_by"], shown["headline"]) == (
        *("Promoted", f"@{handle}", "Low tide"),
    )
    assert chosen.why[0] == f"@{handle} paid for this ad."
    decision = chosen.decision
    assert (decision.creative_id, decision.price) == (ada.video_id, usd("0.000167"))
    assert Lease.objects.get().amount_micros == 60_000  # ten views at the most that is bid
    token = key_ring().sign(decision)
    page = server.follow(token=token, viewer_id=decision.viewer_id, at=NOON + SECOND)
    assert page == f"/v/{ada.video_id}?promoted"
    own = won(ask(server, feed(ada.creator.user.viewer_id))).decision
    charge_beacons(segment="seen", beacons=[make_beacon(decision), make_beacon(own)], at=NOON)
    assert RejectedImpression.objects.get().reason == "own_brand"
    follow(user=bea, creator=ada.creator, at=NOON + SECOND)
    like(user=bea, video_id=ada.video_id, at=NOON + SECOND)
    [row] = rows_of(ada, at=NOON)
    assert (row.views, row.spent, row.is_over, row.obstacles) == (1, usd("0.000167"), False, [])
    won_by = gained(row=row, creator=ada.creator)
    assert (won_by.followers, won_by.likes) == (1, 1)
    server.close(at=NOON + 2 * SECOND)
    actions.end_campaign(campaign_id=campaign.pk, user=ada.creator.user, at=NOON + DAY)
    actions.return_leases(at=NOON + DAY)
    left = credits_now(ada, at=NOON + DAY)
    assert (left.spent, left.free, left.planned) == (usd("0.000167"), usd("9.999833"), usd("0"))
    assert balance(name="pool:feed_ads:DE:2026-11", currency="USD") == usd("0.000167")
    assert check_books() == []


def test_a_promotion_is_shown_in_our_own_feed_and_nowhere_else() -> None:
    promote(make_promoter())
    server = make_server()
    won(ask(server))
    here = feed()
    places = (
        replace(here, is_elsewhere=True),
        replace(here, limits=Limits(is_offer=True)),
        replace(here, placement=Placement.PRE),
        replace(here, viewer=replace(here.viewer, is_shared=True)),  # cannot be counted for
    )
    assert [ask(server, place) for place in places] == [NO_CAMPAIGN] * 4


def test_what_cannot_be_promoted_is_refused_and_changes_nothing() -> None:
    ada, ben = make_promoter(), make_act("Ben")
    taken = promote(ada)
    others = make_campaign()
    refused: Refused = (
        (PromotionTooSmall, "4.99", {}),
        (BadPromotionDays, "5", {"days": 0}),
        (BadPromotionDays, "5", {"days": 31}),
        (NotEnoughCredits, "5.01", {}),  # of ten, five are promised
        (NotPromotable, "5", {"video_id": ben.video_id}),
        (NotPromotable, "5", {"video_id": others.creatives.get().video_id}),
        (UnknownCountry, "5", {"countries": ("XX",)}),
        (CampaignIdTaken, "6", {"id": taken.pk}),
        (CampaignIdTaken, "5", {"id": others.pk}),
    )
    for refusal, budget, said in refused:
        draft = promotion_draft(ada, budget, **said)
        with pytest.raises(refusal):
            actions.promote_video(creator=ada.creator, draft=draft, at=NOON)
    with pytest.raises(NotEnoughCredits, match=r"\$0\.00 are free"):
        promote(make_promoter("Eve", credits_taken=""))
    ada.creator.user.born_on = None
    with pytest.raises(PromoterAgeUnknown):
        promote(ada)
    assert set(Campaign.objects.all()) == {taken, others}


def test_no_card_pays_for_credits() -> None:
    ada = make_promoter()
    brand = Promoter.objects.get(creator=ada.creator).brand
    with pytest.raises(CreditsAreNotSold):
        make_top_up(brand, ada.creator.user)
    assert not Payment.objects.exists()


def test_the_same_promotion_sent_twice_is_one() -> None:
    ada = make_promoter()
    draft = promotion_draft(ada, "10")
    first, again = (
        actions.promote_video(creator=ada.creator, draft=draft, at=NOON) for _ in range(2)
    )
    assert (first, Campaign.objects.count()) == (again, 1)
    with pytest.raises(NoSuchPromotion):
        access_promotion(user=make_promoter("Ben").creator.user, campaign_id=first.pk, at=NOON)
    row = access_promotion(user=ada.creator.user, campaign_id=first.pk, at=NOON)
    assert row.campaign == first


def test_a_video_that_is_not_public_any_more_is_promoted_no_more() -> None:
    ada = make_promoter()
    campaign, server = promote(ada), make_server()
    won(ask(server))
    video = Video.objects.get(pk=ada.video_id)
    for visibility in ("unlisted", "private"):
        see(video, visibility)
        server.refresh(at=NOON + SECOND)
        assert ask(server) == NO_CAMPAIGN
        assert "Its video is not public any more" in why_not(ada)
    see(video, "public")
    server.refresh(at=NOON + SECOND)
    assert won(ask(server)).offer.campaign_id == campaign.pk
    remove(video_id=video.pk, by=ada.creator.user, why="", at=NOON)
    server.refresh(at=NOON + SECOND)
    assert (ask(server), "not public any more" in why_not(ada)) == (NO_CAMPAIGN, True)
    assert check_books() == []


def see(video: Video, visibility: str) -> None:
    details = replace(details_of(video), visibility=visibility)
    change_details(video_id=video.pk, details=details, at=NOON)


def rows_of(act: Act, *, at: dt.datetime) -> list[PromotionRow]:
    return promotion_rows(campaigns=promotions_of(creator=act.creator), at=at)


def why_not(act: Act) -> str:
    [row] = rows_of(act, at=NOON + SECOND)
    return " ".join(row.obstacles)


def test_an_operator_may_decline_a_promotion_and_makes_nothing_else_of_credits() -> None:
    ada, ben, rita = make_promoter(), make_act("Ben"), make_operator("Rita")
    campaign = promote(ada)
    ad = campaign.creatives.get()
    assert (ad.review, [one.became for one in ad.changes.filter(field="review")]) == (
        *("approved", ["approved: it says what is public"]),
    )
    message = Message("Low tide", "Buy", "https://shop.example/")
    of_ben = replace(message, landing_url=landing_page(ben.video_id))
    for video_id, said, refusal in (
        (ben.video_id, of_ben, NoSuchCreative),
        (ada.video_id, message, LeadsElsewhere),
    ):
        draft = CreativeDraft(uuid.uuid4(), video_id, said)
        with pytest.raises(refusal):
            actions.add_creative(campaign_id=campaign.pk, draft=draft, user=rita, at=NOON)
    with pytest.raises(LeadsElsewhere):
        actions.change_creative(creative_id=ad.pk, message=message, user=rita, at=NOON)
    shouted = replace(message, landing_url=ad.landing_url)
    changed = actions.change_creative(creative_id=ad.pk, message=shouted, user=rita, at=NOON)
    assert changed.review == "submitted"  # it says more than its video
    actions.decline_creative(
        creative_id=ad.pk, edition=2, reason="It sells.", operator=rita, at=NOON
    )
    assert why_not(ada) == "Its ad was declined; mend it."
    assert actions.tell_declined(creative_id=ad.pk, edition=2)
    [letter] = mail.outbox
    assert letter.to == [ada.creator.user.email]
    assert "It sells.\n\nIt is not shown. Your credits stay yours: end the promotion" in letter.body
    assert f"{settings.PUBLIC_URL}/ads/promotions/{campaign.pk}/\n" in letter.body
    assert Creative.objects.count() == 1


def test_where_the_policy_wants_a_look_a_promotion_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [rule] = packs.promotion_rules()
    monkeypatch.setattr(packs, "promotion_rules", lambda: (replace(rule, is_reviewed=True),))
    ada = make_promoter()
    assert promote(ada).creatives.get().review == "submitted"
    assert why_not(ada) == "Its ad waits for an operator’s review."


@pytest.mark.parametrize(
    ("title", "headline"),
    [("Low tide", "Low tide"), ("\u200d\n", "A video"), ("a" * 61, "a" * 59 + "…")],
)
def test_a_promotion_says_the_title_as_one_line(title: str, headline: str) -> None:
    said = promotion_message(video_id=uuid.uuid4(), title=title, category="")
    assert said.headline == headline


@pytest.mark.django_db(transaction=True)
def test_two_promotions_at_once_do_not_count_on_the_same_credits() -> None:
    ada = make_promoter()

    def try_one(_: int) -> bool:
        try:
            promote(ada, "6")
        except NotEnoughCredits:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(max_workers=3) as pool:
        assert sorted(pool.map(try_one, range(3))) == [False, False, True]
    assert credits_now(ada).free == usd("4")


@pytest.mark.django_db(transaction=True)
def test_the_first_credits_taken_twice_at_once_open_one_brand() -> None:
    ada = make_promoter(credits_taken="")

    def take(_: int) -> None:
        try:
            take_credits(ada, "5")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(take, range(3)))
    assert (Promoter.objects.count(), credits_now(ada).free) == (1, usd("15"))
    assert check_books() == []


def test_credits_for_others_videos_and_exchanges_without_credits_are_found() -> None:
    ada, ben = make_promoter(), make_act("Ben")
    ad = promote(ada).creatives.get()
    Creative.objects.filter(pk=ad.pk).update(video_id=ben.video_id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ads_deposit SET amount_micros = 1")
    found = {one.invariant: one.sentence for one in check_books()}
    assert "not its payer’s own" in found[PROMOTIONS_ARE_OWN.invariant]
    assert (
        "gave 10000000 micro-units of credits, its deposit says 1"
        in found[CREDITS_ARE_GIVEN.invariant]
    )

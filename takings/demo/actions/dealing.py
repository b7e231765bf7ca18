"""Deals of the demo world: one of which a part is earned, and one that waits for an answer."""

import datetime as dt

from takings.core import ids
from takings.demo.rules.cast import BRAND_NAME, CHANNELS
from takings.demo.rules.deals import OFFERED, RUNNING
from takings.people.models import Brand, Creator
from takings.sponsorships import actions as deals
from takings.sponsorships.models import Deal
from takings.sponsorships.queries import access_seat
from takings.sponsorships.rules import Terms
from takings.videos.models import Status, Video


def make_deals(*, at: dt.datetime) -> None:
    """Let the brand hire the creator whom everybody can be; once, and as far as its money goes."""
    brand = Brand.objects.filter(name=BRAND_NAME).first()
    creator = Creator.objects.filter(handle=CHANNELS[0].handle).first()
    if brand is None or creator is None:
        return
    running = _offer(RUNNING, brand=brand, creator=creator, at=at)
    _offer(OFFERED, brand=brand, creator=creator, at=at)
    posts = Video.objects.filter(creator=creator, status=Status.READY, visibility="public")
    post = posts.order_by("published_at", "pk").first()
    if running.status != "offered" or post is None:
        return
    bea = access_seat(user=brand.members.all()[0], deal_id=running.pk)
    ada = access_seat(user=creator.user, deal_id=running.pk)
    deals.accept_offer(seat=ada, number=1, at=at)
    try:
        deals.fund_from_prepaid(seat=bea, at=at)
    except deals.NotEnoughPrepaid:
        return
    deals.say(seat=bea, words="We love the first one. May we have it for our autumn page?", at=at)
    deals.hand_in(seat=ada, number=1, video_id=post.pk, at=at)
    deals.approve_draft(seat=bea, number=1, at=at)
    deals.publish_video(seat=ada, number=1, at=at)


def _offer(terms: Terms, *, brand: Brand, creator: Creator, at: dt.datetime) -> Deal:
    return deals.offer_deal(
        user=brand.members.all()[0],
        brand=brand,
        creator=creator,
        terms=terms,
        id=ids.derived("demo deal", terms.title),
        at=at,
    )

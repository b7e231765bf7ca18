"""Creators with promotion credits, and what they promote."""

import datetime as dt
from uuid import uuid4

from takings.ads.actions import promote_video
from takings.ads.models import Campaign
from takings.ads.rules.promotions import PromotionDraft
from takings.people.models import User
from takings.settlement.actions.exchanging import Wanted, exchange_earnings
from takings.settlement.models import Exchange
from tests.make.ads import usd
from tests.make.coins import ADULT
from tests.make.payouts import american, make_payable, make_verified
from tests.make.people import NOON
from tests.make.settlement import Act, make_act


def make_promoter(name: str = "Ada", *, payable: str = "20", credits_taken: str = "10") -> Act:
    """Let a creator of age have earned dollars, and take some of them as credits (none: "")."""
    act = make_act(name)
    let_earn(act, payable)
    if credits_taken:
        take_credits(act, credits_taken)
    return act


def let_earn(act: Act, payable: str) -> None:
    """Let a creator of age, whose papers were seen, have so many dollars that could be paid out."""
    User.objects.filter(pk=act.creator.user_id).update(born_on=ADULT)
    act.creator.user.refresh_from_db()
    make_payable(act.creator, usd(payable), at=NOON)
    make_verified(act.creator, papers=american())  # with a W-9: nothing is withheld


def take_credits(act: Act, choice: str, *, at: dt.datetime = NOON) -> Exchange:
    """Exchange earnings for so many dollars of credits."""
    return exchange_earnings(
        creator=act.creator, wanted=Wanted(uuid4(), "promotion", choice), at=at
    )


def promotion_draft(act: Act, budget: str = "5", **said: object) -> PromotionDraft:
    """Fill in the form of a promotion of three days in Germany."""
    known = {"id": uuid4(), "video_id": act.video_id, "days": 3, "countries": ("DE",), **said}
    return PromotionDraft(budget=usd(budget), **known)  # type: ignore[arg-type] # by name


def promote(act: Act, budget: str = "5", *, at: dt.datetime = NOON, **said: object) -> Campaign:
    """Promote the creator's video."""
    return promote_video(creator=act.creator, draft=promotion_draft(act, budget, **said), at=at)

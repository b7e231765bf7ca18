"""Everything that changes deals, one file per concern; import the verbs from here."""

from takings.sponsorships.actions.cards import (
    DealByCard,
    let_wait_again,
    return_all_money,
    return_money,
)
from takings.sponsorships.actions.clocks import keep_clocks
from takings.sponsorships.actions.disputing import (
    DisputeNeedsReason,
    NothingInDispute,
    RulingNeedsReason,
    decide_dispute,
    open_dispute,
    withdraw_dispute,
)
from takings.sponsorships.actions.funding import NotEnoughPrepaid, fund_by_card, fund_from_prepaid
from takings.sponsorships.actions.offering import (
    BrandMakesNoDeals,
    DealIdTaken,
    DealWithOneself,
    TooManyOffers,
    TooManyVersions,
    accept_offer,
    counter_offer,
    decline_offer,
    offer_deal,
    withdraw_deal,
)
from takings.sponsorships.actions.rating import (
    BadRating,
    RatedAlready,
    TooLateToRate,
    rate_deal,
)
from takings.sponsorships.actions.running import NotYourPart
from takings.sponsorships.actions.sending import (
    NoProduct,
    ProductNotSent,
    receive_product,
    send_product,
)
from takings.sponsorships.actions.talking import SayingNeedsWords, say
from takings.sponsorships.actions.telling import tell_step
from takings.sponsorships.actions.working import (
    NotADraft,
    RevisionNeedsWords,
    VideoOfAnotherDeal,
    approve_draft,
    ask_revision,
    give_up,
    hand_in,
    publish_video,
)

__all__ = [
    "BadRating",
    "BrandMakesNoDeals",
    "DealByCard",
    "DealIdTaken",
    "DealWithOneself",
    "DisputeNeedsReason",
    "NoProduct",
    "NotADraft",
    "NotEnoughPrepaid",
    "NotYourPart",
    "NothingInDispute",
    "ProductNotSent",
    "RatedAlready",
    "RevisionNeedsWords",
    "RulingNeedsReason",
    "SayingNeedsWords",
    "TooLateToRate",
    "TooManyOffers",
    "TooManyVersions",
    "VideoOfAnotherDeal",
    "accept_offer",
    "approve_draft",
    "ask_revision",
    "counter_offer",
    "decide_dispute",
    "decline_offer",
    "fund_by_card",
    "fund_from_prepaid",
    "give_up",
    "hand_in",
    "keep_clocks",
    "let_wait_again",
    "offer_deal",
    "open_dispute",
    "publish_video",
    "rate_deal",
    "receive_product",
    "return_all_money",
    "return_money",
    "say",
    "send_product",
    "tell_step",
    "withdraw_deal",
    "withdraw_dispute",
]

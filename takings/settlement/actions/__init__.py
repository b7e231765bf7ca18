"""Everything that changes settlement: estimates, closes, releases and holds."""

from takings.settlement.actions.answering import (
    NumbersChanged,
    ProposalAnswered,
    ProposalIdTaken,
    ProposalNeedsReason,
    SecondPersonNeeded,
)
from takings.settlement.actions.close import close_period
from takings.settlement.actions.correcting import (
    CorrectionWaits,
    Wanted,
    approve_correction,
    decline_correction,
    propose_correction,
)
from takings.settlement.actions.counting import CountViews, count_lake
from takings.settlement.actions.direct import earn_directly, take_directly
from takings.settlement.actions.dry_run import (
    Asked,
    CloseUnderWay,
    DryRunIdTaken,
    dry_run,
    open_and_over,
)
from takings.settlement.actions.estimates import refresh_estimates
from takings.settlement.actions.finding import (
    Changes,
    NotClosedYet,
    NothingToCorrect,
    Outcomes,
    find_changes,
)
from takings.settlement.actions.funding import (
    FUND_SOURCES,
    Fee,
    FeeIdTaken,
    Funds,
    NoPoolOfCountry,
    NotFundedLikeThis,
    PeriodIsFrozen,
    UnknownSource,
    add_pool_fee,
    approve_funding,
    decline_funding,
    propose_funding,
)
from takings.settlement.actions.holding import (
    AlreadyLifted,
    HoldHasNoSuchEnd,
    HoldIdTaken,
    HoldNeedsReason,
    HoldTerms,
    NotThatMuchPayable,
    hold_earnings,
    lift_ended_holds,
    lift_hold,
)
from takings.settlement.actions.posting import PoolNotEmpty
from takings.settlement.actions.proposing import (
    CloseWaits,
    approve_close,
    count_pinned,
    decline_close,
    propose_close,
    stop_close,
)
from takings.settlement.actions.release import Released, release_earnings
from takings.settlement.actions.revising import CorrectionNotApproved, post_correction
from takings.settlement.actions.sharing import PoolsMoved
from takings.settlement.actions.splits import (
    NotYourVideo,
    SplitIsOpen,
    SplitIsSettled,
    accept_split,
    decline_split,
    end_split,
    propose_split,
)
from takings.settlement.actions.taking_out import Draw, PeriodIsBeingClosed, draw_on_pool
from takings.settlement.actions.working import shared_again

__all__ = [
    "FUND_SOURCES",
    "AlreadyLifted",
    "Asked",
    "Changes",
    "CloseUnderWay",
    "CloseWaits",
    "CorrectionNotApproved",
    "CorrectionWaits",
    "CountViews",
    "Draw",
    "DryRunIdTaken",
    "Fee",
    "FeeIdTaken",
    "Funds",
    "HoldHasNoSuchEnd",
    "HoldIdTaken",
    "HoldNeedsReason",
    "HoldTerms",
    "NoPoolOfCountry",
    "NotClosedYet",
    "NotFundedLikeThis",
    "NotThatMuchPayable",
    "NotYourVideo",
    "NothingToCorrect",
    "NumbersChanged",
    "Outcomes",
    "PeriodIsBeingClosed",
    "PeriodIsFrozen",
    "PoolNotEmpty",
    "PoolsMoved",
    "ProposalAnswered",
    "ProposalIdTaken",
    "ProposalNeedsReason",
    "Released",
    "SecondPersonNeeded",
    "SplitIsOpen",
    "SplitIsSettled",
    "UnknownSource",
    "Wanted",
    "accept_split",
    "add_pool_fee",
    "approve_close",
    "approve_correction",
    "approve_funding",
    "close_period",
    "count_lake",
    "count_pinned",
    "decline_close",
    "decline_correction",
    "decline_funding",
    "decline_split",
    "draw_on_pool",
    "dry_run",
    "earn_directly",
    "end_split",
    "find_changes",
    "hold_earnings",
    "lift_ended_holds",
    "lift_hold",
    "open_and_over",
    "post_correction",
    "propose_close",
    "propose_correction",
    "propose_funding",
    "propose_split",
    "refresh_estimates",
    "release_earnings",
    "shared_again",
    "stop_close",
    "take_directly",
]

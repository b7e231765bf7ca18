"""Everything that changes requests, one file per concern; import the verbs from here."""

from takings.requests.actions.answering import (
    Made,
    NoRevisionsLeft,
    accept,
    cancel,
    decline,
    deliver,
    give_up,
    revise,
    take,
    write,
)
from takings.requests.actions.asking import (
    BadQuote,
    NothingToPay,
    Quote,
    ask,
    pay_request,
    quote,
)
from takings.requests.actions.cases import BadDecision, TooLateForCase, decide, open_case
from takings.requests.actions.ending import give_back, keep_clocks
from takings.requests.actions.offering import (
    archive_service,
    change_service,
    offer_service,
    pause_service,
    restore_service,
    resume_service,
)
from takings.requests.actions.paying import RequestByCard, unearn
from takings.requests.actions.rating import rate
from takings.requests.actions.telling import tell_step

__all__ = [
    "BadDecision",
    "BadQuote",
    "Made",
    "NoRevisionsLeft",
    "NothingToPay",
    "Quote",
    "RequestByCard",
    "TooLateForCase",
    "accept",
    "archive_service",
    "ask",
    "cancel",
    "change_service",
    "decide",
    "decline",
    "deliver",
    "give_back",
    "give_up",
    "keep_clocks",
    "offer_service",
    "open_case",
    "pause_service",
    "pay_request",
    "quote",
    "rate",
    "restore_service",
    "resume_service",
    "revise",
    "take",
    "tell_step",
    "unearn",
    "write",
]

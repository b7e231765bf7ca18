"""What answers write down: checks of the books, showings, orders to close, statements issued."""

from takings.insights.actions.advising import issue_advices, issue_advices_of
from takings.insights.actions.books import run_books_check
from takings.insights.actions.closing import (
    approve_close,
    close_approved,
    close_on_the_machine,
    close_period,
    order_close,
)
from takings.insights.actions.correcting import (
    approve_correction,
    post_correction,
)
from takings.insights.actions.issuing import give_out, issue_revisions, issue_statements
from takings.insights.actions.pacing import may_ask
from takings.insights.actions.showings import tally_showings
from takings.insights.actions.trying import order_proposal, order_trial, work_trial

__all__ = [
    "approve_close",
    "approve_correction",
    "close_approved",
    "close_on_the_machine",
    "close_period",
    "give_out",
    "issue_advices",
    "issue_advices_of",
    "issue_revisions",
    "issue_statements",
    "may_ask",
    "order_close",
    "order_proposal",
    "order_trial",
    "post_correction",
    "run_books_check",
    "tally_showings",
    "work_trial",
]

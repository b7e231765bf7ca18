"""What may be paid for: a closed set, and the accounts that each may fill."""

from collections.abc import Iterable
from enum import StrEnum

from takings.core.errors import Invalid
from takings.ledger.rules import TransferDraft, account_kind
from takings.money import Money
from takings.money.currency import COIN
from takings.payments.rules.sharing import LOSS, Plan


class PurposeName(StrEnum):
    """Everything that card money is ever taken for; docs/money.md tells each as a story."""

    COINS = "coins"
    MEMBERSHIP = "membership"
    PASS = "pass"  # noqa: S105 - a ticket, no word of entry
    ORDER = "order"
    REQUEST = "request"
    DEAL = "deal"
    ADVERTISER_BALANCE = "advertiser_balance"


FILLS: dict[PurposeName, frozenset[str]] = {
    PurposeName.COINS: frozenset({"coins:liability:<id>"}),
    PurposeName.MEMBERSHIP: frozenset(
        {"unearned:membership:<id>", "creator:<id>:pending", "platform:revenue:memberships"}
    ),
    PurposeName.PASS: frozenset({"unearned:pass:<id>"}),
    PurposeName.ORDER: frozenset(
        {"escrow:order:<id>", "creator:<id>:pending", "platform:revenue:shop"}
    ),
    PurposeName.REQUEST: frozenset({"escrow:request:<id>"}),
    PurposeName.DEAL: frozenset({"escrow:deal:<id>"}),
    PurposeName.ADVERTISER_BALANCE: frozenset({"advertiser:<id>:prepaid"}),
}
"""The accounts of the chart, or lines of it, that the shares of each purpose may go to."""

BEARERS = frozenset({LOSS, "creator:<id>:payable"})


class NotItsAccount(Invalid):
    """A purpose fills the accounts of its own story and no others."""

    code = "not_its_account"
    sentence = "A payment for “{purpose}” cannot go to “{account}”."


def check_plan(*, purpose: PurposeName, plan: Plan, amount: Money) -> None:
    """Refuse a plan that leaves a micro-unit out, or fills accounts of another purpose.

    Refuses: SharesDoNotAddUp, NotItsAccount.
    """
    plan.check(amount)
    for share in plan.shares:
        for account, allowed in ((share.account, FILLS[purpose]), (share.bearer, BEARERS)):
            if not {account, account_kind(account).pattern} & allowed:
                raise NotItsAccount(purpose=purpose, account=account)


def check_along(*, purpose: PurposeName, moves: Iterable[TransferDraft]) -> None:
    """Refuse with :class:`NotItsAccount` what moves along with a payment and is not coins."""
    for move in moves:
        if move.amount.currency != COIN:
            raise NotItsAccount(purpose=purpose, account=move.credit)

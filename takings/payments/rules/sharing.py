"""Who a payment is for, and what each gives back when it is refunded or disputed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.invoicing.rules import tax_within
from takings.ledger.rules import AccountName, TransferDraft
from takings.money import Money, allocate

LOSS: AccountName = "platform:loss"
FEES: AccountName = "platform:fees"
TAX = "tax:"


class SharesDoNotAddUp(Invalid):
    """A purpose must say where every micro-unit of a payment goes."""

    code = "shares_do_not_add_up"
    sentence = "The shares come to {shared}, the payment is {paid}."


@dataclass(frozen=True, slots=True)
class Share:
    """What one account gets of a payment.

    When it is taken back and is not there any more, ``bearer`` (an account without a floor) bears
    it: the platform's loss, or a creator's payable, which then shows what they owe.
    """

    account: AccountName
    amount: Money
    bearer: AccountName = LOSS


@dataclass(frozen=True, slots=True)
class Plan:
    """How a paid payment is booked: the kind of the entry, its words, its shares."""

    kind: str
    reference: str
    memo: str
    shares: tuple[Share, ...]

    def check(self, amount: Money) -> None:
        """Refuse with :class:`SharesDoNotAddUp` unless the shares are the whole payment."""
        shared = sum((share.amount for share in self.shares), Money.zero(amount.currency))
        if shared != amount or len({share.account for share in self.shares}) != len(self.shares):
            raise SharesDoNotAddUp(shared=shared, paid=amount)


@dataclass(frozen=True, slots=True)
class Part:
    """A share as it stands: ``given`` is what its account gave back, ``borne`` the bearer."""

    share: Share
    given: Money
    borne: Money

    @property
    def taken(self) -> Money:
        """What was taken of this share."""
        return self.given + self.borne


@dataclass(frozen=True, slots=True)
class Step:
    """What changes of one share: positive is taken back, negative is given again."""

    share: Share
    given: Money
    borne: Money


def targets(*, shares: Sequence[Share], taken: Money) -> dict[AccountName, Money]:
    """Return what each account has to have given back when ``taken`` is gone from the payment.

    Tax first, in whole payable units, as credit notes say it; the rest in the ratio first paid, by
    largest remainder over the whole. The parts always sum, and depend on nothing but the total, so
    refunds may come in any order and in any pieces.

    >>> dollars = [("creator:1:pending", 84), ("platform:revenue:shop", 21), ("tax:DE:vat", 20)]
    >>> shares = [Share(name, Money(each * 10**6, "USD")) for name, each in dollars]
    >>> back = targets(shares=shares, taken=Money(62_510_000, "USD"))
    >>> {name: part.micros for name, part in back.items()}
    {'tax:DE:vat': 10000000, 'creator:1:pending': 42008000, 'platform:revenue:shop': 10502000}
    """
    gross = sum((share.amount for share in shares), Money.zero(taken.currency))
    aims = {
        share.account: tax_within(tax=share.amount, gross=gross, part=taken)
        for share in shares
        if share.account.startswith(TAX)
    }
    rest = taken - sum(aims.values(), Money.zero(taken.currency))
    weights = {one.account: one.amount.micros for one in shares if one.account not in aims}
    parts = allocate(rest.micros, weights)
    return aims | {account: Money(micros, taken.currency) for account, micros in parts.items()}


def steps(
    *, parts: Sequence[Part], taken: Money, available: Mapping[AccountName, Money | None]
) -> list[Step]:
    """Return what brings every share to its target.

    ``available`` is what each account can give (``None``: all, it has no floor); what it cannot,
    its bearer bears. What comes back frees the bearer first.
    """
    aims = targets(shares=[part.share for part in parts], taken=taken)
    return [
        step
        for part in parts
        if (step := _step(part, aims[part.share.account], available[part.share.account]))
    ]


def _step(part: Part, aim: Money, room: Money | None) -> Step | None:
    change = aim - part.taken
    if not change:
        return None
    nothing = Money.zero(change.currency)
    if change < nothing:
        freed = min(part.borne, -change)
        return Step(part.share, given=change + freed, borne=-freed)
    given = change if room is None else min(change, max(room, nothing))
    return Step(part.share, given=given, borne=change - given)


def still_to_give(*, parts: Sequence[Part], refunding: Money) -> dict[AccountName, Money]:
    """Return what each account would give for refunds that are asked and not answered."""
    nothing = Money.zero(refunding.currency)
    paid = sum((part.share.amount for part in parts), nothing)
    taken = sum((part.taken for part in parts), nothing)
    shares = [part.share for part in parts]
    aims = targets(shares=shares, taken=min(paid, taken + refunding)) if parts else {}
    left = {part.share.account: aims[part.share.account] - part.taken for part in parts}
    return {account: amount for account, amount in left.items() if amount > nothing}


def transfers_of(
    *, moves: Sequence[Step], provider: AccountName, excess: Money, fee: Money
) -> tuple[TransferDraft, ...]:
    """Return the transfers of a refund or a dispute, or of their undoing; perhaps none.

    ``excess`` (taken beyond what was paid) is the platform's loss, ``fee`` its expense; below zero
    they come back.
    """
    pairs = [
        pair
        for move in moves
        for pair in ((move.share.account, move.given), (move.share.bearer, move.borne))
    ]
    pairs += [(LOSS, excess), (FEES, fee)]
    return tuple(between(account, provider, amount) for account, amount in pairs if amount)


def between(account: AccountName, provider: AccountName, amount: Money) -> TransferDraft:
    """Return ``account → provider``, or the other way round for an amount below zero."""
    if amount < Money.zero(amount.currency):
        return TransferDraft(debit=provider, credit=account, amount=-amount)
    return TransferDraft(debit=account, credit=provider, amount=amount)

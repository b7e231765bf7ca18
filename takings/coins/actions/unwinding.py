"""Coins that were spent and turn out not to be paid for, or not to be somebody's to spend."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F

from takings.coins.actions.returning import return_for
from takings.coins.actions.wallets import lock_wallet
from takings.coins.models import CoinLot, Purchase, Spend
from takings.coins.queries.purchases import returnable_of
from takings.coins.queries.unwinders import unpaid_spends, unwinders
from takings.core.errors import Conflict, Refusal
from takings.people.actions import correct_birth, record_staff_act
from takings.people.models import User
from takings.people.rules import age_on
from takings.policies.queries import coin_rule_at

TAKEN_BACK = "The payment of the coins was taken back."
A_MINOR = "It was sent by somebody who is too young for it."


class NotAMinor(Conflict):
    """A guardian's refund is for somebody who was too young."""

    code = "not_a_minor"
    sentence = "Born then they were old enough; refund single purchases instead."


@dataclass(frozen=True, slots=True)
class MinorFound:
    """Somebody who turned out to be a minor: when they were born, and how we know."""

    user: User
    born_on: dt.date
    reason: str


def unwind_unpaid(*, at: dt.datetime) -> int:
    """Tell those who were paid with coins whose purchase was taken back; return of how many lots.

    Each lot is told of once, bought coins first. What is refused is tried again the next time.
    """
    short = CoinLot.objects.filter(
        purchase__isnull=False,
        ended_at=None,
        unwound_at=None,
        coins_micros__lt=F("spent_micros") + F("gone_micros"),
    )
    count = 0
    for lot_id in (
        list(short.order_by("is_bonus", "pk").values_list("pk", flat=True)) if unwinders() else ()
    ):
        try:
            count += _unwind(lot_id, at=at)
        except Refusal:
            continue
    return count


@transaction.atomic
def _unwind(lot_id: UUID, *, at: dt.datetime) -> bool:
    owner = CoinLot.objects.select_related("wallet__user").get(pk=lot_id).wallet.user
    lock_wallet(user=owner, at=at)
    spend_ids = unpaid_spends(CoinLot.objects.get(pk=lot_id))
    _tell(spend_ids, why=TAKEN_BACK, at=at)
    CoinLot.objects.filter(pk=lot_id).update(unwound_at=at)
    return bool(spend_ids)


def refund_minor(*, operator: User, found: MinorFound, at: dt.datetime) -> int:
    """Give back everything that a minor bought, also what they gave away; return how many coins.

    What was paid with the coins is undone first, exactly as far as it can be; then all that is in
    the wallet goes back to the cards. Their date of birth is put right, so they buy no more.
    Repeatable: what did not go back goes the next time. Refuses: NotAMinor, and what
    ``refund_payment`` refuses of the last purchase that could not go back.
    """
    user, rule = found.user, coin_rule_at(at=at)
    if age_on(born_on=found.born_on, day=at.date()) >= rule.adult_age(user.country):
        raise NotAMinor
    with transaction.atomic():
        record_staff_act(
            operator=operator,
            act="coins.refund_minor",
            target=f"user:{user.pk}",
            reason=found.reason,
            at=at,
        )
        correct_birth(user=user, born_on=found.born_on)
        lock_wallet(user=user, at=at)
        spends = Spend.objects.filter(wallet_id=user.pk, given_back_at=None).order_by("pk")
        _tell(list(spends.values_list("pk", flat=True)), why=A_MINOR, at=at)
    return _return_all(operator, found, at=at)


def _return_all(operator: User, found: MinorFound, *, at: dt.datetime) -> int:
    coins, refused = 0, None
    paid = Purchase.objects.filter(wallet_id=found.user.pk, paid_at__isnull=False)
    for purchase in paid.select_related("wallet__user"):
        if returnable_of(purchase):
            try:
                one = return_for(operator=operator, purchase=purchase, reason=found.reason, at=at)
            except Refusal as refusal:
                refused = refusal
            else:
                coins += one.coins_micros // 10**6
    if refused is not None:
        raise refused
    return coins


def _tell(spend_ids: list[UUID], *, why: str, at: dt.datetime) -> None:
    for unwind in unwinders() if spend_ids else ():
        unwind(spend_ids=spend_ids, why=why, at=at)

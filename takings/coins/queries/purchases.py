"""What somebody may buy and bought; what of it can go back."""

import datetime as dt
from uuid import UUID

from django.db.models import Sum

from takings.coins.models import CoinLot, Purchase, ReturnState, Wallet
from takings.coins.queries.wallets import limits_of
from takings.coins.rules import Paused, check_person
from takings.coins.rules.purchases import (
    TooManyDeclines,
    check_minor,
    local,
    returnable,
)
from takings.core import ids
from takings.core.errors import NotFound
from takings.money import Money, format_money
from takings.payments.models import PaymentFact
from takings.payments.rules import FactKind, PurposeName
from takings.people.models import User
from takings.policies.queries import coin_rule_at

COINS_PURPOSE = PurposeName.COINS
DAY = dt.timedelta(days=1)


class NoSuchWallet(NotFound):
    """Nobody has this wallet, or somebody else does."""

    code = "no_such_wallet"
    sentence = "There is no such wallet, or it is not yours."


class NoSuchPack(NotFound):
    """The policy of the day names the packs that are sold."""

    code = "no_such_pack"
    sentence = "This pack is not sold; choose one of those on the page."


class NoSuchPurchase(NotFound):
    """No coins were bought under this id, or somebody else bought them."""

    code = "no_such_purchase"
    sentence = "There is no such purchase of coins, or it is not yours."


def bonus_lot_id(purchase_id: UUID) -> UUID:
    """Return the id of the lot of bonus coins that came with a purchase."""
    return ids.derived("bonus coins of a purchase", purchase_id)


def wallet_of_subject(subject: str) -> Wallet:
    """Return the wallet of ``wallet:<user>``. Refuses: NoSuchWallet."""
    kind, _, number = subject.partition(":")
    found = Wallet.objects.filter(pk=int(number)) if number.isdecimal() else Wallet.objects.none()
    one = found.select_related("user").first() if kind == "wallet" else None
    if one is None:
        raise NoSuchWallet
    return one


def access_purchase(*, user: User, purchase_id: UUID) -> Purchase:
    """Return a paid purchase of somebody's own. Refuses: NoSuchPurchase."""
    found = Purchase.objects.filter(pk=purchase_id, wallet_id=user.pk, paid_at__isnull=False)
    one = found.first()
    if one is None:
        raise NoSuchPurchase
    return one


def bought_since(*, user: User, currency: str, since: dt.datetime) -> Money:
    """Return for how much somebody bought and paid from an instant on."""
    found = Purchase.objects.filter(wallet_id=user.pk, currency=currency, paid_at__gte=since)
    return Money(found.aggregate(micros=Sum("price_micros"))["micros"] or 0, currency)


def check_may_hold(*, user: User, at: dt.datetime) -> int:
    """Return how old somebody is who may have coins; a minor may where the policy sets caps.

    Refuses: NotInThisCountry, AgeUnknown, TooYoung.
    """
    day = local(at, time_zone=user.time_zone).date()
    rule = coin_rule_at(at=at)
    return check_person(rule=rule, country=user.country, born_on=user.born_on, day=day, adult=False)


def check_may_buy(*, user: User, price: Money, at: dt.datetime) -> None:
    """Refuse who may not buy this now: by age, country, hour, a pause of their own, or declines.

    Refuses: NotInThisCountry, AgeUnknown, TooYoung, Paused, NotAtThisHour, OverTheCap,
    TooManyDeclines.
    """
    rule, now = coin_rule_at(at=at), local(at, time_zone=user.time_zone)
    age = check_may_hold(user=user, at=at)
    cap = rule.cap_of(country=user.country, age=age)
    if cap is not None:
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        month = bought_since(user=user, currency=price.currency, since=first)
        check_minor(cap=cap, rule=rule, price=price, month=month, now=now)
    for limit in limits_of(viewer_ids=[user.pk], at=at).get(user.pk, {}).values():
        if limit.until is not None and at < limit.until:
            raise Paused(until=limit.until)
    declined = PaymentFact.objects.filter(
        payment__payer=user,
        payment__purpose=COINS_PURPOSE,
        kind=FactKind.FAILED,
        occurred_at__gt=at - DAY,
    ).order_by("occurred_at")
    times = list(declined.values_list("occurred_at", flat=True))
    if len(times) >= rule.declines_a_day:
        until = times[-rule.declines_a_day] + DAY
        raise TooManyDeclines(count=len(times), until=until)


def returnable_of(purchase: Purchase) -> Money:
    """Return how many coins of a purchase can go back for money now."""
    lots = {lot.is_bonus: lot for lot in CoinLot.objects.filter(purchase=purchase.pk)}
    bought, bonus = lots[False], lots.get(True)
    if bought.returns.filter(state=ReturnState.ASKED).exists():
        return Money.zero(purchase.coins.currency)
    spent = bonus.spent_micros if bonus is not None else 0
    return Money(returnable(left=bought.left_micros, bonus_spent=spent), purchase.coins.currency)


def purchase_lines(purchase: Purchase) -> tuple[str, ...]:
    """Say, in lines, what was delivered for a purchase and what became of it."""
    lots = CoinLot.objects.filter(purchase=purchase.pk).order_by("is_bonus")
    return (
        f"Bought: {format_money(purchase.coins)} for {format_money(purchase.price)}",
        *(
            f"Delivered {lot.opened_at:%Y-%m-%d %H:%M} UTC: {format_money(lot.coins)}"
            f"{' as a bonus' if lot.is_bonus else ''}, of which "
            f"{format_money(Money(lot.spent_micros, purchase.coins.currency))} were spent"
            for lot in lots
        ),
    )

"""What the pages of coins show: a wallet as it stands, and every movement of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from takings.coins.models import CoinLot, GrantProposal, Limit, Purchase, Wallet
from takings.coins.queries.purchases import COINS_PURPOSE, returnable_of
from takings.coins.queries.wallets import limits_of, lots_of
from takings.coins.rules import LimitKind, coins, wallet_account
from takings.ledger.queries import AccountLine, balance, entries_touching
from takings.money import Money
from takings.money.currency import COIN
from takings.payments import queries as payments
from takings.payments.models import Payment
from takings.payments.queries import Listed
from takings.people.models import User
from takings.policies.queries import coin_rule_at
from takings.policies.rules import CoinPack

PAGE = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """A pack, and what it costs somebody."""

    pack: CoinPack
    price: Money

    @property
    def coins(self) -> Money:
        """How many coins are bought with it."""
        return coins(self.pack.bought)

    @property
    def bonus(self) -> Money:
        """How many bonus coins come with it."""
        return coins(self.pack.bonus)


@dataclass(frozen=True, slots=True)
class Standing:
    """A wallet: bought and given coins apart; ``held`` of them wait, until ``held_until``."""

    bought: Money
    bonus: Money
    held: Money
    held_until: dt.datetime | None
    held_why: str
    ends: Money
    ends_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed in a wallet, why, and what was in it then; one line a kind of coins."""

    line: AccountLine
    is_bonus: bool
    balance: Money

    @property
    def is_in(self) -> bool:
        """Whether coins came."""
        return self.line.change > Money.zero(COIN)

    @property
    def words(self) -> str:
        """The kind of its entry, as people say it."""
        return self.line.kind.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Bought:
    """A paid purchase, what is left of it, and until when so much goes back to its card."""

    purchase: Purchase
    lot: CoinLot
    returnable: Money
    until: dt.datetime

    def can_return(self, *, at: dt.datetime) -> bool:
        """Tell whether its owner may give something back."""
        return bool(self.returnable) and at < self.until


def offers(*, user: User, at: dt.datetime) -> list[Offer]:
    """Return the packs that are sold, at the prices of somebody's country."""
    rule = coin_rule_at(at=at)
    return [Offer(one, rule.price_of(one.name, country=user.country)) for one in rule.packs]


def standing(*, user: User, at: dt.datetime) -> Standing:
    """Return what is in somebody's wallet now."""
    bought, bonus = (
        balance(name=wallet_account(user.pk, is_bonus=is_bonus), currency=COIN)
        for is_bonus in (False, True)
    )
    lots = [lot for lot in lots_of(user=user) if lot.left_micros]
    held = [lot for lot in lots if lot.is_held(at=at)]
    ending = sorted((lot.expires_at, lot.pk, lot) for lot in lots if lot.expires_at is not None)
    waits = max(held, key=lambda lot: lot.held_until or at) if held else None
    return Standing(
        bought=bought,
        bonus=bonus,
        held=Money(sum(lot.left_micros for lot in held), COIN),
        held_until=waits.held_until if waits is not None else None,
        held_why=waits.held_why if waits is not None else "",
        ends=ending[0][2].left if ending else Money.zero(COIN),
        ends_at=ending[0][0] if ending else None,
    )


def movements(*, user: User) -> Iterator[Movement]:
    """Yield every movement of a wallet, newest first, with what was in it after each."""
    bought, bonus = (_movements(user, is_bonus=is_bonus) for is_bonus in (False, True))
    ahead = [next(bought, None), next(bonus, None)]
    while found := [one for one in ahead if one is not None]:
        newest = max(found, key=lambda one: (one.line.number, not one.is_bonus))
        yield newest
        ahead[newest.is_bonus] = next(bonus if newest.is_bonus else bought, None)


def newest_movements(*, user: User) -> list[Movement]:
    """Return as many movements as a page shows."""
    return list(islice(movements(user=user), PAGE))


def purchases_of(*, user: User) -> list[Bought]:
    """Return what somebody bought and paid, newest first, and what of it can go back."""
    paid = Purchase.objects.filter(wallet_id=user.pk, paid_at__isnull=False)
    lots = {lot.pk: lot for lot in lots_of(user=user)}
    return [
        Bought(
            purchase=one,
            lot=lots[one.pk],
            returnable=returnable_of(one),
            until=lots[one.pk].opened_at
            + dt.timedelta(days=coin_rule_at(at=one.ordered_at).withdrawal_days),
        )
        for one in paid.order_by("-paid_at", "pk")
    ]


def payments_for(*, user: User) -> list[Listed]:
    """Return what somebody paid for coins, with the receipts; not what they left."""
    found = payments.payments_of(purpose=COINS_PURPOSE, subject=f"wallet:{user.pk}")
    return payments.with_receipts(row for row in found if _was_tried(row))


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody set: what holds now, and what will."""

    now: dict[LimitKind, Limit]
    soon: list[Limit]


def limits_for(*, user: User, at: dt.datetime) -> Limits:
    """Return the limits of somebody's own, those that hold and those that will."""
    now = limits_of(viewer_ids=[user.pk], at=at).get(user.pk, {})
    later = Limit.objects.filter(wallet_id=user.pk, holds_from__gt=at)
    newest = {limit.pk: limit for limit in later}
    soon = [
        limit
        for limit in newest.values()
        if (held := now.get(LimitKind(limit.kind))) is None or held.pk < limit.pk
    ]
    live = {kind: one for kind, one in now.items() if one.until is None or at < one.until}
    return Limits(now=live, soon=soon)


@dataclass(frozen=True, slots=True)
class Sums:
    """What all wallets come to, and the fiat that waits for the coins in them."""

    wallets: int
    bought: Money
    bonus: Money
    held: Money
    waiting: list[Money]


def sums(*, at: dt.datetime) -> Sums:
    """Return what all wallets come to now, from their lots."""
    sums_of, waiting = {False: 0, True: 0}, dict[str, int]()
    held = 0
    for lot in CoinLot.objects.filter(left_micros__gt=0).iterator(chunk_size=5_000):
        sums_of[lot.is_bonus] += lot.left_micros
        held += lot.left_micros if lot.is_held(at=at) else 0
        if lot.currency:
            waiting[lot.currency] = waiting.get(lot.currency, 0) + lot.value_left_micros
    return Sums(
        wallets=Wallet.objects.count(),
        bought=Money(sums_of[False], COIN),
        bonus=Money(sums_of[True], COIN),
        held=Money(held, COIN),
        waiting=[Money(micros, code) for code, micros in sorted(waiting.items()) if micros],
    )


def held_lots(*, at: dt.datetime) -> list[CoinLot]:
    """Return the lots that wait, those that wait longest first."""
    found = CoinLot.objects.filter(held_until__gt=at, left_micros__gt=0)
    return list(found.select_related("wallet__user").order_by("-held_until", "pk"))


def newest_lots(*, limit: int = 50) -> list[CoinLot]:
    """Return what came into wallets last."""
    found = CoinLot.objects.select_related("wallet__user").order_by("-opened_at", "pk")
    return list(found[:limit])


def _movements(user: User, *, is_bonus: bool) -> Iterator[Movement]:
    account, before = wallet_account(user.pk, is_bonus=is_bonus), None
    left = balance(name=account, currency=COIN)
    while lines := entries_touching(account=account, before=before, limit=PAGE):
        for line in lines:
            yield Movement(line, is_bonus, left)
            left -= line.change
        before = lines[-1].number


def _was_tried(payment: Payment) -> bool:
    return payment.status not in {"created", "started", "cancelled"}


def waiting_grants(*, user: User | None = None) -> list[GrantProposal]:
    """Return bonus coins, of everybody or for one, that wait for a second person."""
    rows = GrantProposal.objects.filter(is_approved=None, **({"user": user} if user else {}))
    return list(rows.select_related("user", "proposed_by"))

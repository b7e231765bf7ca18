"""What every change of a request shares: its lock, its steps, and money that follows decisions.

The payment's row is locked first, then the request: as by whoever tells what became of a payment.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from procrastinate.contrib.django import app as jobs

from takings.ledger.actions import post
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.queries import parts_of
from takings.people.models import User
from takings.policies.queries import policy_at, request_rule
from takings.requests.models import Release, Request, Step, TakenBack
from takings.requests.queries import gone_of, side_of, standing_release, taken_of
from takings.requests.rules import (
    Act,
    Head,
    NotNow,
    Place,
    Side,
    State,
    back_transfers,
    check_may,
    earning_of,
    left_for_creator,
    release_transfers,
    released_id,
    taken_back_id,
)
from takings.settlement.actions import earn_directly, take_directly
from takings.settlement.queries import open_period
from takings.settlement.rules import Earning

TELL = "requests.tell_step"
QUIET = frozenset({Act.ASK, Act.BANK_GAVE})
"""Steps of which no letter tells: an unpaid request is nobody's work yet."""


@dataclass(frozen=True, slots=True)
class Locked:
    """A request that nobody else changes now; ``is_again``: the same was done a moment ago."""

    request: Request
    payment: Payment | None
    side: Side
    is_again: bool = False


def lock_request(request_id: UUID) -> tuple[Request, Payment | None]:
    """Lock a request, and its payment before it: of two changes at once, one sees the other."""
    payment = Payment.objects.select_for_update(no_key=True).filter(pk=request_id).first()
    found = Request.objects.select_related("fan", "creator__user", "service")
    one = found.select_for_update(of=("self",), no_key=True).get(pk=request_id)
    return one, payment or Payment.objects.filter(pk=request_id).first()


def lock_paid(request_id: UUID) -> tuple[Request, Payment]:
    """Lock a request whose payment was begun, and its payment before it."""
    one, payment = lock_request(request_id)
    assert payment is not None  # noqa: S101 - the caller knows it
    return one, payment


def begin(request: Request, act: Act, *, by: User) -> Locked:
    """Lock a request to do something; doing the same again changes nothing. Refuses: NotNow."""
    one, payment = lock_request(request.pk)
    side = side_of(one, user=by)
    last = one.steps.last()
    if last is not None and (last.act, last.by_id) == (act, by.pk):
        return Locked(one, payment, side, is_again=True)
    check_may(act, side=side, state=State(one.state))
    if one.taken_at is not None and act is not Act.DECIDE:
        raise NotNow(state=one.words)
    return Locked(one, payment, side)


def take_step(
    one: Request, act: Act, *, side: Side, at: dt.datetime, by: User | None = None, note: str = ""
) -> None:
    """Write down what happened, and let letters tell whom it concerns."""
    step = Step.objects.create(request=one, act=act, side=side, by=by, note=note[:1_000], at=at)
    if act not in QUIET:
        jobs.configure_task(TELL, queue="default").defer(step_id=step.pk)


def go(one: Request, to: State, *, ends_at: dt.datetime | None = None) -> None:
    """Let a request stand otherwise, and save it."""
    one.state, one.ends_at = to, ends_at
    one.save()


def conclude(locked: Locked, *, back: Money, why: str, at: dt.datetime) -> None:
    """Let so much of what was paid go back in all; the rest is earned, if anything is.

    What is not back yet is asked of the card company after the commit.
    Refuses: PeriodIsBeingClosed.
    """
    one, payment = locked.request, locked.payment
    assert payment is not None  # noqa: S101 - it was paid
    one.back_micros = back.micros
    if back != payment.amount and one.earned_at is None:
        one.earned_at = at
    settle(one, payment, gone=gone_of(payment), why=why, at=at)
    is_back = taken_of(payment) >= back
    go(one, over(one) if is_back else State.RETURNING)
    if not is_back:
        jobs.configure_task("requests.give_back", queue="payments").defer(request_id=str(one.pk))


def over(one: Request) -> State:
    """Return how a request ends whose money is where it belongs."""
    if not one.back_micros:
        return State.RELEASED
    return State.RETURNED if one.back == one.price else State.SPLIT


def settle(one: Request, payment: Payment, *, gone: Money, why: str, at: dt.datetime) -> None:
    """Bring what left the escrow to what is earned, when so much is gone of the payment.

    Refuses: PeriodIsBeingClosed.
    """
    goal, standing = earned(one, payment, gone=gone), standing_release(one)
    if standing is not None and standing.total != goal:
        _take_back(one, standing, why=why, at=at)
        standing = None
    if standing is None and goal:
        _release(one, goal, at=at)


def earned(one: Request, payment: Payment, *, gone: Money) -> Money:
    """Return what is the creator's and the platform's when so much is gone of the payment."""
    if one.earned_at is None:
        return gone - gone
    return left_for_creator(parts_of(payment), escrow=one.escrow, back=max(gone, one.back))


def _release(one: Request, total: Money, *, at: dt.datetime) -> None:
    number = one.releases.count() + 1
    place = Place(
        period=open_period(at=at).name,
        country=one.country,
        day=at.astimezone(dt.UTC).date(),
        rate=request_rule(one.rule_version).share,
    )
    earning = earning_of(total, creator_id=one.creator_id, at_place=place)
    head = _head(one, "request_released", number, at=at)
    entry_id = released_id(one.pk, number)
    post(drafts=[head.entry(entry_id, release_transfers(earning, escrow=one.escrow))], at=at)
    earn_directly(earnings=[(entry_id, earning)], at=at)
    Release.objects.create(
        request=one,
        number=number,
        entry_id=entry_id,
        period=place.period,
        day=place.day,
        currency=total.currency,
        total_micros=total.micros,
        share_micros=earning.share.micros,
        released_at=at,
    )


def _take_back(one: Request, release: Release, *, why: str, at: dt.datetime) -> None:
    entry_id = taken_back_id(one.pk, release.number)
    given = take_directly(entry_id=entry_id, earning=_earning(one, release), why=why, at=at)
    head = _head(one, "request_taken_back", release.number, at=at)
    post(drafts=[head.entry(entry_id, back_transfers(given, escrow=one.escrow))], at=at)
    TakenBack.objects.create(release=release, entry_id=entry_id, why=why[:300], taken_at=at)


def _earning(one: Request, release: Release) -> Earning:
    place = Place(
        period=release.period,
        country=one.country,
        day=release.day,
        rate=request_rule(one.rule_version).share,
    )
    return earning_of(release.total, creator_id=one.creator_id, at_place=place)


def _head(one: Request, kind: str, number: int, *, at: dt.datetime) -> Head:
    return Head(
        kind=kind,
        request_id=one.pk,
        number=number,
        policy_version=policy_at(at=at).version,
        memo=f"{one.title} by @{one.creator.handle}",
        at=at,
    )

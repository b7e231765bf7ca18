"""One request and its two sides: who may see it, what may be done, what happens to its money."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from takings.core.errors import NotFound
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.queries import parts_of, refunding
from takings.payments.rules import PurposeName
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_self
from takings.policies.queries import request_rule
from takings.requests.models import Delivery, Release, Request
from takings.requests.rules import Act, Side, State, may
from takings.settlement.rules import direct_share

REQUEST_PURPOSE = PurposeName.REQUEST


class NoSuchRequest(NotFound):
    """It was never there, or is not this person's business."""

    code = "no_such_request"
    sentence = "There is no such request of yours."


def request_named(*, request_id: UUID) -> Request:
    """Return a request. Refuses: NoSuchRequest."""
    found = Request.objects.select_related("fan", "creator__user", "service").filter(pk=request_id)
    one = found.first()
    if one is None:
        raise NoSuchRequest
    return one


def request_of_subject(subject: str) -> Request:
    """Return the request of ``request:<id>``. Refuses: NoSuchRequest."""
    kind, _, name = subject.partition(":")
    try:
        return request_named(request_id=UUID(name if kind == "request" else ""))
    except ValueError as wrong:
        raise NoSuchRequest from wrong


def subject_of(one: Request) -> str:
    """Return under which name payments know a request."""
    return f"request:{one.pk}"


def side_of(one: Request, *, user: User) -> Side:
    """Return on which side somebody is."""
    if user.pk == one.fan_id:
        return Side.FAN
    if user.pk == one.creator.user_id:
        return Side.CREATOR
    return Side.OPERATOR if user.is_staff else Side.NOBODY


def access_request(*, user: Visitor, request_id: UUID) -> Request:
    """Return a request to its two sides and to operators. Refuses: NotSignedIn, NoSuchRequest."""
    person = access_self(user=user)
    one = request_named(request_id=request_id)
    if side_of(one, user=person) is Side.NOBODY:
        raise NoSuchRequest
    return one


def requests_by(*, fan: User) -> QuerySet[Request]:
    """Return what somebody asked for, the newest first."""
    found = Request.objects.filter(fan=fan).select_related("creator")
    return found.order_by("-asked_at", "pk")


def requests_for(*, creator: Creator, states: frozenset[State] | None = None) -> QuerySet[Request]:
    """Return what a creator is asked for: what ends first, then the newest."""
    found = Request.objects.filter(creator=creator).select_related("fan")
    if states is not None:
        found = found.filter(state__in=states)
    return found.order_by("ends_at", "-asked_at", "pk")


def escrows_of(*, user: User) -> frozenset[str]:
    """Return the accounts in which money of somebody's requests waits or waited, of both sides."""
    own = Q(fan=user) | Q(creator__user=user)
    paid = Request.objects.filter(own, paid_at__isnull=False)
    return frozenset(one.escrow for one in paid.only("pk"))


def shows_video(user_id: int, video_id: UUID) -> bool:
    """Tell whether a video was delivered to somebody who asked for it."""
    return Delivery.objects.filter(video=video_id, request__fan=user_id).exists()


def payment_of(one: Request) -> Payment | None:
    """Return the payment of a request, once it was begun."""
    return Payment.objects.filter(pk=one.pk).first()


def taken_of(payment: Payment) -> Money:
    """Return what went back of a payment: refunds and disputes alike."""
    nothing = Money.zero(payment.currency)
    return sum((part.taken for part in parts_of(payment)), nothing)


def gone_of(payment: Payment) -> Money:
    """Return what went back of a payment or is asked back: nothing of it is earned."""
    return min(payment.amount, taken_of(payment) + refunding(payment))


def standing_release(one: Request) -> Release | None:
    """Return the release that was not taken back."""
    return one.releases.filter(taken_back__isnull=True).order_by("-number").first()


@dataclass(frozen=True, slots=True)
class Room:
    """A request as one side sees it: ``acts`` is what they may do now, until ``ends_at``.

    ``net`` is what is shared when all is earned, ``share`` the creator's part of it.
    """

    request: Request
    side: Side
    acts: frozenset[Act]
    payment: Payment | None
    net: Money | None
    share: Money | None
    case_until: dt.datetime | None

    @property
    def is_payable(self) -> bool:
        """Whether the fan can pay it now."""
        return self.side is Side.FAN and self.request.state == State.UNPAID


def room_of(one: Request, *, user: User, at: dt.datetime) -> Room:
    """Return a request as somebody of its two sides, or an operator, sees it now."""
    side, payment, rule = side_of(one, user=user), payment_of(one), request_rule(one.rule_version)
    acts = set(may(side=side, state=State(one.state)))
    if one.taken_at is not None:
        acts &= {Act.DECIDE}
    until = one.delivered_at + rule.case if one.delivered_at else None
    if until is None or at > until or hasattr(one, "case"):
        acts.discard(Act.OPEN_CASE)
    if one.revised_count >= one.revisions:
        acts.discard(Act.REVISE)
    if hasattr(one, "rating"):
        acts.discard(Act.RATE)
    net = payment.net if payment is not None and one.paid_at else None
    release = standing_release(one)
    share = release.share if release else direct_share(net, rate=rule.share) if net else None
    return Room(one, side, frozenset(acts), payment, net, share, until)

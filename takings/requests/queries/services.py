"""What creators offer, to whom, and whether one can ask for it now."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from takings.core.errors import NotFound, Refusal
from takings.live.models import BlockedWords
from takings.live.rules.chat import check_text
from takings.money import Money
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_own_creator
from takings.people.rules import age_on
from takings.policies.queries import request_rule_at
from takings.requests.models import Rating, Request, Service
from takings.requests.queries.ratings import Rated, rated, words_about
from takings.requests.rules import (
    OPEN,
    WORKING,
    MakerNotEligible,
    OwnService,
    ServiceClosed,
    ServiceFull,
    TooManyRequests,
    check_asker,
    price_for,
)


class NoSuchService(NotFound):
    """It was never there, is offered no more, or is somebody else's."""

    code = "no_such_service"
    sentence = "There is no such service here."


@dataclass(frozen=True, slots=True)
class Shown:
    """A service as a visitor sees it: ``price`` is theirs; ``closed`` says why none can be made.

    ``rated`` is what fans thought of it, if any did, and ``words`` what the last of them said.
    """

    service: Service
    price: Money | None
    closed: str
    rated: Rated | None
    words: list[Rating]


def service_of(*, creator: Creator, service_id: UUID) -> Service:
    """Return a creator's service, archived or not. Refuses: NoSuchService."""
    found = Service.objects.filter(creator=creator, pk=service_id).prefetch_related("prices")
    one = found.first()
    if one is None:
        raise NoSuchService
    one.creator = creator
    return one


def access_own_service(*, user: Visitor, service_id: UUID) -> Service:
    """Return one of somebody's own services. Refuses: NoStudio, NoSuchService."""
    return service_of(creator=access_own_creator(user=user), service_id=service_id)


def offered_service(*, service_id: UUID) -> Service:
    """Return a service that is not archived. Refuses: NoSuchService."""
    found = Service.objects.filter(pk=service_id, archived_at__isnull=True)
    one = found.select_related("creator__user").prefetch_related("prices").first()
    if one is None:
        raise NoSuchService
    return one


def services_of(*, creator: Creator) -> QuerySet[Service]:
    """Return what a creator offers, the oldest first."""
    found = Service.objects.filter(creator=creator, archived_at__isnull=True)
    return found.order_by("made_at", "pk").prefetch_related("prices")


def archived_services(*, creator: Creator) -> QuerySet[Service]:
    """Return what a creator offers no more, the newest first."""
    found = Service.objects.filter(creator=creator, archived_at__isnull=False)
    return found.order_by("-archived_at", "pk").prefetch_related("prices")


def shown_to(*, creator: Creator, user: Visitor, at: dt.datetime) -> list[Shown]:
    """Return a creator's services as a visitor sees them."""
    return [shown(service, user=user, at=at) for service in services_of(creator=creator)]


def shown(service: Service, *, user: Visitor, at: dt.datetime) -> Shown:
    """Return one service as a visitor sees it."""
    country = user.country if isinstance(user, User) else ""
    price = price_for(service.as_offer().prices, country=country, rule=request_rule_at(at=at))
    closed = ""
    try:
        check_open(service, at=at)
        if isinstance(user, User):
            check_fan(service, fan=user, at=at)
    except Refusal as why:
        closed = str(why)
    stars = rated([service]).get(service.pk)
    return Shown(service, price, closed, stars, words_about(service) if stars else [])


def check_open(service: Service, *, at: dt.datetime) -> None:
    """Refuse a service that takes no requests. Refuses: MakerNotEligible, ServiceClosed/Full."""
    creator, rule = service.creator, request_rule_at(at=at)
    maker = creator.user
    shares = creator.shares_from is not None and creator.shares_from <= at
    is_old = maker.born_on is None or rule.age_in(maker.country) <= age_on(
        born_on=maker.born_on, day=_day(maker, at)
    )
    if not (shares and is_old and maker.is_active):
        raise MakerNotEligible(creator=creator.handle)
    if service.paused_at is not None or service.archived_at is not None:
        raise ServiceClosed(title=service.title)
    if being_made(service) >= service.most_open:
        raise ServiceFull(title=service.title)


def check_fan(service: Service, *, fan: User, at: dt.datetime) -> None:
    """Refuse who cannot ask. Refuses: OwnService, RequestAgeUnknown, TooYoung…, TooMany…."""
    rule = request_rule_at(at=at)
    if service.creator.user_id == fan.pk:
        raise OwnService
    check_asker(rule=rule, country=fan.country, born_on=fan.born_on, day=_day(fan, at))
    if Request.objects.filter(fan=fan, state__in=OPEN).count() >= rule.open_for_fan:
        raise TooManyRequests(most=rule.open_for_fan)


def being_made(service: Service) -> int:
    """Return how many requests take a place of a service now."""
    return Request.objects.filter(service=service, state__in=WORKING, taken_at__isnull=True).count()


def said_well(text: str, *, creator: Creator, most: int) -> str:
    """Return a text as it may be kept, in the manner of gifts.

    Refuses: NothingSaid, TooLong, NoLinks, WordBlocked.
    """
    words = BlockedWords.objects.filter(creator=creator).values_list("words", flat=True).first()
    blocked = (words or "").splitlines()
    return check_text(text, blocked=blocked, handle=creator.handle, most=most)


def _day(user: User, at: dt.datetime) -> dt.date:
    return at.astimezone(ZoneInfo(user.time_zone)).date()

"""What a creator offers: made, changed, paused, archived. What was asked for stays as it was."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.people.models import Creator
from takings.policies.queries import request_rule_at
from takings.requests.models import Price, Service
from takings.requests.queries import said_well
from takings.requests.rules import Offer, RequestIdTaken, TooManyServices, check_offer


@transaction.atomic
def offer_service(*, creator: Creator, id: UUID, offer: Offer, at: dt.datetime) -> Service:  # noqa: A002 - as everywhere
    """Offer something. The same id again is the same service.

    Refuses: TooManyServices, RequestIdTaken, BadService, BadPrice, NoSuchCurrency, and what
    ``check_text`` of chats refuses.
    """
    locked = Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    known = Service.objects.filter(pk=id).first()
    if known is not None:
        if known.creator_id != creator.pk:
            raise RequestIdTaken
        return known
    most = request_rule_at(at=at).services
    if Service.objects.filter(creator=locked, archived_at__isnull=True).count() >= most:
        raise TooManyServices(most=most)
    service = Service(id=id, creator=locked, made_at=at)
    return _write(service, offer, at=at)


@transaction.atomic
def change_service(*, service: Service, offer: Offer, at: dt.datetime) -> Service:
    """Offer it otherwise from now on. Refuses what :func:`offer_service` refuses of an offer."""
    locked = Service.objects.select_related("creator").select_for_update(of=("self",), no_key=True)
    return _write(locked.get(pk=service.pk), offer, at=at)


def pause_service(*, service: Service, at: dt.datetime) -> None:
    """Take no requests for it until it goes on."""
    Service.objects.filter(pk=service.pk, paused_at=None).update(paused_at=at)


def resume_service(*, service: Service) -> None:
    """Take requests for it again."""
    Service.objects.filter(pk=service.pk).update(paused_at=None)


def archive_service(*, service: Service, at: dt.datetime) -> None:
    """Offer it no more; what was asked for goes on."""
    Service.objects.filter(pk=service.pk, archived_at=None).update(archived_at=at)


@transaction.atomic
def restore_service(*, service: Service, at: dt.datetime) -> None:
    """Offer it again, paused. Refuses: TooManyServices."""
    creator = Creator.objects.select_for_update(no_key=True).get(pk=service.creator_id)
    most = request_rule_at(at=at).services
    if Service.objects.filter(creator=creator, archived_at__isnull=True).count() >= most:
        raise TooManyServices(most=most)
    Service.objects.filter(pk=service.pk).update(archived_at=None, paused_at=at)


def _write(service: Service, offer: Offer, *, at: dt.datetime) -> Service:
    rule, creator = request_rule_at(at=at), service.creator
    check_offer(offer, rule=rule)
    service.title = said_well(offer.title, creator=creator, most=rule.title_chars)
    service.what = said_well(offer.what, creator=creator, most=rule.what_chars)
    service.deliver_days, service.revisions = offer.deliver_days, offer.revisions
    service.most_open = offer.most_open
    service.save()
    service.prices.all().delete()
    Price.objects.bulk_create(
        Price(service=service, currency=code, micros=price.micros)
        for code, price in offer.prices.items()
    )
    return service

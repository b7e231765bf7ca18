"""What fans thought of a service: of those only whose request stands, so that each one was paid."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from takings.requests.models import Rating, Service
from takings.requests.rules import State, mean_tenths

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Rated:
    """How many rated a service, and their mean in tenths of a star."""

    count: int
    tenths: int

    @property
    def mean(self) -> str:
        """The mean as it is read, such as ``4.5``."""
        return f"{self.tenths // 10}.{self.tenths % 10}"


def rated(services: Iterable[Service]) -> dict[UUID, Rated]:
    """Return what fans thought of each service; one that nobody rated is left out."""
    found = _standing().filter(request__service__in=[one.pk for one in services])
    sums = found.order_by().values_list("request__service").annotate(Sum("stars"), Count("pk"))
    return {pk: Rated(count, mean_tenths(total, count=count)) for pk, total, count in sums}


def words_about(service: Service) -> list[Rating]:
    """Return the newest ratings of a service with words."""
    return list(_standing().filter(request__service=service).exclude(words="")[:SHOWN])


def _standing() -> QuerySet[Rating]:
    done = (State.RELEASED, State.SPLIT, State.CASE)
    return Rating.objects.filter(request__taken_at__isnull=True, request__state__in=done)

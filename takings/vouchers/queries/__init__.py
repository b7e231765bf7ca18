"""Everything one may ask about vouchers. A code is opened for its owner alone."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from takings.core.errors import NotFound
from takings.core.vault import Vault
from takings.people.models import Creator
from takings.settlement.models import Exchange
from takings.vouchers.models import Fault, Handout, Load, Voucher, VoucherKind

REWARD = "vouchers"
NEWEST = 50


class NoSuchVoucher(NotFound):
    """A voucher is its creator's."""

    code = "no_such_voucher"
    sentence = "There is no such voucher among yours."


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of vouchers: how many codes nobody has, and how many were given out."""

    kind: VoucherKind
    free_count: int
    given_count: int


@dataclass(frozen=True, slots=True)
class Owned:
    """A creator's voucher; ``code`` is empty where its earnings were given back."""

    handout: Handout
    code: str
    fault: Fault | None
    is_expired: bool
    was_replaced: bool

    @property
    def exchange(self) -> Exchange:
        """What it was taken for."""
        return self.handout.exchange

    @property
    def is_returned(self) -> bool:
        """Whether its earnings were given back."""
        return hasattr(self.handout.exchange, "returned")


def vault() -> Vault:
    """Return what opens codes with this installation's secrets."""
    return _vault(settings.VAULT_KEY)


@cache
def _vault(secrets: str) -> Vault:
    return Vault(secrets)


def stock() -> list[Shelf]:
    """Return every kind with its numbers, in one statement."""
    is_free = Q(vouchers__handout=None, vouchers__load__withdrawal=None)
    rows = VoucherKind.objects.annotate(
        free=Count("vouchers", filter=is_free), given=Count("vouchers__handout")
    )
    return [Shelf(row, row.free, row.given) for row in rows]


def free_vouchers(*, kind: VoucherKind) -> QuerySet[Voucher]:
    """Return the codes of a kind that nobody has, in the order in which they are given."""
    return kind.vouchers.filter(handout=None, load__withdrawal=None).order_by("pk")


def handouts_of(*, creator: Creator) -> QuerySet[Handout]:
    """Return the newest code of each of a creator's exchanges, the newest exchange first."""
    rows = Handout.objects.filter(exchange__creator=creator, replaced_by=None)
    related = ("voucher__kind", "exchange__returned", "fault", "replaces__fault")
    return rows.select_related(*related).order_by("-exchange__exchanged_at", "pk")


def owned(*, handout: Handout, at: dt.datetime) -> Owned:
    """Open a code for its owner, whom the caller knows. Refuses: SealedWithOtherKey."""
    is_returned = hasattr(handout.exchange, "returned")
    return Owned(
        handout=handout,
        code="" if is_returned else vault().open(handout.voucher.sealed),
        fault=getattr(handout, "fault", None),
        is_expired=handout.voucher.kind.expires_on < at.astimezone(dt.UTC).date(),
        was_replaced=handout.replaces_id is not None,
    )


def access_handout(*, creator: Creator, voucher_id: UUID) -> Handout:
    """Return a creator's own. Refuses: NoSuchVoucher."""
    found = handouts_of(creator=creator).filter(pk=voucher_id).first()
    if found is None:
        raise NoSuchVoucher
    return found


def faults(*, limit: int = NEWEST) -> list[Fault]:
    """Return what was said of codes that do not work: what waits first, then the newest."""
    related = ("handout__voucher__kind", "handout__exchange__creator", "answered_by")
    rows = Fault.objects.select_related(*related)
    waiting = list(rows.filter(is_approved=None))
    return waiting + list(rows.exclude(is_approved=None).order_by("-answered_at")[:limit])


def waiting_faults() -> int:
    """Return how many codes that do not work wait for an answer."""
    return Fault.objects.filter(is_approved=None).count()


def loads(*, limit: int = NEWEST) -> Iterator[Load]:
    """Return the newest files, with how many of their codes nobody has."""
    free = Count("vouchers", filter=Q(vouchers__handout=None))
    rows = Load.objects.select_related("loaded_by", "withdrawal").annotate(free_count=free)
    return rows[:limit].iterator()

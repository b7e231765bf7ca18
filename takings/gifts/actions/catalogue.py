"""The catalogue: operators make gifts, change them and retire them; nothing is deleted."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.gifts.models import GiftKind
from takings.gifts.models.catalogue import MICROS
from takings.gifts.rules import Art, Motion, Offer, check_kind
from takings.people.actions import record_staff_act
from takings.people.models import User


class GiftKindTaken(Conflict):
    """Its short name is in addresses and in what was sent."""

    code = "gift_kind_taken"
    sentence = "There is a gift called “{slug}” already; change that one or take another name."


@transaction.atomic
def make_kind(
    *, operator: User, slug: str, looks: tuple[Art, Motion], offer: Offer, at: dt.datetime
) -> GiftKind:
    """Put a gift into the catalogue. Refuses: BadGiftKind, GiftKindTaken."""
    check_kind(slug=slug, offer=offer)
    kind, is_new = GiftKind.objects.get_or_create(
        slug=slug, defaults={**_fields(looks, offer), "made_at": at}
    )
    if not is_new:
        raise GiftKindTaken(slug=slug)
    _record(operator, kind, act="gift_kind_made", at=at)
    return kind


@transaction.atomic
def change_kind(
    *, operator: User, kind: GiftKind, looks: tuple[Art, Motion], offer: Offer, at: dt.datetime
) -> GiftKind:
    """Change a gift from now on; what was sent keeps what it cost. Refuses: BadGiftKind."""
    check_kind(slug=kind.slug, offer=offer)
    locked = GiftKind.objects.select_for_update(no_key=True).get(pk=kind.pk)
    for name, value in _fields(looks, offer).items():
        setattr(locked, name, value)
    locked.save()
    _record(operator, locked, act="gift_kind_changed", at=at)
    return locked


@transaction.atomic
def retire_kind(*, operator: User, kind: GiftKind, at: dt.datetime) -> GiftKind:
    """Sell a gift no more; a second time changes nothing."""
    return _retire(operator, kind, "gift_kind_retired", retired_at=at, at=at)


@transaction.atomic
def restore_kind(*, operator: User, kind: GiftKind, at: dt.datetime) -> GiftKind:
    """Sell a gift again that was retired; a second time changes nothing."""
    return _retire(operator, kind, "gift_kind_restored", retired_at=None, at=at)


def _retire(
    operator: User, kind: GiftKind, act: str, *, retired_at: dt.datetime | None, at: dt.datetime
) -> GiftKind:
    locked = GiftKind.objects.select_for_update(no_key=True).get(pk=kind.pk)
    if (locked.retired_at is None) != (retired_at is None):
        locked.retired_at = retired_at
        locked.save(update_fields=["retired_at"])
        _record(operator, locked, act=act, at=at)
    return locked


def _fields(looks: tuple[Art, Motion], offer: Offer) -> dict[str, object]:
    art, motion = looks
    return {
        "name": offer.name.strip(),
        "art": art,
        "motion": motion,
        "price_micros": offer.price.micros,
        "countries": sorted(offer.countries),
        "season_from": offer.season_from,
        "season_until": offer.season_until,
        "min_age": offer.min_age,
    }


def _record(operator: User, kind: GiftKind, *, act: str, at: dt.datetime) -> None:
    said = [f"“{kind.name}”, {kind.price_micros // MICROS:,} coins"]
    said += [f"in {', '.join(kind.countries)}"] if kind.countries else []
    said += [f"from {kind.season_from}"] if kind.season_from else []
    said += [f"until {kind.season_until}"] if kind.season_until else []
    record_staff_act(
        operator=operator, act=act, target=f"gift:{kind.slug}", reason=" ".join(said)[:500], at=at
    )

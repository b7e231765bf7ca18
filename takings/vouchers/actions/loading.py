"""Loading codes: all of a file or none, each code once, under an operator's name."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.vouchers.models import Load, Voucher, VoucherKind, Withdrawal
from takings.vouchers.queries import vault
from takings.vouchers.rules.files import Line, Terms, read_vouchers, refuse, shop_slug

ONE_AT_A_TIME = 0x7A11_0B0C  # an advisory lock of our own: two files may hold the same code
LONGEST_NAME, LONGEST_REASON, TAIL, SHORTEST_WITH_TAIL = 120, 200, 3, 9


class LoadedBefore(Conflict):
    """The same bytes hold the same codes."""

    code = "vouchers_loaded_before"
    sentence = "This file was loaded before, as “{name}”. Nothing was loaded."


class LoadIdTaken(Conflict):
    """The id of a file is its idempotency key."""

    code = "voucher_load_id_taken"
    sentence = "Another file was loaded with this id; open the page again."


class LoadWithdrawn(Conflict):
    """What was withdrawn stays withdrawn."""

    code = "voucher_load_withdrawn"
    sentence = "The codes of this file were withdrawn already."


class VouchersNeedReason(Invalid):
    """An auditor reads why."""

    code = "vouchers_need_reason"
    sentence = "Write why; auditors read it."


@dataclass(frozen=True, slots=True)
class VoucherFile:
    """A file of codes; ``id`` is the caller's: loaded twice, it is loaded once."""

    id: UUID
    name: str
    content: bytes


@transaction.atomic
def load_vouchers(*, operator: User, file: VoucherFile, at: dt.datetime) -> Load:
    """Load a file of codes. Refuses: BadVoucherFile, LoadIdTaken, LoadedBefore."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    digest = hashlib.sha256(file.content).hexdigest()
    known = Load.objects.filter(pk=file.id).first()
    if known is not None:
        if known.digest != digest:
            raise LoadIdTaken
        return known
    before = Load.objects.filter(digest=digest).first()
    if before is not None:
        raise LoadedBefore(name=before.name)
    lines = read_vouchers(file.content, today=at.astimezone(dt.UTC).date())
    load = Load.objects.create(
        id=file.id,
        name=file.name[:LONGEST_NAME] or "codes",
        digest=digest,
        code_count=len(lines),
        loaded_by=operator,
        loaded_at=at,
    )
    stock_vouchers(load=load, lines=lines)
    record_staff_act(
        operator=operator,
        act="vouchers.loaded",
        target=f"vouchers:{load.pk}",
        reason=f"{load.name}: {len(lines)} codes; SHA-256 {digest}",
        at=at,
    )
    return load


def stock_vouchers(*, load: Load, lines: Sequence[Line]) -> None:
    """Put codes into the stock; a shop of our own is one more that makes its lines itself.

    Refuses: BadVoucherFile, where a code was loaded before.
    """
    prints = [vault().fingerprint([shop_slug(one.terms.shop), one.code]) for one in lines]
    known = set(
        Voucher.objects.filter(fingerprint__in=prints).values_list("fingerprint", flat=True)
    )
    refuse(
        [
            f"Line {line.number}: the code was loaded before."
            for line, print_ in zip(lines, prints, strict=True)
            if print_ in known
        ]
    )
    kinds = {terms: _kind(terms) for terms in dict.fromkeys(one.terms for one in lines)}
    Voucher.objects.bulk_create(
        Voucher(
            id=ids.derived("code of a shop", print_),
            kind=kinds[line.terms],
            load=load,
            sealed=vault().lock(line.code),
            fingerprint=print_,
            tail=line.code[-TAIL:] if len(line.code) >= SHORTEST_WITH_TAIL else "",
        )
        for line, print_ in zip(lines, prints, strict=True)
    )


@transaction.atomic
def withdraw_load(*, operator: User, load: Load, reason: str, at: dt.datetime) -> Withdrawal:
    """Give the codes of a file that nobody has yet to nobody any more.

    Refuses: VouchersNeedReason, LoadWithdrawn.
    """
    if not reason.strip():
        raise VouchersNeedReason
    withdrawal, is_new = Withdrawal.objects.get_or_create(
        load=load,
        defaults={
            "reason": reason.strip()[:LONGEST_REASON],
            "withdrawn_by": operator,
            "withdrawn_at": at,
        },
    )
    if not is_new:
        raise LoadWithdrawn
    record_staff_act(
        operator=operator,
        act="vouchers.withdrawn",
        target=f"vouchers:{load.pk}",
        reason=withdrawal.reason,
        at=at,
    )
    return withdrawal


def _kind(terms: Terms) -> VoucherKind:
    countries = " ".join(terms.countries)
    content = (terms.shop, terms.value, terms.price, countries, terms.terms_url, terms.expires_on)
    kind, _ = VoucherKind.objects.get_or_create(
        id=ids.derived("kind of vouchers", *content),
        defaults={
            "shop": terms.shop,
            "currency": terms.value.currency,
            "value_micros": terms.value.micros,
            "price_micros": terms.price.micros,
            "countries": countries,
            "terms_url": terms.terms_url,
            "expires_on": terms.expires_on,
        },
    )
    return kind

"""Vouchers for earnings: one code to one creator, whoever asks at the same time."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from takings.ledger.rules import TransferDraft
from takings.people.models import Creator
from takings.policies.queries import coin_rule_at
from takings.settlement.queries.rewards import Offer
from takings.vouchers.models import Handout, VoucherKind
from takings.vouchers.queries import free_vouchers, stock
from takings.vouchers.rules.taking import OutOfStock, check_age, obstacle_of
from takings.vouchers.rules.words import voucher_words


class VouchersForEarnings:
    """The reward “merchandise vouchers”; a choice is the id of a kind."""

    name = "vouchers"
    title = "Merchandise vouchers"
    note = "A code that a shop takes for what you order there. It does not become money again."
    used_at = "/vouchers/"

    def offers(self, *, creator: Creator, at: dt.datetime) -> Sequence[Offer]:
        """Return every kind there ever was; those that cannot be had say why."""
        day, country = at.astimezone(dt.UTC).date(), creator.user.country
        return [
            Offer(
                choice=str(shelf.kind.pk),
                words=voucher_words(
                    shop=shelf.kind.shop, value=shelf.kind.value, until=shelf.kind.expires_on
                ),
                price=shelf.kind.price,
                obstacle=obstacle_of(
                    countries=shelf.kind.countries,
                    expires_on=shelf.kind.expires_on,
                    has_stock=shelf.free_count > 0,
                    country=country,
                    day=day,
                ),
            )
            for shelf in stock()
        ]

    def begin(self, *, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Refuse who is too young, and wait for whoever takes one of the same kind.

        Refuses: AgeNotKnown, TooYoungForVouchers, OutOfStock.
        """
        user, day = creator.user, at.astimezone(dt.UTC).date()
        least = coin_rule_at(at=at).adult_age(user.country)
        check_age(born_on=user.born_on, least=least, day=day)
        kind = VoucherKind.objects.get(pk=offer.choice)
        take_turn(kind)
        if not free_vouchers(kind=kind).exists():
            raise OutOfStock

    def transfers(
        self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime
    ) -> Sequence[TransferDraft]:
        """Return the money: all of it is due to the shop."""
        del exchange_id, at  # what is paid is the same whenever
        kind = VoucherKind.objects.get(pk=offer.choice)
        return [TransferDraft(f"creator:{creator.pk}:payable", kind.account, offer.price)]

    def give(self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Let the next code be theirs; nobody else takes one of this kind until we commit."""
        del creator
        voucher = free_vouchers(kind=VoucherKind.objects.get(pk=offer.choice))[0]
        Handout.objects.create(voucher=voucher, exchange_id=exchange_id, given_at=at)


def take_turn(kind: VoucherKind) -> None:
    """Wait for whoever takes a code of this kind, until they have committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(kind.pk)])

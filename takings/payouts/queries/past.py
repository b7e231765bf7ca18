"""What the database knows of creators who might be paid, each thing asked once for many of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Sum

from takings.money import Money
from takings.payouts.models import (
    Answer,
    Heard,
    Line,
    Payout,
    PayoutState,
    SelfBill,
    Told,
    TransferNews,
    Withholding,
)
from takings.payouts.queries.papers import Standing, standings
from takings.payouts.rules.dormancy import months_between
from takings.payouts.rules.drafting import Past, Stated
from takings.payouts.rules.files.reasons import reason_words
from takings.payouts.rules.withholding import source_ratio
from takings.policies.rules import PayoutPolicy
from takings.settlement.models import ShareLine, Statement

NEVER = 0
LIVE = (PayoutState.SENT, PayoutState.SETTLED)
GAVE_BACK = (Heard.RETURNED, Heard.REFUSED)
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What is asked: whose balances, ripe until when, under which policy, paid when.

    ``rates_on`` is the day whose rates of exchange hold.
    """

    rules: PayoutPolicy
    until: dt.datetime
    at: dt.datetime
    rates_on: dt.date
    creator_id: int | None = None


@dataclass(frozen=True)
class Known:
    """What is known of some creators; ``currency`` below is the one they are paid in."""

    look: Look
    creator_ids: list[int]

    @cached_property
    def standings(self) -> Mapping[int, Standing]:
        """Papers and accounts."""
        return standings(creator_ids=self.creator_ids)

    @cached_property
    def in_a_batch(self) -> set[int]:
        """Those whose balance is being paid already."""
        rows = Payout.objects.filter(state=PayoutState.DRAFTED, creator_id__in=self.creator_ids)
        return set(rows.values_list("creator_id", flat=True))

    @cached_property
    def came_back(self) -> Mapping[int, str]:
        """Why the bank gave the newest payout of each back, if it went to their account of now."""
        newest = Payout.objects.filter(creator_id__in=self.creator_ids, sent_at__isnull=False)
        rows = newest.order_by("creator_id", "-sent_at", "-pk").distinct("creator_id")
        failed = {row.pk: row for row in rows if row.state == PayoutState.RETURNED}
        answers = Answer.objects.filter(payout_id__in=failed, told=Told.RETURNED).order_by("-pk")
        news = TransferNews.objects.filter(transfer_id__in=failed, told__in=GAVE_BACK)
        words = {one.payout_id: reason_words(code=one.code, reason=one.reason) for one in answers}
        words |= {one.transfer_id: one.reason for one in news}
        return {
            failed[key].creator_id: why
            for key, why in words.items()
            if self._is_their_account(failed[key])
        }

    def _is_their_account(self, payout: Payout) -> bool:
        method = self.standings[payout.creator_id].method
        return method is not None and method.pk == payout.method_id

    @cached_property
    def statements(self) -> Mapping[int, list[Stated]]:
        """Statements released in time that no payout has taken."""
        taken = Line.objects.filter(statement=OuterRef("pk"), is_live=True)
        rows = self._released().filter(~Exists(taken), amount_micros__gt=0).order_by("pk")
        found: dict[int, list[Stated]] = defaultdict(list)
        for pk, period, creator, code, micros in rows.values_list(
            "pk", "period_id", "creator_id", "currency", "amount_micros"
        ):
            source = self._sources.get((period, creator, code), 0)
            found[creator].append(Stated(pk, Money(micros, code), Money(source, code)))
        return found

    def past(self, key: int, currency: str) -> Past:
        """Return what one was paid before."""
        newest = self._newest.get((key, currency))
        paid, first = self._year.get((key, currency), (0, None))
        stated, source = self._ever.get(key, (0, 0))
        return Past(
            remainder=Money(newest or 0, currency),
            paid=Money(paid, currency),
            withheld=Money(self._withheld.get((key, currency), 0), currency),
            first_month=first.month if first else None,
            source_ratio=source_ratio(stated=stated, source=source),
            idle_months=self._months_since(self._last_release.get(key)),
            unpaid_months=self._months_since(
                self._last_sent.get(key, self._first_release.get(key))
            ),
            vat=tuple(self._vat.get(key, ())),
        )

    def _released(self) -> QuerySet[Statement]:
        return Statement.objects.filter(
            creator_id__in=self.creator_ids, release__released_at__lte=self.look.until
        )

    def _live(self) -> QuerySet[Payout]:
        return Payout.objects.filter(state__in=LIVE, creator_id__in=self.creator_ids)

    def _months_since(self, instant: dt.datetime | None) -> int:
        if instant is None:
            return NEVER
        return months_between(start=instant.date(), end=self.look.at.date())

    @cached_property
    def _sources(self) -> Mapping[tuple[int, int, str], int]:
        """What of each statement comes from the source country."""
        country = self.look.rules.withholding.source_country
        rows = ShareLine.objects.filter(creator_id__in=self.creator_ids, country=country)
        sums = rows.values_list("period_id", "creator_id", "currency").annotate(
            sum=Sum("amount_micros")
        )
        return {(period, creator, code): micros for period, creator, code, micros in sums}

    @cached_property
    def _ever(self) -> Mapping[int, tuple[int, int]]:
        """All that statements ever said, and its source part: only their proportion is used."""
        sums: dict[int, tuple[int, int]] = {}
        rows = self._released().order_by("pk")
        for period, key, code, micros in rows.values_list(
            "period_id", "creator_id", "currency", "amount_micros"
        ):
            stated, source = sums.get(key, (0, 0))
            sums[key] = (stated + micros, source + self._sources.get((period, key, code), 0))
        return sums

    @cached_property
    def _last_release(self) -> Mapping[int, dt.datetime]:
        rows = self._released().values_list("creator_id")
        return dict(rows.annotate(last=Max("release__released_at")))

    @cached_property
    def _first_release(self) -> Mapping[int, dt.datetime]:
        rows = self._released().values_list("creator_id")
        return dict(rows.annotate(first=Min("release__released_at")))

    @cached_property
    def _last_sent(self) -> Mapping[int, dt.datetime]:
        return dict(self._live().values_list("creator_id").annotate(last=Max("sent_at")))

    @cached_property
    def _vat(self) -> Mapping[int, list[Money]]:
        """What self-billed invoices put on top after the balances that were paid last."""
        bills = SelfBill.objects.filter(creator_id__in=self.creator_ids, entry_id__isnull=False)
        rows = bills.filter(invoice__issued_at__lte=self.look.until).select_related("invoice")
        paid = dict(
            self._live().values_list("creator_id").annotate(last=Max("batch__counts_until"))
        )
        found: dict[int, list[Money]] = defaultdict(list)
        for bill in rows:
            last = paid.get(bill.creator_id)
            if last is None or bill.invoice.issued_at > last:
                found[bill.creator_id].append(bill.invoice.tax)
        return found

    @cached_property
    def _newest(self) -> Mapping[Key, int]:
        """The remainder of the newest payout of each that was not returned."""
        newest = self._live().order_by("creator_id", "currency", "-sent_at", "-pk")
        rows = newest.distinct("creator_id", "currency")
        columns = rows.values_list("creator_id", "currency", "remainder_micros")
        return {(key, code): micros for key, code, micros in columns}

    @cached_property
    def _year(self) -> Mapping[Key, tuple[int, dt.datetime]]:
        """What of each was paid this year, and when first."""
        rows = self._paid_this_year().values_list("creator_id", "currency")
        sums = rows.annotate(paid=Sum("gross_micros"), first=Min("sent_at"))
        return {(key, code): (paid, first) for key, code, paid, first in sums}

    @cached_property
    def _withheld(self) -> Mapping[Key, int]:
        """What the cumulative country had withheld of each this year."""
        country = self.look.rules.withholding.cumulative.country
        rows = Withholding.objects.filter(
            jurisdiction=country, payout__in=self._paid_this_year()
        ).values_list("payout__creator_id", "payout__currency")
        return {(key, code): sum_ for key, code, sum_ in rows.annotate(s=Sum("amount_micros"))}

    def _paid_this_year(self) -> QuerySet[Payout]:
        new_year = dt.datetime(self.look.at.year, 1, 1, tzinfo=dt.UTC)
        return self._live().filter(sent_at__gte=new_year)

"""What payouts add to ``check_books``: payouts equal their lines, and the books say the same."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from django.db.models import F, Q, Sum

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.payouts.models import (
    Batch,
    BatchState,
    EscheatLine,
    ExchangedIncome,
    Line,
    LineState,
    Payout,
    PayoutState,
    SelfBill,
    TransferStatus,
)
from takings.payouts.queries.batches import paid_from
from takings.payouts.queries.candidates import account_of
from takings.payouts.rules.methods import Rail
from takings.payouts.rules.remitting import UNCLAIMED
from takings.settlement.models import Exchange

BATCH = 1_000
Tell = Callable[[int, int], None]
SENT = (PayoutState.SENT, PayoutState.SETTLED, PayoutState.RETURNED)
LIVE = (PayoutState.DRAFTED, PayoutState.SENT, PayoutState.SETTLED)


def _lines(_: Tell) -> Iterator[Finding]:
    sums = Payout.objects.annotate(lines_sum=Sum("lines__worth_micros"))
    for payout in sums.exclude(lines_sum=F("gross_micros")).order_by("pk"):
        sentence = f"it takes {payout.gross_micros} and its lines sum to {payout.lines_sum}"
        yield Finding(EQUALS_LINES.invariant, f"payout:{payout.pk}", sentence)
    is_live = Q(payout__state__in=LIVE)
    for line in Line.objects.filter(~is_live, is_live=True).order_by("pk"):
        sentence = "it is live and its payout is not: its statement would never be paid"
        yield Finding(EQUALS_LINES.invariant, f"line:{line.pk}", sentence)
    for line in Line.objects.filter(is_live, is_live=False).order_by("pk"):
        sentence = "its payout is live and it is not: its statement could be paid twice"
        yield Finding(EQUALS_LINES.invariant, f"line:{line.pk}", sentence)


def _entries(tell: Tell) -> Iterator[Finding]:
    total = Payout.objects.count()
    rows = Payout.objects.order_by("pk").select_related("method__account")
    rows = rows.prefetch_related("withholdings")
    found, done = rows.iterator(chunk_size=BATCH), 0
    while chunk := list(islice(found, BATCH)):
        yield from _compare(chunk)
        done += len(chunk)
        tell(done, total)


def _compare(chunk: Sequence[Payout]) -> Iterator[Finding]:
    """Compare payouts with their entries; what was archived was proved before."""
    keys = [payout.pk for payout in chunk]
    archived = ledger.archived_entries(ids=keys)
    posted = ledger.credits_of(entry_ids=keys)
    returned = ledger.reversals_of(entry_ids=keys)
    for payout in chunk:
        if payout.pk in archived:
            continue
        paid = posted.get(payout.pk, {})
        expected = _expected(payout) if payout.state in SENT else {}
        if paid != expected:
            sentence = f"it says {expected}, its entry paid {paid}"
            yield Finding(IS_ITS_ENTRY.invariant, f"payout:{payout.pk}", sentence)
        if (payout.pk in returned) != (payout.state == PayoutState.RETURNED):
            sentence = f"it is {payout.state}, and the books say otherwise"
            yield Finding(IS_ITS_ENTRY.invariant, f"payout:{payout.pk}", sentence)


def _expected(payout: Payout) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {(paid_from(payout), payout.currency): payout.net_micros}
    for tax in payout.withholdings.all():
        sums[f"tax:{tax.jurisdiction}:withheld", payout.currency] = tax.amount_micros
    return sums


def _balances(tell: Tell) -> Iterator[Finding]:
    """Compare what payouts took from each creator with what left their balance by that name."""
    rows = Payout.objects.filter(state__in=(PayoutState.SENT, PayoutState.SETTLED))
    told = rows.values_list("creator_id", "currency").annotate(sum=Sum("gross_micros"))
    sums = {(account_of(key), code): micros for key, code, micros in told}
    archived = ledger.archived_months()
    if archived:
        return  # the books no longer hold every entry; each payout was compared with its own
    tell(0, len(sums))
    taken: dict[tuple[str, str], int] = defaultdict(int)
    for name, code, micros in ledger.taken_by(
        prefix="creator:", kinds=("payout_sent", "payout_returned")
    ):
        taken[name, code] += micros
    for key in sorted(sums.keys() | taken.keys()):
        if sums.get(key, 0) != taken.get(key, 0):
            sentence = f"payouts say {sums.get(key, 0)}, the books {taken.get(key, 0)} micro-units"
            yield Finding(PAID_LEFT_BALANCES.invariant, f"account:{key[0]}", sentence)


def _eyes(_: Tell) -> Iterator[Finding]:
    paid = Batch.objects.filter(payouts__state__in=SENT).distinct()
    for batch in paid.filter(Q(approved_by=None) | Q(approved_by=F("drafted_by"))).order_by("pk"):
        sentence = "money left without a second person's approval"
        yield Finding(FOUR_EYES.invariant, f"batch:{batch.pk}", sentence)


def _unclaimed(_: Tell) -> Iterator[Finding]:
    rows = EscheatLine.objects.filter(state=LineState.UNCLAIMED)
    told = rows.values_list("notice__jurisdiction", "currency").annotate(sum=Sum("amount_micros"))
    sums = {(f"{UNCLAIMED}{place}", code): micros for place, code, micros in told}
    booked = {
        (row.name, row.balance.currency): row.balance.micros
        for row in ledger.balances(prefix=UNCLAIMED)
    }
    for key in sorted(sums.keys() | booked.keys()):
        if sums.get(key, 0) != booked.get(key, 0):
            sentence = f"balances say {sums.get(key, 0)}, the books {booked.get(key, 0)}"
            yield Finding(UNCLAIMED_IS_WHOSE.invariant, f"account:{key[0]}", sentence)


def _transfers(_: Tell) -> Iterator[Finding]:
    rows = Payout.objects.filter(rail=Rail.PROVIDER.value).order_by("pk")
    sent = rows.filter(batch__state=BatchState.SENT, state__in=SENT)
    for payout in sent.filter(transfer__isnull=True):
        sentence = "its batch was sent and no transfer of it was"
        yield Finding(HAS_TRANSFER.invariant, f"payout:{payout.pk}", sentence)
    is_back = Q(transfer__status=TransferStatus.REFUSED) | Q(transfer__returned_at__isnull=False)
    for payout in rows.filter(is_back).exclude(state=PayoutState.RETURNED):
        sentence = f"the provider has its money for us, and it is {payout.state}"
        yield Finding(HAS_TRANSFER.invariant, f"payout:{payout.pk}", sentence)
    for payout in rows.filter(~is_back, state=PayoutState.RETURNED, transfer__isnull=False):
        sentence = "it came back, and the provider has not its money"
        yield Finding(HAS_TRANSFER.invariant, f"payout:{payout.pk}", sentence)


def _vat(tell: Tell) -> Iterator[Finding]:
    total = SelfBill.objects.count()
    rows = SelfBill.objects.select_related("invoice").order_by("pk")
    found, done = rows.iterator(chunk_size=BATCH), 0
    while chunk := list(islice(found, BATCH)):
        keys = [bill.entry_id for bill in chunk if bill.entry_id]
        archived, paid = ledger.archived_entries(ids=keys), ledger.credits_of(entry_ids=keys)
        for bill in chunk:
            tax = bill.invoice.tax
            told = {(account_of(bill.creator_id), tax.currency): tax.micros} if tax else {}
            posted = paid.get(bill.entry_id, {}) if bill.entry_id else {}
            if bill.entry_id not in archived and posted != told:
                sentence = f"it says {told}, its entry paid {posted}"
                yield Finding(VAT_IS_PAID.invariant, f"invoice:{bill.invoice}", sentence)
        done += len(chunk)
        tell(done, total)


def _exchanges(_: Tell) -> Iterator[Finding]:
    for exchange in Exchange.objects.filter(income__isnull=True).order_by("pk"):
        yield Finding(EXCHANGED_IS_INCOME.invariant, f"exchange:{exchange.pk}", "it is nobody's")
    rows = ExchangedIncome.objects.select_related("exchange").order_by("pk")
    found = rows.iterator(chunk_size=BATCH)
    while chunk := list(islice(found, BATCH)):
        keys = [one.exchange.entry_id for one in chunk]
        archived, paid = ledger.archived_entries(ids=keys), ledger.credits_of(entry_ids=keys)
        for income in chunk:
            told, entry = income.exchange.withheld_micros, income.exchange.entry_id
            account = (f"tax:{income.jurisdiction}:withheld", income.exchange.currency)
            posted = paid.get(entry, {}).get(account, 0)
            if entry not in archived and posted != told:
                sentence = f"{told} micro-units were withheld, its entry paid {posted}"
                yield Finding(
                    EXCHANGED_IS_INCOME.invariant, f"exchange:{income.exchange_id}", sentence
                )


EQUALS_LINES = Check("a payout equals its lines, always, after any number of returns", _lines)
IS_ITS_ENTRY = Check(
    "the entry of a payout pays what it says, and is undone if it came back", _entries
)
PAID_LEFT_BALANCES = Check(
    "what a creator was paid and had withheld is what left their balance", _balances
)
FOUR_EYES = Check("every batch that was paid was approved by a second person", _eyes)
UNCLAIMED_IS_WHOSE = Check(
    "what is unclaimed is the sum of balances whose owners did not come yet", _unclaimed
)
HAS_TRANSFER = Check(
    "every payout through a provider has its transfer, and came back if that did", _transfers
)
VAT_IS_PAID = Check("the VAT of every invoice in a creator's name is what its entry paid", _vat)
EXCHANGED_IS_INCOME = Check(
    "every exchange of earnings is somebody's income, and its tax is what its entry paid",
    _exchanges,
)

CHECKS = (
    EQUALS_LINES,
    IS_ITS_ENTRY,
    PAID_LEFT_BALANCES,
    FOUR_EYES,
    UNCLAIMED_IS_WHOSE,
    HAS_TRANSFER,
    VAT_IS_PAID,
    EXCHANGED_IS_INCOME,
)

"""Posted payouts become files for the bank: each payout is in one file, each file is made once."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from takings.core import ids
from takings.core.progress import Progress
from takings.money import Money
from takings.payouts import queries
from takings.payouts.actions.batches import lock_batch
from takings.payouts.models import BankFile, Batch, Payout, PayoutState
from takings.payouts.rules.files.nacha import write_nacha
from takings.payouts.rules.files.pain001 import write_pain001
from takings.payouts.rules.files.table import write_table
from takings.payouts.rules.files.transfers import Message, Transfer, check_payer
from takings.payouts.rules.methods import Rail
from takings.people.actions import record_staff_act
from takings.people.models import User

MOST_IN_A_FILE = 10_000
SUFFIX = {Rail.PAIN: "xml", Rail.NACHA: "ach", Rail.CSV: "csv"}
DAY = dt.timedelta(days=1)


def check_payers(batch: Batch) -> None:
    """Refuse to post what could not be sent. Refuses: PayerUnknown."""
    for rail in set(batch.payouts.values_list("rail", flat=True)):
        check_payer(payer=queries.payer(), rail=Rail(rail))


def make_files(batch: Batch, *, at: dt.datetime, progress: Progress) -> None:
    """Make a file of every ten thousand payouts that are in none yet, a transaction each."""
    files = batch.payouts.exclude(rail=Rail.PROVIDER.value)
    total = files.exclude(state=PayoutState.DROPPED).count()
    while kind := _waiting(batch).values_list("rail", "currency").first():
        progress("files", total - _waiting(batch).count(), total)
        _make_file(batch.pk, Rail(kind[0]), kind[1], at=at)
    progress("files", total, total)


@transaction.atomic
def download_file(*, operator: User, file: BankFile, at: dt.datetime) -> bytes:
    """Return a file's bytes, the same each time, and write down who took it."""
    record_staff_act(
        operator=operator,
        act="payouts.file_downloaded",
        target=f"bank_file:{file.pk}",
        reason=f"SHA-256 {file.digest}",
        at=at,
    )
    return bytes(file.content)


def note_report(*, operator: User, name: str, year: int, at: dt.datetime) -> None:
    """Write down who took a year-end report: names and tax numbers leave with it."""
    record_staff_act(
        operator=operator,
        act="payouts.report_taken",
        target=f"report:{name}:{year}",
        reason="For the tax office.",
        at=at,
    )


def _waiting(batch: Batch) -> QuerySet[Payout]:
    waiting = Payout.objects.filter(batch=batch, state=PayoutState.SENT, file__isnull=True)
    return waiting.exclude(rail=Rail.PROVIDER.value).order_by("rail", "currency", "pk")


@transaction.atomic
def _make_file(batch_id: UUID, rail: Rail, currency: str, *, at: dt.datetime) -> None:
    batch = lock_batch(batch_id)
    waiting = _waiting(batch).filter(rail=rail.value, currency=currency)
    payouts = list(waiting.select_related("method", "profile")[:MOST_IN_A_FILE])
    if not payouts:
        return  # another worker made the file
    made = BankFile.objects.filter(batch=batch, rail=rail.value, currency=currency).count()
    key = ids.derived("bank file", batch.pk, rail.value, currency, made + 1)
    content = _content(rail, payouts, Message(key.hex, at, (at + DAY).date()))
    file = BankFile.objects.create(
        id=key,
        batch=batch,
        rail=rail.value,
        currency=currency,
        number=made + 1,
        name=f"payouts-{at:%Y-%m-%d}-{rail.value}-{currency}-{made + 1}.{SUFFIX[rail]}",
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        payout_count=len(payouts),
        total_micros=sum(one.net_micros for one in payouts),
        made_at=at,
    )
    Payout.objects.filter(pk__in=[one.pk for one in payouts]).update(file=file)


def _content(rail: Rail, payouts: Sequence[Payout], message: Message) -> bytes:
    transfers = [_transfer(one) for one in payouts]
    if rail is Rail.PAIN:
        return write_pain001(payer=queries.payer(), message=message, transfers=transfers)
    if rail is Rail.NACHA:
        return write_nacha(payer=queries.payer(), message=message, transfers=transfers)
    return write_table(transfers=transfers)


def _transfer(payout: Payout) -> Transfer:
    return Transfer(
        key=payout.pk.hex,
        amount=Money(payout.net_micros, payout.currency),
        details=queries.details_of(payout.method),
        address=queries.address_of(payout.profile),
        remittance=f"{queries.payer().name} payout {payout.pk}",
    )

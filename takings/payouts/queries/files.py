"""Files to the bank and from it, and what banks said of a payout."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from takings.core.errors import NotFound
from takings.payouts.models import (
    Answer,
    AnswerFile,
    BankFile,
    Batch,
    Heard,
    Payout,
    Profile,
    Told,
    TransferNews,
)
from takings.payouts.queries.papers import papers_of
from takings.payouts.rules.files.reasons import reason_words
from takings.payouts.rules.files.transfers import Address, Payer
from takings.people.queries import Visitor, access_operator

NEWEST = 50


class NoSuchFile(NotFound):
    """No file to a bank has this id."""

    code = "no_such_bank_file"
    sentence = "There is no such file."


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a bank or a provider said of a payout, in words, and when it was heard."""

    payout: Payout
    told: str
    at: dt.datetime
    words: str


def payer() -> Payer:
    """Return the platform's own account, as the settings say."""
    return Payer(**settings.PAYER)


def address_of(profile: Profile) -> Address:
    """Return where a creator lives. Refuses: SealedWithOtherKey."""
    papers = papers_of(profile)
    return Address(papers.street, papers.postcode, papers.town, papers.country)


def files_of(batch: Batch) -> list[BankFile]:
    """Return the files of a batch without their bytes."""
    return list(batch.files.defer("content").order_by("rail", "currency", "number"))


def access_file(*, user: Visitor, file_id: UUID) -> BankFile:
    """Return a file to an operator. Refuses: OperatorsOnly, NoSuchFile."""
    access_operator(user=user)
    found = BankFile.objects.filter(pk=file_id).first()
    if found is None:
        raise NoSuchFile
    return found


def answer_files(*, limit: int = NEWEST) -> list[AnswerFile]:
    """Return the newest files from banks without their bytes."""
    rows = AnswerFile.objects.defer("content").select_related("read_by")
    return list(rows.order_by("-read_at", "-pk")[:limit])


def answers_of(payout: Payout) -> list[AnswerRow]:
    """Return what banks and providers said of a payout, the oldest first."""
    rows = payout.answers.select_related("file").defer("file__content")
    news = TransferNews.objects.filter(transfer=payout.pk).select_related("transfer__payout")
    return [*(_answer(row) for row in rows), *(_news(row) for row in news)]


def recent_returns(*, limit: int = NEWEST) -> list[AnswerRow]:
    """Return the newest payouts that came back, and why."""
    rows = Answer.objects.filter(told=Told.RETURNED).select_related("payout__creator", "file")
    newest = rows.defer("file__content").order_by("-pk")[:limit]
    back = TransferNews.objects.filter(told__in=(Heard.RETURNED, Heard.REFUSED))
    news = back.select_related("transfer__payout__creator").order_by("-pk")[:limit]
    found = [*(_answer(row) for row in newest), *(_news(row) for row in news)]
    return sorted(found, key=lambda row: row.at, reverse=True)[:limit]


def _answer(row: Answer) -> AnswerRow:
    is_back = row.told == Told.RETURNED
    words = reason_words(code=row.code, reason=row.reason) if is_back else ""
    return AnswerRow(row.payout, row.get_told_display(), row.file.read_at, words)


def _news(row: TransferNews) -> AnswerRow:
    return AnswerRow(row.transfer.payout, row.get_told_display(), row.heard_at, row.reason)

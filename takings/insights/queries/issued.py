"""What a statement says when it is issued, and whether something was issued by us."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.conf import settings
from django.db.models import Q, Sum

from takings.insights.models import IssuedAdvice, IssuedFile, IssuedStatement
from takings.insights.queries.earnings import (
    country_shares,
    earnings,
    outcome_counts,
    period_facts,
    product_shares,
)
from takings.insights.queries.readers import NothingHere
from takings.insights.rules.earnings import LineFilter, PeriodFacts, waterfall
from takings.insights.rules.issued import (
    Bar,
    Issued,
    NotCounted,
    Part,
    Payee,
    Shared,
    Span,
    Verdict,
    digest,
    digests_in,
    number_of,
    numbers_in,
    typed_digest,
    typed_number,
    verdict,
)
from takings.insights.rules.reader import YOURS
from takings.insights.rules.words import country_words, day_words, product_words
from takings.invoicing.models import Invoice, InvoiceFile
from takings.ledger import queries as ledger
from takings.people.models import Creator
from takings.settlement import queries as settlement
from takings.settlement.models import ShareLine, Statement
from takings.settlement.queries import fullest
from takings.settlement.rules import PRODUCT

COUNTED = "qualified"
VERIFY = "/verify/"
PURPOSES = {
    "pending": "Pending, inside a hold window",
    "held": "Held by a decision",
    "payable": "Payable",
}


def issued_statement(
    *, creator: Creator, period: str, currency: str, revision: int = 1
) -> IssuedStatement:
    """Return what was issued to a creator for a period. Refuses NothingHere."""
    rows = IssuedStatement.objects.select_related("statement__period", "revision").filter(
        statement__creator=creator, statement__period__name=period, statement__currency=currency
    )
    of_it = Q(revision=None) if revision == 1 else Q(revision__number=revision)
    found = rows.filter(of_it).first()
    if found is None:
        raise NothingHere(id=f"{period} {currency}")
    return found


def issued_content(*, statement: Statement, id: UUID, at: dt.datetime) -> Issued:  # noqa: A002 - the row's own
    """Return all that a statement says, as the books and the lines stand at ``at``."""
    creator = statement.creator
    period = period_facts(period=statement.period)
    sums = earnings(creator=creator, period=period, currency=statement.currency)
    payable_from = settlement.payable_from(period=statement.period)
    if payable_from is None:
        raise NothingHere(id=str(statement))
    return Issued(
        number=number_of(id),
        issued_at=at,
        verify_at=f"{settings.PUBLIC_URL}{VERIFY}",
        payee=Payee(id=creator.pk, handle=creator.handle, name=creator.name),
        period=Span(period.name, period.starts_at, period.ends_at, payable_from),
        policy=statement.policy_version,
        currency=statement.currency,
        earned=sums.total.micros,
        micros=statement.amount_micros,
        views=statement.views,
        waterfall=(*_earned(statement), *_standing(statement, payable_from)),
        not_counted=_not_counted(statement, period),
        streams=_streams(statement),
        countries=_countries(statement),
        videos=tuple(
            Part(video.title, video.amount.micros, video.views, str(video.video_id))
            for video in sums.videos
        ),
        days=tuple(Part(day_words(day.day), day.amount.micros, day.views) for day in sums.days),
        shared=_shared(statement),
        account=_account(statement),
        line_count=statement.line_count,
        lines_sha256=statement.digest,
    )


def verdict_on_file(*, content: bytes) -> Verdict:
    """Tell whether a file is one that we gave out, byte for byte.

    A file that speaks of a number of ours and is none of those was changed.
    """
    sha256 = digest(content)
    given_out = (IssuedFile.objects, InvoiceFile.objects)
    if any(files.filter(sha256=sha256).exists() for files in given_out):
        return "valid"
    is_known = any(_digest_of(number) for number in numbers_in(content))
    is_invoice = Invoice.objects.filter(digest__in=digests_in(content)).exists()
    return verdict(is_known=is_known or is_invoice, is_same=False)


def verdict_on_number(*, number: str, sha256: str) -> Verdict:
    """Tell whether a number and the SHA-256 printed beside it belong together.

    Numbers of invoices follow each other and can be guessed: without its digest, one is not known.
    """
    given = typed_digest(sha256)
    if Invoice.objects.filter(code__iexact=number.strip(), digest=given).exists():
        return "valid"
    printed = _digest_of(typed_number(number))
    return verdict(is_known=printed != "", is_same=printed == given)


def _digest_of(number: str) -> str:
    """Return the SHA-256 printed on the statement or payment advice of this number, or nothing."""
    documents = (IssuedStatement.objects, IssuedAdvice.objects)
    found = (rows.filter(number=number).values_list("digest", flat=True) for rows in documents)
    return next((digest for rows in found for digest in rows), "")


def _earned(statement: Statement) -> tuple[Bar, ...]:
    shares = country_shares(
        creator=statement.creator, period=statement.period.name, currency=statement.currency
    )
    others = product_shares(
        creator=statement.creator, period=statement.period.name, currency=statement.currency
    )
    bars = waterfall(shares, currency=statement.currency, by=YOURS, others=others)
    earned = tuple(Bar(bar.name, bar.note, bar.amount.micros, bar.tone) for bar in bars)
    shared = _shared(statement)
    if not shared:
        return earned
    given = sum(one.micros for one in shared if one.micros < 0)
    got = sum(one.micros for one in shared if one.micros > 0)
    return (
        *earned,
        Bar("Collaborators", "their parts of your videos, as agreed", -given, "taken"),
        Bar("From collaborations", "your parts of their videos, as agreed", got, ""),
        Bar("Yours", "after what was shared", statement.amount_micros, "total"),
    )


def _shared(statement: Statement) -> tuple[Shared, ...]:
    """Return what was shared, summed by video and other creator; the same order each time."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for line in settlement.split_lines(statement=statement):
        is_given = line.owner_id == statement.creator_id
        other = line.creator.handle if is_given else line.owner.handle
        sums[str(line.video_id), line.video.title, other] += (
            -line.amount_micros if is_given else line.amount_micros
        )
    return tuple(Shared(*key, micros) for key, micros in sorted(sums.items()))


def _standing(statement: Statement, payable_from: dt.datetime) -> tuple[Bar, ...]:
    """Return where the money is when a statement is issued: all of it in its hold window."""
    until = day_words(payable_from.astimezone(dt.UTC).date())
    note = "the hold window, time to find invalid traffic"
    return (
        Bar("Tax withheld", "none yet: taxes are withheld when money is paid out", 0, ""),
        Bar(f"Held until {until}", note, statement.amount_micros, ""),
        Bar("Payable", f"from {until}", 0, ""),
        Bar("Paid out", "nothing can be paid out before it is payable", 0, ""),
    )


def _not_counted(statement: Statement, period: PeriodFacts) -> tuple[NotCounted, ...]:
    counts = outcome_counts(creator_id=statement.creator_id, period=period, only=LineFilter())
    return tuple(
        NotCounted(one.name, one.rule, one.showings) for one in counts if one.outcome != COUNTED
    )


def _countries(statement: Statement) -> tuple[Part, ...]:
    lines = ShareLine.objects.filter(
        period=statement.period, creator=statement.creator_id, currency=statement.currency
    )
    rows = lines.values("country").annotate(
        seen=Sum("views", filter=fullest(lines)), micros=Sum("amount_micros")
    )
    return tuple(
        Part(country_words(row["country"]), int(row["micros"]), int(row["seen"]))
        for row in rows.order_by("-micros", "country")
    )


def _streams(statement: Statement) -> tuple[Part, ...]:
    """Return what each product's pools brought; feed ads first, even if they brought nothing."""
    lines = ShareLine.objects.filter(
        period=statement.period, creator=statement.creator_id, currency=statement.currency
    )
    rows = lines.values_list("product").annotate(micros=Sum("amount_micros")).order_by("product")
    sums = {PRODUCT: 0} | {product: int(micros) for product, micros in rows}
    return tuple(Part(product_words(product), micros) for product, micros in sums.items())


def _account(statement: Statement) -> tuple[Part, ...]:
    return tuple(
        Part(words, ledger.balance(name=name, currency=statement.currency).micros)
        for purpose, words in PURPOSES.items()
        for name in [f"creator:{statement.creator_id}:{purpose}"]
    )

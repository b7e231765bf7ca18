"""Giving statements out: their content is frozen once, and every file of it is remembered."""

import datetime as dt
from uuid import UUID

from takings.core import ids
from takings.documents import print_pdf
from takings.insights.actions.showings import tally_showings
from takings.insights.models import IssuedAdvice, IssuedFile, IssuedStatement
from takings.insights.queries.issued import issued_content
from takings.insights.queries.revised import revised_content
from takings.insights.rules import advice as advices
from takings.insights.rules.issued import Form, Issued, digest, read_issued
from takings.insights.rules.paper import printed, spreadsheet
from takings.settlement.models import Period, Statement, StatementRevision, Status
from takings.settlement.queries import revision_content, statement_content


def issue_statements(*, period: Period, at: dt.datetime) -> int:
    """Issue every statement of a closed period that was not issued yet; returns how many.

    A crash in between leaves whole ones, and the next call does the rest. What did not count is
    counted first, for a statement says why.
    """
    if period.status != Status.CLOSED:
        return 0
    waiting = Statement.objects.filter(period=period, issued__isnull=True).order_by("id")
    if waiting.exists():
        tally_showings(period=period, at=at)
    issued = [_issue(one, at=at) for one in waiting.select_related("period", "creator").iterator()]
    return sum(issued)


def issue_revisions(*, period: Period, at: dt.datetime) -> int:
    """Issue every revision of a period's statements that was not issued yet; returns how many.

    The statements themselves are issued before, for each revision names what it replaces.
    """
    waiting = StatementRevision.objects.filter(statement__period=period, issued__isnull=True)
    rows = waiting.select_related("statement__period", "statement__creator", "correction")
    return sum(_issue_revision(one, at=at) for one in rows.order_by("number", "id").iterator())


def give_out(*, issued: IssuedStatement | IssuedAdvice, form: Form, at: dt.datetime) -> bytes:
    """Return a document as a file, and remember its SHA-256: who has it can ask if it is ours.

    The same document is the same file, until a newer printer draws it otherwise; both then count.
    """
    if isinstance(issued, IssuedAdvice):
        column, content = "advice", _advice_file(issued, form)
    else:
        column, content = "issued", _statement_file(issued, form)
    IssuedFile.objects.get_or_create(
        sha256=digest(content), defaults={column: issued, "form": form, "made_at": at}
    )
    return content


def _issue(statement: Statement, *, at: dt.datetime) -> bool:
    identifier = ids.uuid7(at=at)
    issued = issued_content(statement=statement, id=identifier, at=at)
    _, is_new = IssuedStatement.objects.get_or_create(
        statement=statement, revision=None, defaults=_frozen(issued, identifier)
    )
    return is_new


def _issue_revision(revision: StatementRevision, *, at: dt.datetime) -> bool:
    identifier = ids.uuid7(at=at)
    issued = revised_content(revision=revision, id=identifier, at=at)
    _, is_new = IssuedStatement.objects.get_or_create(
        revision=revision,
        defaults=_frozen(issued, identifier) | {"statement": revision.statement},
    )
    return is_new


def _frozen(issued: Issued, identifier: UUID) -> dict[str, object]:
    content = issued.canonical()
    return {
        "id": identifier,
        "number": issued.number,
        "content": content.decode(),
        "digest": digest(content),
        "issued_at": issued.issued_at,
    }


def _statement_file(issued: IssuedStatement, form: Form) -> bytes:
    if form == "json":
        return issued.content.encode()
    content = read_issued(issued.content)
    if form == "pdf":
        return print_pdf(document=printed(content, digest=issued.digest))
    revision = issued.revision
    lines = (
        revision_content(revision=revision)
        if revision
        else statement_content(statement=issued.statement)
    )
    return spreadsheet(content, lines=lines.lines, splits=lines.splits)


def _advice_file(issued: IssuedAdvice, form: Form) -> bytes:
    if form == "json":
        return issued.content.encode()
    said = advices.read_advice(issued.content)
    if form == "pdf":
        return print_pdf(document=advices.printed(said, digest=issued.digest))
    return advices.spreadsheet(said)

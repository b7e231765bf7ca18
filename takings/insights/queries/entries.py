"""Entries on the desk: those that fit a filter, and one with the picture of its flows."""

from dataclasses import dataclass
from uuid import UUID

from takings.insights.rules.flows import Flows, flows_of
from takings.insights.rules.ribbons import NARROW, WIDE, Picture, picture
from takings.ledger import queries as ledger
from takings.ledger.queries import ArchivedMonth, EntryView
from takings.ledger.queries.search import EntryFilter, EntryPage, search_entries

PAGE = 50


def entry_lines(*, wanted: EntryFilter, before: int | None) -> EntryPage:
    """Return a page of the entries that fit."""
    return search_entries(wanted=wanted, before=before, limit=PAGE)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The flows of one currency, drawn for a phone and for a desk."""

    currency: str
    narrow: Picture
    wide: Picture


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry, and what is drawn of it, a drawing per currency; or where its transfers are."""

    entry: EntryView
    flows: Flows
    drawings: tuple[Drawing, ...]
    archived: ArchivedMonth | None


def entry_detail(*, id: UUID) -> EntryDetail:  # noqa: A002 - an entry's id is called id
    """Return an entry with its picture. Refuses UnknownEntry."""
    entry = ledger.entry(id=id)
    flows = flows_of(entry.transfers)
    drawings = tuple(
        Drawing(
            currency=code,
            narrow=picture(flows.of(code), width=NARROW),
            wide=picture(flows.of(code), width=WIDE),
        )
        for code in flows.currencies
    )
    archived = ledger.archive_of(entry.posted_at, months=ledger.archived_months())
    return EntryDetail(entry, flows, drawings, archived)

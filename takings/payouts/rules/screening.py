"""A list of people who may not be paid, and whether a name is on it.

The list is a CSV file with the columns of :data:`COLUMNS`: one row a name or alias. The one that
comes with Takings names nobody who lives; a platform points ``TAKINGS_SANCTIONS_FILE`` at the list
of its authority, in these columns.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.payouts.rules.names import words_of

COLUMNS = ("reference", "name", "born_on", "list")
DESCENT = "%Y-%m-%d"


class BadList(Invalid):
    """The file is no list: a list that cannot be read would let everybody pass."""

    code = "bad_list"
    sentence = "The sanctions list cannot be read: {because}."


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: whom, under which number of which list; the day of birth, if the list knows it."""

    reference: str
    name: str
    born_on: dt.date | None
    source: str


@dataclass(frozen=True, slots=True)
class SanctionsList:
    """A list ready to be asked: rows by the words of their names; ``digest`` names its content."""

    digest: str
    rows: Mapping[frozenset[str], tuple[Listed, ...]]

    def hits(self, *, name: str, born_on: dt.date | None) -> tuple[Listed, ...]:
        """Return the rows that may mean this person.

        The same words in any order; another day of birth, where both are known, means another
        person. Whoever is found waits until somebody has looked.
        """
        found = self.rows.get(words_of(name), ())
        return tuple(row for row in found if row.born_on is None or born_on in {None, row.born_on})


def read_list(content: bytes) -> SanctionsList:
    """Return the list of a CSV file. Refuses: BadList."""
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
        rows = [_row(line) for line in lines]
    except (UnicodeDecodeError, csv.Error, KeyError, ValueError) as error:
        raise BadList(because=error) from None
    if not rows:
        raise BadList(because="it has no rows")
    return SanctionsList(hashlib.sha256(content).hexdigest(), _by_words(rows))


def _row(line: Mapping[str, str]) -> Listed:
    born = line["born_on"].strip()
    return Listed(
        reference=line["reference"],
        name=line["name"],
        born_on=dt.date.fromisoformat(born) if born else None,
        source=line["list"],
    )


def _by_words(rows: Iterable[Listed]) -> dict[frozenset[str], tuple[Listed, ...]]:
    found: dict[frozenset[str], tuple[Listed, ...]] = {}
    for row in rows:
        key = words_of(row.name)
        found[key] = (*found.get(key, ()), row)
    return found

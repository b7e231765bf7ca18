"""A file of tracking numbers: read whole, and refused with each line that is wrong."""

import csv
import io
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import Invalid

COLUMNS = ("parcel", "carrier", "tracking")
MOST_LINES, MOST_BYTES, MOST_TOLD = 1_000, 2**20, 10


class BadTrackingFile(Invalid):
    """Nothing of a file is taken over unless all of it can be."""

    code = "bad_tracking_file"
    sentence = "Nothing was taken over. {wrong}"


@dataclass(frozen=True, slots=True)
class Sent:
    """A line: which parcel went with whom under which number."""

    number: int
    parcel_id: UUID
    carrier: str
    tracking: str


def refuse(wrong: list[str]) -> None:
    """Refuse a file with :class:`BadTrackingFile` if anything in it is wrong."""
    if wrong:
        more = len(wrong) - MOST_TOLD
        told = [*wrong[:MOST_TOLD], *([f"And {more} more."] if more > 0 else [])]
        raise BadTrackingFile(wrong=" ".join(told))


def read_tracking(content: bytes) -> list[Sent]:
    """Return the lines of a CSV file that have a number. Refuses: BadTrackingFile."""
    found, wrong, seen = list[Sent](), list[str](), set[UUID]()
    for number, row in enumerate(_rows(content), start=2):
        parcel, carrier, tracking = ((row[name] or "").strip() for name in COLUMNS)
        if not tracking:
            continue
        try:
            one = Sent(number, UUID(parcel), carrier, tracking)
        except ValueError:
            wrong.append(f"Line {number}: “{parcel[:40]}” is no parcel.")
            continue
        if one.parcel_id in seen:
            wrong.append(f"Line {number}: the parcel stands in the file twice.")
        seen.add(one.parcel_id)
        found.append(one)
    refuse(wrong)
    return found


def _rows(content: bytes) -> list[dict[str, str]]:
    if len(content) > MOST_BYTES:
        refuse(["A file has at most 1 MB."])
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or not set(COLUMNS) <= set(rows[0]):
        refuse([f"It must be a CSV file in UTF-8 with the columns {', '.join(COLUMNS)}."])
    if len(rows) > MOST_LINES:
        refuse([f"A file has at most {MOST_LINES:,} lines."])
    return rows

"""Files for a spreadsheet, sent line by line: exact amounts, and texts that are no formulas."""

import csv
from collections.abc import Iterable, Sequence
from itertools import chain

from django.http import StreamingHttpResponse

from takings.core.cells import cell


def csv_answer(
    *, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return a file to download; ``name`` may hold an account's name, whose colons become hyphens.

    Rows are read while they are sent, so memory does not grow with the file.
    """
    writer = csv.writer(Echo())
    written = (writer.writerow([cell(value) for value in row]) for row in chain([head], rows))
    headers = {"Content-Disposition": f'attachment; filename="{name.replace(":", "-")}.csv"'}
    return StreamingHttpResponse(written, content_type="text/csv; charset=utf-8", headers=headers)


class Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text

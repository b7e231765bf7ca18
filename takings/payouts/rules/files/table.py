"""Payments as a table (CSV), for banks and hands that take no other file."""

import csv
import io
from collections.abc import Sequence

from takings.core.cells import text_cell
from takings.payouts.rules.files.transfers import Transfer, written

COLUMNS = (
    *("end_to_end_id", "holder", "iban", "bic", "routing", "account", "reference"),
    *("street", "postcode", "town", "country", "currency", "amount", "remittance"),
)


def write_table(*, transfers: Sequence[Transfer]) -> bytes:
    """Return the file, UTF-8, one line a payment; texts are no formulas."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for one in transfers:
        to, home = one.details, one.address
        cells = (one.key, to.holder, to.iban, to.bic, to.routing, to.account, to.reference)
        where = (home.street, home.postcode, home.town, home.country)
        texts = (*cells, *where, one.amount.currency)
        rows.writerow([*map(text_cell, texts), written(one.amount), text_cell(one.remittance)])
    return out.getvalue().encode()

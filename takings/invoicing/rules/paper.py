"""An invoice as it is printed: whole texts."""

import datetime as dt

from takings.documents import Document, Value
from takings.invoicing.rules.content import Invoiced, Kind, Party, TaxSum
from takings.money import format_money

TITLES: dict[Kind, str] = {
    "invoice": "Invoice",
    "receipt": "Receipt",
    "credit_note": "Credit note",
    "self_billed": "Self-billing invoice",
}


def title_of(said: Invoiced) -> str:
    """Return what it is called; a credit note above zero takes back another one."""
    if said.kind == "credit_note" and said.gross > 0:
        return "Credit note taken back"
    return TITLES[said.kind]


def printed(said: Invoiced, *, digest: str) -> Document:
    """Return the invoice as the layout ``invoice`` wants it."""
    heading = title_of(said)
    title = f"{heading} {said.code}"
    values: dict[str, Value] = {
        "heading": heading,
        "code": said.code,
        "digest": digest,
        "issued": said.issued_on.isoformat(),
        "supplied": said.supplied,
        "seller": _party(said.seller),
        "customer": _party(said.customer),
        "lines": [
            [line.what, line.quantity, _percent(line.tax_bp), _amount(said, line.net)]
            for line in said.lines
        ],
        "sums": [
            ["Net", _amount(said, said.net)],
            *([_rate(said, one), _amount(said, one.tax)] for one in said.taxes),
        ],
        "total": _amount(said, said.gross),
        "notes": [*said.notes, *_correction(said)],
        "evidence": list(said.evidence),
    }
    at = dt.datetime.combine(said.issued_on, dt.time(), tzinfo=dt.UTC)
    return Document(
        layout="invoice", title=title, keywords=(said.code, digest), made_at=at, values=values
    )


def _rate(said: Invoiced, one: TaxSum) -> str:
    return f"{one.name} {one.jurisdiction}, {_percent(one.tax_bp)} of {_amount(said, one.net)}"


def _correction(said: Invoiced) -> list[str]:
    return [f"Corrects {said.corrects}: {said.reason}"] if said.corrects else []


def _party(party: Party) -> list[str]:
    lines = [line for line in party.address.splitlines() if line.strip()]
    return [
        party.name,
        *lines,
        party.country,
        *([f"Tax ID {party.tax_id}"] if party.tax_id else []),
    ]


def _amount(said: Invoiced, micros: int) -> str:
    return format_money(said.money(micros))


def _percent(share_bp: int) -> str:
    whole, hundredths = divmod(share_bp, 100)
    text = f"{whole}.{hundredths:02d}".rstrip("0").rstrip(".") if hundredths else str(whole)
    return f"{text} %" if share_bp else "–"

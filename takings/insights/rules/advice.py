"""A payment advice: what a payout consists of, frozen as one text under a number of its own.

It goes on where a statement ends: statements and what was carried over, less the tax withheld, are
what reached the account. A payout that came back has a second advice, which says when and why.
"""

import csv
import datetime as dt
import io
from typing import Literal

import msgspec

from takings.core.cells import cell
from takings.documents import Document
from takings.insights.rules.issued import Bar, Payee
from takings.insights.rules.words import day_words, period_words
from takings.money import Money, format_money

CSV_HEAD = ("advice", "payout", "what", "note", "amount", "currency")
CARRIED, TAKEN = "Carried over", "Taken back, or less than a cent left for the next time"
HEADINGS = {"sent": "Payment advice", "returned": "Payment returned"}


class Changed(msgspec.Struct, frozen=True):
    """A balance in another currency that became part of the payout, at a stored rate."""

    micros: int
    currency: str
    worth: int
    rate: str


class Back(msgspec.Struct, frozen=True):
    """When a payout came back, and why."""

    at: dt.datetime
    reason: str


class Advice(msgspec.Struct, frozen=True):
    """All that a payment advice says; amounts are micro-units of ``currency``.

    ``parts`` sum to ``gross``, ``taxes`` to what is withheld, and gross less tax is ``net``.
    ``back`` says that all of it is in the balance again.
    """

    number: str
    tells: Literal["sent", "returned"]
    issued_at: dt.datetime
    verify_at: str
    payee: Payee
    payout: str
    to: str
    sent_at: dt.datetime
    policy: str
    currency: str
    parts: tuple[Bar, ...]
    changed: tuple[Changed, ...]
    gross: int
    taxes: tuple[Bar, ...]
    net: int
    remainder: int
    back: Back | None

    @property
    def waterfall(self) -> tuple[Bar, ...]:
        """The way from the statements to the account, and back if it came back."""
        leaves = Bar("Leaves your balance", "", self.gross, "total")
        if self.back is None:
            return (*self.parts, leaves, *self.taxes, Bar("Paid", self.to, self.net, "total"))
        again = "payable again, the tax withheld included"
        return (
            *self.parts,
            leaves,
            *self.taxes,
            Bar("Sent", self.to, self.net, ""),
            Bar("Came back", self.back.reason, self.net, "taken"),
            Bar("Back in your balance", again, self.gross, "total"),
        )

    def money(self, micros: int) -> Money:
        """Return so many micro-units in the currency paid."""
        return Money(micros, self.currency)

    def canonical(self) -> bytes:
        """Return the content as JSON, its fields in the order above."""
        return msgspec.json.encode(self)


def read_advice(content: str) -> Advice:
    """Return what a stored text says."""
    return msgspec.json.decode(content, type=Advice)


def part(*, period: str, amount: Money, worth: Money) -> Bar:
    """Return what one statement, or no statement, brings to a payout."""
    if not period:
        return Bar(CARRIED if worth.micros > 0 else TAKEN, "", worth.micros, "")
    note = "" if amount.currency == worth.currency else format_money(amount, exact=True)
    return Bar(f"Statement of {period_words(period)}", note, worth.micros, "")


def printed(said: Advice, *, digest: str) -> Document:
    """Return the advice as the layout ``advice`` wants it."""
    return Document(
        layout="advice",
        title=f"{HEADINGS[said.tells]} {said.number}",
        keywords=(said.number,),
        made_at=said.issued_at,
        values={
            "heading": HEADINGS[said.tells],
            "number": said.number,
            "digest": digest,
            "verify_at": said.verify_at,
            "payee": said.payee.name,
            "handle": f"@{said.payee.handle}",
            "sent": _instant(said.sent_at),
            "to": said.to,
            "issued": _instant(said.issued_at),
            "policy": said.policy,
            "total": _amount(said, said.net),
            "waterfall": [
                [bar.name, bar.note, _amount(said, bar.micros), bar.tone] for bar in said.waterfall
            ],
            "changed": [
                [
                    format_money(Money(one.micros, one.currency), exact=True),
                    one.rate,
                    _amount(said, one.worth),
                ]
                for one in said.changed
            ],
            "remainder": _amount(said, said.remainder) if said.remainder else "",
            "back": _instant(said.back.at) if said.back else "",
        },
    )


def spreadsheet(said: Advice) -> bytes:
    """Return the parts, the tax and what came back as CSV; the amounts sum to what was paid."""
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(CSV_HEAD)
    bars = [*said.parts, *(Bar(tax.name, tax.note, -tax.micros, "") for tax in said.taxes)]
    if said.back:
        bars.append(Bar("Came back", said.back.reason, -said.net, ""))
    for bar in bars:
        row = (said.number, said.payout, bar.name, bar.note, said.money(bar.micros).decimal())
        rows.writerow([cell(value) for value in (*row, said.currency)])
    return written.getvalue().encode()


def _amount(said: Advice, micros: int) -> str:
    return format_money(said.money(micros), exact=True)


def _instant(at: dt.datetime) -> str:
    utc = at.astimezone(dt.UTC)
    return f"{day_words(utc.date())}, {utc:%H:%M} UTC"

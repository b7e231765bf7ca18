"""What banks answer: ``pain.002`` (status report), ``camt.053`` (account statement), or a table.

XML is read by defusedxml: no entities, no documents from elsewhere. Versions of the messages differ
in their namespace, and are read alike.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from takings.core.errors import Invalid
from takings.core.errors import TooMuch as TooMuchOf
from takings.money import Money

MOST_BYTES = 32 * 2**20
COLUMNS = ("end_to_end_id", "status", "code", "reason")
NO_KEY = {"", "NOTPROVIDED"}


class BadAnswer(Invalid):
    """The file is none that a bank answers with."""

    code = "bad_answer"
    sentence = "This is no pain.002, camt.053 or table of results: {because}."


class AnswerTooLarge(TooMuchOf):
    """The file is larger than any bank's."""

    code = "answer_too_large"
    sentence = "The file is larger than {most} MB; ask the bank for smaller ones."


class Told(StrEnum):
    """What a bank says of a payment."""

    ACCEPTED = "accepted"
    SETTLED = "settled"
    RETURNED = "returned"


class Speech(StrEnum):
    """What a file is."""

    PAIN_002 = "pain.002"
    CAMT_053 = "camt.053"
    CSV = "csv"


_STATUS = {
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACWC", "PDNG", "RCVD"), Told.ACCEPTED),
    **dict.fromkeys(("ACSC", "ACCC"), Told.SETTLED),
    **dict.fromkeys(("RJCT", "CANC"), Told.RETURNED),
    **{told.value: told for told in Told},
}


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of one payment (``key``), or of all of a file of ours (``message``).

    ``amount`` is what the bank moved, where it says so; ``code`` is a reason of ISO 20022.
    """

    told: Told
    key: str = ""
    message: str = ""
    amount: Money | None = None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """A file from a bank, read."""

    speech: Speech
    reports: tuple[Report, ...]


def read_answers(content: bytes) -> Answers:
    """Return what a file says. Refuses: BadAnswer, AnswerTooLarge."""
    if len(content) > MOST_BYTES:
        raise AnswerTooLarge(most=MOST_BYTES // 2**20)
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return Answers(Speech.CSV, tuple(_table(content)))
    try:
        root: Element = fromstring(content)
    except DefusedXmlException:
        raise BadAnswer(because="it declares entities, which no bank does") from None
    except (ParseError, ValueError) as error:
        raise BadAnswer(because=error) from None
    if (found := _first(root, "CstmrPmtStsRpt")) is not None:
        return Answers(Speech.PAIN_002, tuple(_statuses(found)))
    if (found := _first(root, "BkToCstmrStmt")) is not None:
        return Answers(Speech.CAMT_053, tuple(_entries(found)))
    raise BadAnswer(because=f"it begins with {_name(root)}")


def _statuses(report: Element) -> Iterator[Report]:
    """Read each transaction's status, or that of the whole file where no transaction has one."""
    transactions = list(_all(report, "TxInfAndSts"))
    for one in transactions:
        yield Report(
            _status(_text(one, "TxSts")),
            key=_text(one, "OrgnlEndToEndId"),
            code=_text(one, "Rsn", "Cd"),
            reason=_text(one, "AddtlInf"),
        )
    status = _text(report, "GrpSts") or _text(report, "PmtInfSts")
    if not transactions and status:
        yield Report(
            _status(status),
            message=_text(report, "OrgnlMsgId"),
            code=_text(report, "Rsn", "Cd"),
            reason=_text(report, "AddtlInf"),
        )


def _entries(statement: Element) -> Iterator[Report]:
    """Read each booked entry: what left is settled, what came back with a reason is returned."""
    for entry in _all(statement, "Ntry"):
        if _text(entry, "Sts") not in {"", "BOOK"} and _text(entry, "Sts", "Cd") != "BOOK":
            continue
        details = list(_all(entry, "TxDtls"))
        for one in details:
            yield from _booked(entry, one)


def _booked(entry: Element, one: Element) -> Iterator[Report]:
    key, message = _text(one, "EndToEndId"), _text(one, "MsgId") or _text(one, "PmtInfId")
    is_credit = (_text(one, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "CRDT"
    returned = _first(one, "RtrInf") is not None
    if is_credit and not returned:
        return  # money that came in has nothing to do with payouts
    yield Report(
        Told.RETURNED if returned else Told.SETTLED,
        key="" if key in NO_KEY else key,
        message=message,
        amount=_amount(one) if key not in NO_KEY else None,
        code=_text(one, "RtrInf", "Rsn", "Cd"),
        reason=_text(one, "RtrInf", "AddtlInf"),
    )


def _amount(one: Element) -> Money | None:
    node = _first(one, "Amt") if _first(one, "Amt") is not None else None
    if node is None or not (node.text or "").strip():
        return None
    return Money.parse((node.text or "").strip(), node.get("Ccy", ""))


def _table(content: bytes) -> Iterator[Report]:
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadAnswer(because=error) from None
    if not rows or not {*COLUMNS} <= rows[0].keys():
        raise BadAnswer(because=f"the columns of a table are {','.join(COLUMNS)}")
    for row in rows:
        told = _status((row["status"] or "").strip())
        code, reason = (row["code"] or "").strip(), (row["reason"] or "").strip()
        yield Report(told, key=(row["end_to_end_id"] or "").strip(), code=code, reason=reason)


def _status(word: str) -> Told:
    if word not in _STATUS:
        raise BadAnswer(because=f"“{word}” is no status")
    return _STATUS[word]


def _name(node: Element) -> str:
    return node.tag.rpartition("}")[2]


def _all(node: Element, name: str) -> Iterator[Element]:
    return (one for one in node.iter() if _name(one) == name)


def _first(node: Element, *path: str) -> Element | None:
    found: Element | None = node
    for name in path:
        found = next(_all(found, name), None) if found is not None else None
    return found


def _text(node: Element, *path: str) -> str:
    found = _first(node, *path)
    return (found.text or "").strip() if found is not None else ""

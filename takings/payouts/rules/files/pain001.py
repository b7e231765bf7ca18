"""SEPA credit transfers as ISO 20022 ``pain.001.001.09`` (EPC132-08: customer to bank)."""

import datetime as dt
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from takings.money import Money
from takings.payouts.rules.files.transfers import (
    LONGEST_NAME,
    LONGEST_REMITTANCE,
    Address,
    Message,
    Payer,
    Transfer,
    plain,
    written,
)

SCHEMA = "pain.001.001.09"
NAMESPACE = f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"
SHARED = "SLEV"  # charges follow the service level: each side bears its own
LONGEST_STREET, LONGEST_POSTCODE, LONGEST_TOWN = 70, 16, 35


def write_pain001(*, payer: Payer, message: Message, transfers: Sequence[Transfer]) -> bytes:
    """Return the file: one payment information block, its transfers in this order.

    All transfers are in one currency. The same arguments give the same bytes.
    """
    root = ET.Element("Document", {"xmlns": NAMESPACE})
    initiation = ET.SubElement(root, "CstmrCdtTrfInitn")
    total = sum((one.amount for one in transfers), Money.zero(transfers[0].amount.currency))
    sums = {"NbOfTxs": str(len(transfers)), "CtrlSum": written(total)}
    header = ET.SubElement(initiation, "GrpHdr")
    made_at = message.made_at.astimezone(dt.UTC)
    _texts(header, {"MsgId": message.id, "CreDtTm": f"{made_at:%Y-%m-%dT%H:%M:%S}Z"} | sums)
    _texts(ET.SubElement(header, "InitgPty"), {"Nm": plain(payer.name, longest=LONGEST_NAME)})
    block = ET.SubElement(initiation, "PmtInf")
    _texts(block, {"PmtInfId": message.id, "PmtMtd": "TRF", "BtchBookg": "true"} | sums)
    _nested(block, ("PmtTpInf", "SvcLvl", "Cd"), "SEPA")
    _nested(block, ("ReqdExctnDt", "Dt"), message.pay_on.isoformat())
    _nested(block, ("Dbtr", "Nm"), plain(payer.name, longest=LONGEST_NAME))
    _nested(block, ("DbtrAcct", "Id", "IBAN"), payer.iban)
    _agent(block, "DbtrAgt", payer.bic)
    _texts(block, {"ChrgBr": SHARED})
    for one in transfers:
        _transfer(ET.SubElement(block, "CdtTrfTxInf"), one)
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _transfer(node: ET.Element, one: Transfer) -> None:
    _nested(node, ("PmtId", "EndToEndId"), one.key)
    amount = ET.SubElement(ET.SubElement(node, "Amt"), "InstdAmt", {"Ccy": one.amount.currency})
    amount.text = written(one.amount)
    if one.details.bic:
        _agent(node, "CdtrAgt", one.details.bic)
    creditor = ET.SubElement(node, "Cdtr")
    _texts(creditor, {"Nm": plain(one.details.holder, longest=LONGEST_NAME)})
    _address(ET.SubElement(creditor, "PstlAdr"), one.address)
    _nested(node, ("CdtrAcct", "Id", "IBAN"), one.details.iban)
    _nested(node, ("RmtInf", "Ustrd"), plain(one.remittance, longest=LONGEST_REMITTANCE))


def _address(node: ET.Element, address: Address) -> None:
    parts = {
        "StrtNm": plain(address.street, longest=LONGEST_STREET),
        "PstCd": plain(address.postcode, longest=LONGEST_POSTCODE),
        "TwnNm": plain(address.town, longest=LONGEST_TOWN),
        "Ctry": address.country,
    }
    _texts(node, {tag: text for tag, text in parts.items() if text})


def _agent(node: ET.Element, tag: str, bic: str) -> None:
    """Name a bank by its BIC; SEPA lets it be left out."""
    institution = ET.SubElement(ET.SubElement(node, tag), "FinInstnId")
    if bic:
        _texts(institution, {"BICFI": bic})
    else:
        _nested(institution, ("Othr", "Id"), "NOTPROVIDED")


def _texts(node: ET.Element, texts: dict[str, str]) -> None:
    for tag, text in texts.items():
        ET.SubElement(node, tag).text = text


def _nested(node: ET.Element, path: Sequence[str], text: str) -> None:
    for tag in path:
        node = ET.SubElement(node, tag)
    node.text = text

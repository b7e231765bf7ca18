"""Files to the bank, held to ISO 20022's own schema, and the bank's answers, read once."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import pytest
import sepaxml
import xmlschema
from django.db import IntegrityError, transaction
from django.test import override_settings

from takings.ledger.actions.rates import record_rates
from takings.ledger.queries import balance, check_books, entry
from takings.money import Money
from takings.payouts import queries
from takings.payouts.actions import (
    FileReadBefore,
    NothingToPay,
    OtherAmount,
    UnknownPayments,
    download_file,
    execute_batch,
    read_bank_answers,
    sending,
)
from takings.payouts.models import Answer, AnswerFile, BankFile, Payout, PayoutState
from takings.payouts.queries import NoSuchFile
from takings.payouts.rules.files.answers import AnswerTooLarge, BadAnswer, read_answers
from takings.payouts.rules.files.pain001 import SCHEMA
from takings.payouts.rules.files.transfers import PayerUnknown, plain
from takings.payouts.rules.methods import Details
from takings.people.models import StaffAct
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.payouts import (
    BY_HAND,
    PAY_DAY,
    SEPA,
    american,
    make_approved,
    make_batch,
    make_earned,
    make_paid,
    make_payable,
    make_payee,
    us_account,
)
from tests.make.people import make_operator
from tests.make.settlement import DECEMBER, Act

pytestmark = pytest.mark.django_db
LATER = PAY_DAY + dt.timedelta(days=3)
NS = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}


def make_euros() -> Act:
    """Let Ada be paid in euros: her balance is in euros, too."""
    ada = make_payee("Ada", details=SEPA)
    make_payable(ada.creator, Money.parse("1000", "EUR"))
    return ada


def make_american(name: str = "Ada") -> Act:
    return make_payee(name, papers=american(), details=us_account())


def pain002(payout: Payout, status: str, code: str = "") -> bytes:
    why = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>'
        "<OrgnlPmtInfAndSts><TxInfAndSts>"
        f"<OrgnlEndToEndId>{payout.pk.hex}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}"
        "</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def camt053(*entries: str) -> bytes:
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def booked(key: str, amount: str, *, returned: str = "", currency: str = "USD") -> str:
    why = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    side = "CRDT" if returned else "DBIT"
    return (
        f"<Ntry><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls><TxDtls>"
        f'<Refs><EndToEndId>{key}</EndToEndId></Refs><Amt Ccy="{currency}">{amount}</Amt>{why}'
        "</TxDtls></NtryDtls></Ntry>"
    )


def read(content: bytes) -> AnswerFile:
    return read_bank_answers(
        operator=make_operator("Max"), content=content, name="answer.xml", id=uuid4(), at=LATER
    )


def state(payout: Payout) -> str:
    payout.refresh_from_db()
    return payout.state


def test_pain_001_is_what_the_iso_schema_says_and_every_bank_can_read() -> None:
    ada = make_euros()
    batch = make_paid()
    file = BankFile.objects.get()
    schema = Path(sepaxml.__file__).parent / "schemas" / f"{SCHEMA}.xsd"
    xmlschema.XMLSchema(str(schema)).validate(bytes(file.content).decode())
    [payout] = Payout.objects.all()
    root = ET.fromstring(bytes(file.content))  # noqa: S314 - our own file

    def text(path: str) -> str | None:
        return root.findtext(f".//p:{path.replace('/', '/p:')}", namespaces=NS)

    assert text("EndToEndId") == payout.pk.hex
    assert (text("ChrgBr"), text("SvcLvl/Cd")) == ("SLEV", "SEPA")
    assert text("Cdtr/PstlAdr/StrtNm") == "Invalidenstrasse 43"
    assert (text("Cdtr/PstlAdr/TwnNm"), text("Cdtr/PstlAdr/Ctry")) == ("Berlin", "DE")
    assert (text("CtrlSum"), text("NbOfTxs")) == ("700.00", "1")
    assert text("ReqdExctnDt/Dt") == "2026-12-22"
    assert (file.total, payout.file, str(file)) == (
        Money.parse("700", "EUR"),
        file,
        "payouts-2026-12-21-pain.001-EUR-1.xml",
    )
    assert queries.files_of(batch) == [file]
    assert balance(name=queries.account_of(ada.creator.pk), currency="EUR").micros == 0


def test_a_file_without_the_banks_code_is_right_as_well() -> None:
    ada = make_payee("Ada", details=replace(SEPA, bic=""))
    make_payable(ada.creator, Money.parse("1000", "EUR"))
    with override_settings(PAYER={"name": "Takings & Söhne", "iban": "DE02120300000000202051"}):
        make_paid()
    file = BankFile.objects.get()
    schema = Path(sepaxml.__file__).parent / "schemas" / f"{SCHEMA}.xsd"
    xmlschema.XMLSchema(str(schema)).validate(bytes(file.content).decode())
    assert b"NOTPROVIDED" in bytes(file.content)


def test_a_nacha_file_has_records_of_94_and_sums_that_agree() -> None:
    for name, amount in (("Ada", "150"), ("Ben", "250.50")):
        make_payable(make_american(name).creator, amount)
    make_paid()
    lines = bytes(BankFile.objects.get().content).decode("ascii").split("\r\n")[:-1]
    assert {len(line) for line in lines} == {94}
    assert len(lines) % 10 == 0
    assert [line[0] for line in lines[:6]] == ["1", "5", "6", "6", "8", "9"]
    entries = [line for line in lines if line[0] == "6"]
    assert sorted(int(line[29:39]) for line in entries) == [15_000, 25_050]
    assert lines[4][10:20] == f"{2 * 2100002:010}"
    assert int(lines[4][32:44]) == 40_050
    assert lines[5][:22] == "9000001000001000000020"[:22]


def test_payment_by_hand_is_a_table_that_no_spreadsheet_runs() -> None:
    risky = replace(BY_HAND, reference="=cmd()")
    make_payable(make_payee("Ada", details=risky).creator, "200")
    make_paid()
    content = bytes(BankFile.objects.get().content).decode()
    assert "'=cmd()" in content
    assert ",USD,140.00," in content


def test_the_same_file_is_never_made_twice_and_downloads_are_the_same_bytes() -> None:
    make_payable(make_american().creator, "150")
    batch = make_paid()
    file = BankFile.objects.get()
    zoe = make_operator("Zoe")
    first = download_file(operator=zoe, file=file, at=LATER)
    execute_batch(operator=zoe, batch_id=batch.pk, at=LATER)
    assert download_file(operator=zoe, file=BankFile.objects.get(), at=LATER) == first
    assert StaffAct.objects.filter(act="payouts.file_downloaded").count() == 2
    copy = BankFile.objects.get()
    copy.pk, copy.number = uuid4(), 2
    with pytest.raises(IntegrityError, match="digest"), transaction.atomic():
        copy.save(force_insert=True)
    with pytest.raises(NoSuchFile):
        queries.access_file(user=zoe, file_id=uuid4())
    assert queries.access_file(user=zoe, file_id=file.pk) == file


def test_payouts_go_into_files_of_a_size_that_banks_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_IN_A_FILE", 1)
    for name in ("Ada", "Ben"):
        make_payable(make_american(name).creator, "150")
    make_paid()
    numbers = BankFile.objects.order_by("number").values_list("number", "payout_count")
    assert list(numbers) == [(1, 1), (2, 1)]
    assert not Payout.objects.filter(file=None).exists()


@pytest.mark.parametrize("details", [SEPA, us_account()])
def test_without_an_account_of_our_own_nothing_is_sent(details: Details) -> None:
    ada = make_payee("Ada", papers=american(), details=details)
    make_payable(ada.creator, Money.parse("500", details.currency))
    batch = make_approved()
    before = all_balances()
    with override_settings(PAYER={"name": "Takings"}), pytest.raises(PayerUnknown):
        execute_batch(operator=batch.drafted_by, batch_id=batch.pk, at=PAY_DAY)
    assert all_balances() == before


def test_a_returned_payout_goes_back_to_the_balance_with_its_reason() -> None:
    ada = make_payee("Ada", details=BY_HAND)
    make_earned(ada)
    before = all_balances()
    make_paid()
    payout = Payout.objects.get()
    read(pain002(payout, "ACCP"))
    assert state(payout) == PayoutState.SENT
    read(camt053(booked(payout.pk.hex, "1215.00")))
    assert state(payout) == PayoutState.SETTLED
    file = read(camt053(booked(payout.pk.hex, "1215.00", returned="AC04"), booked("X", "3")))
    assert (file.unknown_count, str(file)) == (1, "answer.xml")
    assert state(payout) == PayoutState.RETURNED
    assert {k: v for k, v in all_balances().items() if v} == {k: v for k, v in before.items() if v}
    told = [row.words for row in queries.answers_of(payout)]
    assert told[:2] == ["", ""]
    assert told[2].startswith("The account is closed.")
    [back] = queries.recent_returns()
    assert (back.payout, back.told) == (payout, "The bank gave it back")
    assert str(payout.answers.last()).endswith(": returned")
    undo = entry(id=payout.pk).reversed_by
    assert undo is not None
    assert entry(id=undo).kind == "payout_returned"
    assert check_books() == []


def test_an_account_that_failed_is_not_paid_to_again() -> None:
    ada = make_american()
    make_payable(ada.creator, "150")
    make_paid()
    read(pain002(Payout.objects.get(), "RJCT", "AC01"))
    january = PAY_DAY + dt.timedelta(days=31)
    with pytest.raises(NothingToPay):
        make_batch(at=january)
    [(_, _, why)] = queries.preview(at=january).left_out
    assert why.sentence.startswith("The last payout to this account came back: The account number")


def test_answers_in_any_order_and_twice_end_at_the_same_books() -> None:
    ada = make_american()
    make_payable(ada.creator, "150")
    make_paid()
    payout = Payout.objects.get()
    read(pain002(payout, "RJCT", "AC01"))
    picture = all_balances()
    read(camt053(booked(payout.pk.hex, "150.00")))  # what it said before it came back
    read(camt053(booked(payout.pk.hex, "150.00", returned="MS03")))
    assert state(payout) == PayoutState.RETURNED
    assert all_balances() == picture
    assert Answer.objects.count() == 3
    assert check_books() == []


def test_a_file_is_read_once_and_wrong_ones_change_nothing() -> None:
    ada = make_american()
    make_payable(ada.creator, "150")
    make_paid()
    payout = Payout.objects.get()
    content = pain002(payout, "ACSC")
    read(content)
    before = all_balances()
    with pytest.raises(FileReadBefore, match=r"answer\.xml"):
        read(content)
    with pytest.raises(UnknownPayments, match="that were not sent from here"):
        read(pain002(Payout(pk=UUID(int=7)), "RJCT"))
    with pytest.raises(UnknownPayments):
        read(b"end_to_end_id,status,code,reason\nnot-ours,RJCT,,\n")
    with pytest.raises(OtherAmount, match=r"moved \$150.01"):
        read(camt053(booked(payout.pk.hex, "150.01", returned="AC04")))
    assert all_balances() == before
    assert state(payout) == PayoutState.SETTLED
    assert AnswerFile.objects.count() == 1


def test_an_answer_about_a_whole_file_is_one_about_each_of_its_payouts() -> None:
    for name in ("Ada", "Ben"):
        make_payable(make_american(name).creator, "150")
    make_paid()
    file = BankFile.objects.get()
    group = (
        '<Document xmlns="x"><CstmrPmtStsRpt><OrgnlGrpInfAndSts>'
        f"<OrgnlMsgId>{file.pk.hex}</OrgnlMsgId><GrpSts>ACSC</GrpSts>"
        "</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    )
    read(group.encode())
    assert set(Payout.objects.values_list("state", flat=True)) == {PayoutState.SETTLED}


def test_a_table_of_results_is_an_answer_too() -> None:
    ada = make_payee("Ada", details=BY_HAND)
    make_payable(ada.creator, "200")
    make_paid()
    payout = Payout.objects.get()
    rows = f"end_to_end_id,status,code,reason\n{payout.pk.hex},returned,,Nobody was there\n"
    read(rows.encode())
    assert state(payout) == PayoutState.RETURNED
    [row] = queries.answers_of(payout)
    assert row.words.endswith("The bank says: “Nobody was there”.")


@pytest.mark.parametrize(
    "content",
    [
        b"<Document",
        b"<Document><Other/></Document>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>',
        b"one,two\n1,2\n",
        b"end_to_end_id,status,code,reason\n1,MAYBE,,\n",
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_answers(content)


def test_rules_of_reading() -> None:
    with pytest.raises(BadAnswer, match=r"results: it declares entities, which no bank does\.$"):
        read_answers(b'<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>')
    with pytest.raises(AnswerTooLarge):
        read_answers(b" " * (33 * 2**20))
    income = "<Ntry><CdtDbtInd>CRDT</CdtDbtInd><NtryDtls><TxDtls/></NtryDtls></Ntry>"
    pending = "<Ntry><Sts>PDNG</Sts><NtryDtls><TxDtls/></NtryDtls></Ntry>"
    assert read_answers(camt053(income, pending)).reports == ()
    no_key = "<Ntry><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><NtryDtls><TxDtls><Refs>"
    no_key += "<MsgId>M1</MsgId><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt/></TxDtls>"
    [report] = read_answers(camt053(f"{no_key}</NtryDtls></Ntry>")).reports
    assert (report.key, report.message, report.amount) == ("", "M1", None)
    bare = b"<D><CstmrPmtStsRpt></CstmrPmtStsRpt></D>"
    assert read_answers(bare).reports == ()
    no_amount = (
        "<Ntry><CdtDbtInd>DBIT</CdtDbtInd><NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId>"
    )
    [bare_report] = read_answers(camt053(f"{no_amount}</Refs></TxDtls></NtryDtls></Ntry>")).reports
    assert bare_report.amount is None


def test_names_are_written_in_letters_that_every_bank_takes() -> None:
    assert plain("Łukasz Größe & 王小明", longest=70) == "Lukasz Grosse Wang Xiao Ming"
    assert plain("a" * 80, longest=70) == "a" * 70


def test_a_conversion_stays_when_its_payout_comes_back() -> None:
    ada = make_payee("Ada", details=SEPA)
    make_payable(ada.creator, "1000")
    make_posted(move("bank", "opening:EUR", Money.parse("5000", "EUR")), at=DECEMBER)
    rates = b"base,quote,valid_on,rate\nUSD,EUR,2026-12-18,0.9\n"
    record_rates(content=rates, source="ECB", at=PAY_DAY)
    make_paid()
    read(pain002(Payout.objects.get(), "RJCT", "AC04"))
    account = queries.account_of(ada.creator.pk)
    assert balance(name=account, currency="EUR") == Money.parse("900", "EUR")
    assert dollars(account) == usd(0)
    assert check_books() == []

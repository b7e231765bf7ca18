"""An invoice that its customer writes: once for a fact, and in no currency but one."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.invoicing.actions import self_bill
from takings.invoicing.models import Invoice
from takings.invoicing.rules import Party, SaleLine, SelfBillDraft
from takings.invoicing.rules.drafts import NothingToInvoice
from tests.make.invoicing import euros, german_seller
from tests.make.ledger import usd
from tests.make.people import NOON

DRAFT = SelfBillDraft(
    reference="statement:1",
    number=7,
    supplier=Party("Ada Lovelace", "Invalidenstraße 43\n10115 Berlin", "DE", "DE136695976"),
    supplied="2026-11-01 to 2026-11-30 (UTC)",
    tax_day=dt.date(2026, 11, 30),
    lines=(SaleLine("Videos of 2026-11", "5 views", euros("0.03")),),
    agreed_on=dt.date(2026, 11, 2),
)


@pytest.mark.django_db
def test_a_fact_is_self_billed_once_and_its_tax_is_on_top() -> None:
    with german_seller():
        first = self_bill(draft=DRAFT, at=NOON)
        assert self_bill(draft=DRAFT, at=NOON) == first
        mixed = replace(DRAFT, lines=(*DRAFT.lines, SaleLine("More", "1", usd(1))))
        with pytest.raises(NothingToInvoice):
            self_bill(draft=replace(mixed, reference="statement:2"), at=NOON)
    assert (first.code, first.customer, Invoice.objects.count()) == ("T-S7-000001", "supplier:7", 1)
    # 19 % of 0.03 is 0.0057: rounded once, half up, to a cent
    assert (first.net_micros, first.tax_micros, first.gross_micros) == (30_000, 10_000, 40_000)

"""What can be agreed on, and how it is written down."""

import datetime as dt
from dataclasses import replace

import pytest

from takings.core.errors import Refusal
from takings.policies.queries import deal_rule, deal_rule_at
from takings.policies.rules import NoPolicyCovers, UnknownPolicy
from takings.sponsorships.rules import (
    BadDealAmount,
    BadDealLink,
    BadDealNumber,
    DealOutOfRange,
    NothingToStayFor,
    Side,
    Terms,
    TermsNeedWords,
    Usage,
    check_terms,
    published,
    read_terms,
    span_words,
    spread,
    written,
)
from takings.sponsorships.rules.states import DAY
from tests.make.deals import TERMS, usd

NOW = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
RULE = deal_rule_at(at=NOW)


@pytest.mark.parametrize(
    ("refusal", "changed"),
    [
        (TermsNeedWords, replace(TERMS, title=" ")),
        (TermsNeedWords, replace(TERMS, show="x" * 2001)),
        (BadDealLink, replace(TERMS, link="http://brand.example/")),
        (BadDealLink, replace(TERMS, link="https:///x")),
        (BadDealNumber, replace(TERMS, videos=0)),
        (BadDealNumber, replace(TERMS, revisions=6)),
        (BadDealNumber, replace(TERMS, draft_days=91)),
        (BadDealNumber, replace(TERMS, usage=Usage.ADS)),
        (BadDealNumber, replace(TERMS, usage_days=30)),
        (BadDealAmount, replace(TERMS, signed=usd("-1"))),
        (BadDealAmount, replace(TERMS, approved=usd("1.001"))),
        (BadDealAmount, replace(TERMS, product="A shoe", product_value=usd("-1"))),
        (NothingToStayFor, replace(TERMS, live_days=0)),
        (NothingToStayFor, replace(TERMS, stayed=usd("0"))),
        (DealOutOfRange, replace(TERMS, published=usd("100000"))),
        (DealOutOfRange, Terms("A", "B", usd("9.99"), usd("0"), usd("0"), usd("0"))),
    ],
)
def test_what_cannot_be_agreed_on_is_refused_by_name(
    refusal: type[Refusal], changed: Terms
) -> None:
    with pytest.raises(refusal):
        check_terms(changed, rule=RULE)


def test_terms_are_written_and_read_to_the_letter() -> None:
    whole = replace(
        TERMS,
        usage=Usage.ADS,
        usage_days=90,
        usage_where="Europe",
        product="A shoe",
        product_value=usd("120"),
    )
    check_terms(whole, rule=RULE)
    check_terms(replace(TERMS, link=""), rule=RULE)
    assert read_terms(written(whole)) == whole
    assert (Side.BRAND.other, Side.CREATOR.other) == (Side.CREATOR, Side.BRAND)


def test_the_parts_of_a_deal_are_its_total() -> None:
    two = replace(TERMS, signed=usd("50"), videos=2)
    parts = [(kind.value, number, amount) for kind, number, amount in two.parts()]
    assert parts[0] == ("signed", 0, usd("50"))
    assert (len(parts), two.total) == (7, usd("1050"))
    assert published(replace(TERMS, live_days=0), at=NOW).due_at is None
    assert published(TERMS, at=NOW).due_at == NOW + 15 * DAY


def test_the_first_ones_are_paid_first_to_the_cent() -> None:
    found = spread([usd("100"), usd("300"), usd("100")], creator=usd("150.01"))
    assert found == [usd("100"), usd("50.01"), usd("0")]


def test_the_pack_names_its_sources_and_its_versions() -> None:
    assert (RULE.creator_share.ratio.numerator, RULE.creator_share.ratio.denominator) == (9, 10)
    assert all(fact.source for fact in RULE.facts)
    assert deal_rule(RULE.version) == RULE
    with pytest.raises(UnknownPolicy):
        deal_rule("deals@1999-01-01")
    with pytest.raises(NoPolicyCovers, match="deals"):
        deal_rule_at(at=dt.datetime(2026, 10, 1, tzinfo=dt.UTC))


def test_how_long_something_took_is_said_as_people_do() -> None:
    hour = DAY / 24
    said = [span_words(one) for one in (None, hour / 2, 30 * hour, 2 * DAY + hour)]
    assert said == ["", "an hour", "30 hours", "2 days"]

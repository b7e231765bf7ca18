"""The pure parts: terms, tokens, leases, the choice of an ad."""

import base64
import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.ads.rules.campaigns import (
    BadLandingPage,
    BadText,
    BudgetTooSmall,
    CurrenciesDiffer,
    Message,
    WrongStep,
    check_landing,
    check_message,
    check_step,
)
from takings.ads.rules.judging import Reason
from takings.ads.rules.leases import expected_use, is_low, lease_size, may_be_closed
from takings.ads.rules.lines import Pricing
from takings.ads.rules.pricing import event_price
from takings.ads.rules.terms import (
    BadDailyBudget,
    BadDates,
    BadLineBudget,
    BadPrice,
    Terms,
    UnknownCountry,
    check_terms,
)
from takings.ads.rules.tokens import NO_VIDEO, Decision, ForgedToken, KeyRing
from takings.core import ids
from takings.core.errors import Refusal
from takings.money import Money
from tests.make.ads import usd
from tests.make.people import NOON

DAY = dt.timedelta(days=1)
TERMS = Terms("Coats", usd("4.25"), ("DE",), NOON, NOON + DAY, budget=usd("20"))
WITHIN = usd("20")
MESSAGE = Message("Warm all winter", "See the coats", "https://brand.example/coats")
KEYS = KeyRing(["secret"])


def test_a_cpm_of_425_is_4250_micro_dollars_a_view() -> None:
    assert event_price(usd("4.25"), pricing=Pricing.VCPM) == Money(4_250, "USD")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"price": usd("0")}, BadPrice),
        ({"price": usd("-4.25")}, BadPrice),
        ({"price": usd("4.2501")}, BadPrice),
        ({"price": usd("1000.001")}, BadPrice),
        ({"price": Money(4_250_000, "EUR")}, CurrenciesDiffer),
        ({"budget": usd("0.004249")}, BudgetTooSmall),
        ({"budget": usd("-5")}, BudgetTooSmall),
        ({"budget": usd("20.000001")}, BadLineBudget),
        ({"budget": Money(10**6, "EUR")}, CurrenciesDiffer),
        ({"budget": None, "daily": usd("20.000001")}, BadDailyBudget),
        ({"budget": usd("2"), "daily": usd("2.1")}, BadDailyBudget),
        ({"daily": usd("0.004")}, BadDailyBudget),
        ({"daily": Money(10**6, "EUR")}, CurrenciesDiffer),
        ({"ends_at": NOON}, BadDates),
        ({"starts_at": NOON - 3 * DAY, "ends_at": NOON - DAY}, BadDates),
        ({"countries": ("DE", "Germany")}, UnknownCountry),
        ({"countries": ("ZZ",)}, UnknownCountry),
        ({"name": "  "}, BadText),
        ({"name": "x" * 81}, BadText),
        ({"name": "a\nb"}, BadText),
    ],
)
def test_terms_that_could_not_be_billed_are_refused(
    change: dict[str, object], refusal: type[Refusal]
) -> None:
    check_terms(TERMS, within=WITHIN, at=NOON)
    with pytest.raises(refusal) as refused:
        check_terms(replace(TERMS, **change), within=WITHIN, at=NOON)  # type: ignore[arg-type]  # one field each
    assert str(refused.value)


def test_the_bounds_themselves_are_fine() -> None:
    for terms in (
        replace(TERMS, price=usd("1000"), budget=usd("1")),
        replace(TERMS, price=usd("0.001"), budget=usd("0.000001")),
        replace(TERMS, name="x" * 80, countries=()),
    ):
        check_terms(terms, within=WITHIN, at=NOON)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//brand.example/",
        "/coats",
        "brand.example",
        "ftp://brand.example/",
        "http://brand.example/",
        "https://",
        "https://brand.example@evil.example/",
        "https://brand.example:0/",
        "https://brand.example:port/",
        "https://[half/",
        "https://brand.example/a b",
        "https://brand.example\\@evil.example/",
        "https://brand.example/\r\nset-cookie: a=b",
        "https://brand.example/" + "x" * 500,
        "",
    ],
)
def test_a_landing_page_is_a_plain_web_address(url: str) -> None:
    with pytest.raises(BadLandingPage):
        check_landing(url)


@pytest.mark.parametrize(
    "url",
    ["https://brand.example", "https://brand.example:8443/a?b=c#d", "https://münchen.example/"],
)
def test_ordinary_addresses_are_landing_pages(url: str) -> None:
    assert check_landing(url) == url


def test_a_message_has_a_headline_a_call_and_a_page() -> None:
    check_message(MESSAGE)
    for broken, refusal in (
        (replace(MESSAGE, headline=""), BadText),
        (replace(MESSAGE, call_to_action="x" * 25), BadText),
        (replace(MESSAGE, landing_url="x"), BadLandingPage),
    ):
        with pytest.raises(refusal):
            check_message(broken)


def test_an_ended_campaign_stays_ended() -> None:
    check_step(status="paused", wanted="active")
    for status, wanted in (("ended", "active"), ("drafted", "paused"), ("active", "active")):
        with pytest.raises(WrongStep, match=wanted):
            check_step(status=status, wanted=wanted)


DECISION = Decision(
    decision_id=ids.uuid7(at=NOON),
    campaign_id=NO_VIDEO,
    lease_id=NO_VIDEO,
    creative_id=NO_VIDEO,
    after_video_id=NO_VIDEO,
    viewer_id=NO_VIDEO,
    price=usd("1"),
    country="DE",
)
DECISIONS = st.builds(
    Decision,
    decision_id=st.builds(
        lambda ms, entropy: ids.uuid7(at=NOON + dt.timedelta(milliseconds=ms), entropy=entropy),
        st.integers(0, 10**9),
        st.integers(0, 2**74 - 1),
    ),
    campaign_id=st.uuids(),
    lease_id=st.uuids(),
    creative_id=st.uuids(),
    after_video_id=st.uuids(),
    viewer_id=st.uuids(),
    price=st.builds(Money, st.integers(1, 10**9), st.sampled_from(["USD", "EUR", "JPY"])),
    country=st.sampled_from(["DE", "US", "ZZ"]),
)


@given(DECISIONS)
def test_a_token_is_read_as_it_was_signed(decision: Decision) -> None:
    assert KEYS.read(KEYS.sign(decision)) == decision


@given(DECISIONS, st.integers(0, 400), st.integers(1, 255))
def test_a_token_changed_anywhere_is_forged(decision: Decision, place: int, change: int) -> None:
    token = KEYS.sign(decision)
    at = place % len(token)
    changed = token[:at] + chr((ord(token[at]) + change) % 256) + token[at + 1 :]
    with pytest.raises(ForgedToken):
        KEYS.read(changed)


@given(st.text())
def test_any_text_is_forged(text: str) -> None:
    with pytest.raises(ForgedToken):
        KEYS.read(text)


def test_a_new_key_signs_while_the_old_one_is_still_read() -> None:
    old = KEYS.sign(DECISION)
    turned = KeyRing(["newer", "secret"])
    assert turned.read(old) == turned.read(turned.sign(DECISION)) == DECISION
    with pytest.raises(ForgedToken):
        KEYS.read(turned.sign(DECISION))
    with pytest.raises(ForgedToken):
        KeyRing(["newer"]).read(old)


def test_a_signed_record_of_another_shape_is_not_read() -> None:
    key_id, payload, _ = KEYS.sign(DECISION).split(".")
    record = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    for other in (b"\x02" + record[1:], record[:-1], b""):
        body = f"{key_id}.{base64.urlsafe_b64encode(other).decode().rstrip('=')}"
        with pytest.raises(ForgedToken):
            KEYS.read(f"{body}.{KEYS.signature(body)}")


def test_a_lease_is_twice_the_last_use_within_bounds() -> None:
    price = Money(4_250, "USD")
    for used, left, count in (
        (0, usd("20"), 10),
        (50, usd("20"), 100),
        (10_000, usd("20"), 294),
        (0, usd("0.03"), 7),
        (0, usd("0.004249"), 0),
        (0, usd("0"), 0),
    ):
        assert lease_size(price=price, left=left, used_before=used) == price * count


@pytest.mark.parametrize(
    ("within_ms", "views"),
    [(0, 1_000), (100, 1_000), (2_000, 50), (9_999, 10), (10_000, 10), (300_000, 10)],
)
def test_a_lease_that_is_used_up_at_once_is_followed_by_one_for_ten_seconds(
    within_ms: int, views: int
) -> None:
    assert expected_use(promised=10, within=dt.timedelta(milliseconds=within_ms)) == views


@given(st.integers(1, 10**6), st.integers(0, 10**12), st.integers(0, 10**6))
def test_a_lease_is_whole_prices_and_never_more_than_is_left(
    price: int, left: int, used: int
) -> None:
    size = lease_size(price=Money(price, "USD"), left=Money(left, "USD"), used_before=used)
    assert 0 <= size.micros <= left
    assert size.micros % price == 0
    assert size.micros > 0 or left < price


def test_half_a_lease_is_low() -> None:
    assert not is_low(left=usd("0.6"), leased=usd("1"))
    assert is_low(left=usd("0.5"), leased=usd("1"))


def test_a_lease_is_closed_an_hour_after_its_last_token() -> None:
    due = NOON + dt.timedelta(seconds=1_800) + dt.timedelta(hours=1)
    assert may_be_closed(expires_at=NOON, token_ttl_s=1_800, at=due)
    almost = due - dt.timedelta(microseconds=1)
    assert not may_be_closed(expires_at=NOON, token_ttl_s=1_800, at=almost)


def test_every_reason_has_a_sentence() -> None:
    assert all(reason.sentence.endswith(".") for reason in Reason)

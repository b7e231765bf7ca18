"""Entries on the desk: found by what they say, in pages, as a picture, as a file."""

import csv
import datetime as dt
from collections.abc import Callable
from io import StringIO
from uuid import uuid4

import pytest
from django.http import HttpResponseBase
from django.test import Client

from takings.insights.queries import entries
from takings.ledger.actions import post, reverse
from takings.ledger.queries import search
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.people.models import User
from tests.make.ledger import POLICY, make_posted, make_prepaid, move
from tests.make.pages import page_links, page_text
from tests.make.people import NOON, make_creator, make_operator

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DAY = dt.timedelta(days=1)
HOME = "/desk/entries/"


def book(
    *moves: TransferDraft,
    kind: str = "prepaid_received",
    reference: str = "receipt:77",
    day: int = 0,
) -> EntryDraft:
    """Post an entry on a day after the first, a day after it happened; return what was posted."""
    happened = NOON + day * DAY
    draft = EntryDraft(uuid4(), kind, reference, POLICY, happened, f"memo of {reference}", moves)
    post(drafts=[draft], at=happened + DAY)
    return draft


def found(browser: Client, **wanted: str) -> list[str]:
    """Return the references of the entries on the page of this filter."""
    page = page_text(browser.get(HOME, wanted))
    return [name for name in ("receipt:1", "receipt:2", "charge:3", "coins:4") if name in page]


def rows_of(answer: HttpResponseBase) -> list[dict[str, str]]:
    """Return the rows of a file that is sent line by line."""
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(text)))


@pytest.fixture
def desk(sign_in: SignIn) -> Client:
    """Return the browser of an operator, before whom four entries lie."""
    book(move("bank", "advertiser:7:prepaid", "100"), reference="receipt:1")
    book(move("bank", "advertiser:70:prepaid", "40"), reference="receipt:2", day=1)
    book(
        move("advertiser:7:prepaid", "advertiser:7:reserved", "9"),
        move("advertiser:7:prepaid", "platform:revenue:ads", "0.000001"),
        kind="budget_leased",
        reference="charge:3",
        day=2,
    )
    book(
        move("coins:issued", "viewer:7:coins", Money(500_000_000, "COIN")),
        move("provider:stripe", "coins:liability", "5.25"),
        kind="coins_bought",
        reference="coins:4",
        day=3,
    )
    return sign_in(make_operator())


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        ({}, ["receipt:1", "receipt:2", "charge:3", "coins:4"]),
        ({"kind": "coins_bought"}, ["coins:4"]),
        ({"reference": "receipt:2"}, ["receipt:2"]),
        ({"reference": "receipt:"}, []),
        ({"reference": "receipt:*"}, ["receipt:1", "receipt:2"]),
        ({"account": "advertiser:7"}, ["receipt:1", "receipt:2", "charge:3"]),
        ({"account": "advertiser:7:"}, ["receipt:1", "charge:3"]),
        ({"account": "bank"}, ["receipt:1", "receipt:2"]),
        ({"currency": "coin"}, ["coins:4"]),
        ({"currency": "USD", "amount": "40"}, ["receipt:1", "receipt:2"]),
        ({"amount": "40"}, ["receipt:1", "receipt:2", "coins:4"]),
        ({"amount": "40", "account": "coins:liability"}, []),  # the coins are another transfer's
        ({"amount": "5.25", "account": "coins:liability"}, ["coins:4"]),
        ({"policy": POLICY, "kind": "budget_leased"}, ["charge:3"]),
        ({"policy": "house@1999-01-01"}, []),
        ({"occurred_from": "2026-11-03", "occurred_to": "2026-11-04"}, ["receipt:2", "charge:3"]),
        ({"posted_to": "2026-11-03"}, ["receipt:1"]),
        ({"posted_from": "2026-11-06", "account": "viewer:"}, ["coins:4"]),
        ({"posted_to": "9999-12-31", "occurred_from": "0001-01-01", "kind": "no_such"}, []),
    ],
)
def test_entries_are_found_by_what_they_say(
    desk: Client, wanted: dict[str, str], fits: list[str]
) -> None:
    assert found(desk, **wanted) == fits
    answer = desk.get("/desk/entries.csv", wanted)
    assert sorted({row["reference"] for row in rows_of(answer)}) == sorted(fits)


def test_coins_are_counted_and_dollars_have_decimals(desk: Client) -> None:
    page = page_text(desk.get(HOME, {"kind": "coins_bought"}))
    assert "500 coins$5.250000" in page


def test_what_nobody_posted_is_said_to_be_nothing(desk: Client) -> None:
    assert "No such entry" in page_text(desk.get(HOME, {"kind": "gift_sent"}))
    assert "No older entries" in page_text(desk.get(HOME, {"before": "1"}))


def test_empty_books_say_so(sign_in: SignIn) -> None:
    assert "Nothing is booked yet" in page_text(sign_in(make_operator()).get(HOME))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "Gift!"}, "small letters"),
        ({"account": "creator 7"}, "No account&#x27;s name begins with “creator 7”"),
        ({"currency": "ABC"}, "“ABC” is not a currency we know"),
        ({"amount": "lots"}, "“lots” is not an amount"),
        ({"amount": "-4"}, "leave out the −"),
        ({"amount": "0.0000001"}, "does not divide into whole micro-units"),
        ({"occurred_from": "2026-13-01"}, "This is no day"),
        ({"posted_from": "2026-11-09", "posted_to": "2026-11-08"}, "This is before 2026-11-09."),
        ({"before": "yesterday"}, "This page of the list does not exist"),
        ({"before": "9" * 40}, "This page of the list does not exist"),
        ({"reference": "nul\x00"}, "Null characters are not allowed."),
        ({"reference": "x" * 201}, "at most 200 characters"),
    ],
)
def test_wrong_input_is_explained_and_nothing_that_was_written_is_lost(
    desk: Client, wanted: dict[str, str], said: str
) -> None:
    answer = desk.get(HOME, wanted | {"policy": "kept@2026"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'value="kept@2026"' in page
    assert all(
        f'value="{value}"' in page for name, value in wanted.items() if name == "occurred_from"
    )
    if "before" not in wanted:
        assert desk.get("/desk/entries.csv", wanted).status_code == 422


def test_pages_follow_the_numbers_and_keep_the_filter(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "PAGE", 2)
    monkeypatch.setattr(search, "CHUNK", 2)
    for day in range(5):
        book(move("bank", "advertiser:7:prepaid", "1"), reference=f"receipt:{day}", day=day)
    browser, address, seen = sign_in(make_operator()), f"{HOME}?account=advertiser%3A7%3A", []
    while True:
        page = browser.get(address)
        seen += [n for n in range(4, -1, -1) if f"receipt:{n}<" in page.content.decode()]
        older = [link for link in page_links(page, "?") if "before=" in link]
        if not older:
            break
        assert "account=advertiser%3A7%3A" in older[0]
        address = HOME + older[0]
    assert seen == [4, 3, 2, 1, 0]
    assert "Newest" in page_text(page)
    rows = rows_of(browser.get("/desk/entries.csv?account=bank&before=1"))
    assert [row["reference"] for row in rows] == [f"receipt:{n}" for n in range(4, -1, -1)]


@pytest.mark.parametrize("wanted", ["reference=receipt:0", "account=advertiser:70:&amount=4"])
def test_a_search_stops_after_so_many_entries_says_where_and_goes_on(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    monkeypatch.setattr(search, "SEARCHED", 2)
    book(move("bank", "advertiser:70:prepaid", "4"), reference="receipt:0")
    for day in range(1, 6):
        book(move("bank", "advertiser:7:prepaid", "1"), reference=f"receipt:{day}", day=day)
    numbers = [line.number for line in search.search_entries(wanted=search.EntryFilter()).lines]
    browser, address = sign_in(make_operator()), f"{HOME}?{wanted}"
    for last, day in ((numbers[1], 7), (numbers[3], 5)):
        page = browser.get(address)
        words = page_text(page)
        assert "None among these" in words
        assert f"Looked through 2 entries, back to number {last:,}, posted {day} Nov 2026" in words
        [on] = [link for link in page_links(page, "?") if "before=" in link]
        assert on.endswith(f"&before={last}")
        address = HOME + on
    page = browser.get(address)
    assert "receipt:0<" in page.content.decode()
    assert "Search on" not in page_text(page)
    rows = rows_of(browser.get(f"/desk/entries.csv?{wanted}"))
    assert [row["reference"] for row in rows] == ["receipt:0"]


def test_what_fits_is_shown_beside_where_the_search_stopped(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SEARCHED", 2)
    for day in range(3):
        book(move("bank", "advertiser:7:prepaid", "1"), reference=f"receipt:{day}", day=day)
    words = page_text(sign_in(make_operator()).get(HOME, {"account": "bank"}))
    assert [f"receipt:{day}" in words for day in range(3)] == [False, True, True]
    assert "Search on" in words


def test_a_file_has_every_transfer_exactly_and_no_formula(sign_in: SignIn) -> None:
    entry = book(
        move("bank", "advertiser:7:prepaid", "0.000001"),
        move("bank", "tax:DE:vat", "19"),
        reference="=cmd()",
    )
    browser = sign_in(make_operator())
    rows = rows_of(browser.get("/desk/entries.csv"))
    assert {row["reference"] for row in rows} == {"'=cmd()"}
    assert [(row["position"], row["debit"], row["amount"]) for row in rows] == [
        ("0", "bank", "0.000001"),
        ("1", "bank", "19.000000"),
    ]
    assert rows[0]["happened"] == "2026-11-02T12:00:00+00:00"
    alone = browser.get(f"/desk/entries/{entry.id}.csv")
    assert [row["credit"] for row in rows_of(alone)] == ["advertiser:7:prepaid", "tax:DE:vat"]


def test_an_entry_is_a_picture_and_a_table(desk: Client) -> None:
    entry = book(
        move("pool:feed_ads:DE:2026-11", "creator:1:pending", "3"),
        move("bank", "pool:feed_ads:DE:2026-11", "3"),
        reference="<b>sly</b>",
    )
    answer = desk.get(f"{HOME}{entry.id}/")
    page = answer.content.decode()
    assert page.count('role="img" aria-label="$6.00 from the debited accounts') == 2
    assert "bank → pool:feed_ads:DE:2026-11: $3.00" in page
    assert "<b>sly" not in page
    assert "/desk/accounts/creator:1:pending/" in page_links(answer, "/desk/accounts/")
    assert f"{HOME}{entry.id}/" in page_links(desk.get(f"/trace/entry/{entry.id}/"), HOME)


def test_an_entry_of_many_transfers_is_drawn_by_kinds_and_listed_in_pages(sign_in: SignIn) -> None:
    entry = book(
        *(move("bank", f"advertiser:{number}:prepaid", "1") for number in range(60)),
        move("provider:stripe", "coins:liability", "1"),
    )
    browser = sign_in(make_operator())
    page = page_text(browser.get(f"{HOME}{entry.id}/"))
    assert "61 transfers are drawn as 2" in page
    assert "advertiser:&lt;id&gt;:prepaid" in page
    assert "Page 1 of 2" in page
    assert "provider:stripe" in page_text(browser.get(f"{HOME}{entry.id}/?page=2"))


def test_an_undone_entry_and_the_one_that_undoes_it_name_each_other(sign_in: SignIn) -> None:
    posted = make_prepaid("100")
    undone = reverse(entry_id=posted.entry_id, id=uuid4(), memo="a slip", at=NOON)
    browser = sign_in(make_operator())
    assert f"{HOME}{undone.entry_id}/" in page_links(browser.get(f"{HOME}{posted.entry_id}/"), HOME)
    assert f"{HOME}{posted.entry_id}/" in page_links(browser.get(f"{HOME}{undone.entry_id}/"), HOME)


def test_nobody_else_sees_an_entry(sign_in: SignIn) -> None:
    posted = make_posted(move("bank", "advertiser:7:prepaid", "1"))
    creator = sign_in(make_creator("Ada").user)
    for address in (
        HOME,
        "/desk/entries.csv",
        f"{HOME}{posted.entry_id}/",
        f"/desk/entries/{posted.entry_id}.csv",
    ):
        assert creator.get(address).status_code == 404
        assert Client().get(address).status_code == 404
    operator = sign_in(make_operator())
    assert operator.get(f"{HOME}{uuid4()}/").status_code == 404
    assert operator.get(f"/desk/entries/{uuid4()}.csv").status_code == 404

"""The tree of accounts: one level at a time, a page at a time, with exact sums."""

import csv
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from takings.insights.queries import accounts
from takings.ledger.actions import account_ids
from takings.ledger.queries.tree import Node, NodeSum, children
from takings.money import Money
from takings.people.models import User
from tests.make.ledger import make_posted, move, usd
from tests.make.pages import page_links, page_text
from tests.make.people import make_creator, make_operator

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HOME, PART = "/desk/accounts/", "/desk/accounts/branch/"
MANY = 12_000


@pytest.fixture
def desk(sign_in: SignIn) -> Client:
    """Return the browser of an operator before a small tree."""
    make_posted(
        move("bank", "creator:7:pending", "3"),
        move("bank", "creator:70:pending", "4.000001"),
        move("bank", "creator:7:payable", "1"),
        move("bank", "platform:revenue:ads", "9"),
        move("platform:fees", "bank", "2"),
        move("bank", "creator:7:pending", Money.parse("5", "EUR")),
    )
    return sign_in(make_operator())


def open_accounts(count: int) -> None:
    """Open an account for each of so many creators: nothing has moved yet."""
    names = [f"creator:{number}:pending" for number in range(1, count + 1)]
    account_ids([(name, "USD") for name in names])


def labels(page: str) -> list[str]:
    """Return the labels of the nodes on a page, in order."""
    return re.findall(r'class="node-name"[^>]*>([^<]+)<', page)


def test_a_node_sums_what_is_below_it_per_currency_and_side(desk: Client) -> None:
    del desk
    found = {node.path: node for node in children(prefix="", limit=10)}
    assert list(found) == ["bank", "creator", "platform"]
    eur = Money.parse("5", "EUR")
    assert found["creator"] == Node(
        path="creator",
        label="creator",
        is_account=False,
        is_parent=True,
        account_count=4,
        sums=(NodeSum("credit", eur), NodeSum("credit", usd("8.000001"))),
    )
    assert found["bank"].is_account
    assert not found["bank"].is_parent
    assert found["platform"].sums == (NodeSum("credit", usd(9)), NodeSum("debit", usd(2)))


def test_the_tree_is_walked_down_by_links_alone(desk: Client) -> None:
    page = desk.get(HOME)
    assert labels(page.content.decode()) == ["bank", "creator", "platform"]
    assert f"{HOME}?prefix=creator:" in page_links(page, HOME)
    below = desk.get(f"{HOME}?prefix=creator:")
    assert labels(below.content.decode()) == ["7", "70"]
    leaves = desk.get(f"{HOME}?prefix=creator:7:")
    assert labels(leaves.content.decode()) == ["payable", "pending"]
    assert "earned, inside its hold window" in page_text(leaves)
    assert f"{HOME}creator:7:payable/" in page_links(leaves, HOME)
    assert "?prefix=creator%3A" in page_links(leaves, "?prefix")
    part = desk.get(f"{PART}?prefix=creator:7:").content.decode()
    assert labels(part) == ["payable", "pending"]
    assert "<html" not in part


def test_names_are_found_by_their_beginning(desk: Client) -> None:
    assert labels(desk.get(f"{HOME}?prefix=creator:7").content.decode()) == ["7", "70"]
    assert labels(desk.get(f"{HOME}?prefix=cr").content.decode()) == ["creator"]
    assert "No account's name begins with “viewer:”" in page_text(
        desk.get(f"{HOME}?prefix=viewer:")
    ).replace("&#x27;", "'")
    assert labels(desk.get(f"{HOME}?prefix=%25").content.decode()) == []


@pytest.mark.parametrize("prefix", ["creator 7", "50%", "a\x00", "x" * 121, "<b>"])
def test_what_begins_no_name_is_refused_and_shown_again(desk: Client, prefix: str) -> None:
    answer = desk.get(HOME, {"prefix": prefix})
    assert answer.status_code == 422
    assert "No account&#x27;s name begins with" in answer.content.decode()
    assert "<b>" not in answer.content.decode()
    for address in (PART, "/desk/accounts.csv"):
        assert desk.get(address, {"prefix": prefix}).status_code == 422
    assert desk.get(HOME, {"after": prefix}).status_code == 422


def test_empty_books_have_an_empty_tree(sign_in: SignIn) -> None:
    assert "No accounts yet" in page_text(sign_in(make_operator()).get(HOME))


def test_a_big_tree_is_shown_a_page_at_a_time_in_the_order_of_its_numbers(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    open_accounts(MANY)
    browser, seen, after = sign_in(make_operator()), [], ""
    with django_assert_max_num_queries(20):
        root = browser.get(HOME)
    assert labels(root.content.decode()) == ["creator"]
    assert "12,000 accounts" in page_text(root)
    for _ in range(3):
        with django_assert_max_num_queries(accounts.NODES + 15):
            page = browser.get(PART, {"prefix": "creator:", "after": after})
        seen += labels(page.content.decode())
        assert f"More after {seen[-1]}" in page_text(page)
        after = seen[-1]
    assert seen == [str(number) for number in range(1, 3 * accounts.NODES + 1)]
    last = browser.get(HOME, {"prefix": "creator:", "after": str(MANY - 1)})
    assert labels(last.content.decode()) == [str(MANY)]
    nothing = page_text(browser.get(HOME, {"prefix": "creator:", "after": str(MANY)}))
    assert "No more accounts" in nothing


def test_words_come_after_numbers(sign_in: SignIn) -> None:
    del sign_in
    moves = (move("bank", f"rights:{holder}", "1") for holder in ("b", "10", "9", "B", "a-1"))
    make_posted(*moves)
    assert [node.label for node in children(prefix="rights:", limit=9)] == [
        *("9", "10"),
        *("B", "a-1", "b"),
    ]
    assert [node.label for node in children(prefix="rights:", after="10", limit=2)] == ["B", "a-1"]
    assert [node.label for node in children(prefix="rights:", after="a-1", limit=9)] == ["b"]


def test_what_is_below_a_node_leaves_as_a_file(desk: Client) -> None:
    answer = desk.get("/desk/accounts.csv?prefix=creator:7:")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "accounts-creator-7.csv" in answer["Content-Disposition"]
    rows = [tuple(row.values()) for row in csv.DictReader(StringIO(text))]
    assert rows == [
        ("creator:7:payable", "credit", "USD", "0.000000", "1.000000", "1.000000"),
        ("creator:7:pending", "credit", "EUR", "0.000000", "5.000000", "5.000000"),
        ("creator:7:pending", "credit", "USD", "0.000000", "3.000000", "3.000000"),
    ]
    every = b"".join(desk.get("/desk/accounts.csv").streaming_content)  # type: ignore[attr-defined]
    assert every.count(b"\n") == 1 + 8


def test_nobody_else_sees_the_tree(sign_in: SignIn) -> None:
    creator = sign_in(make_creator("Ada").user)
    for address in (HOME, PART, "/desk/accounts.csv", f"{HOME}bank/periods.csv"):
        assert creator.get(address).status_code == 404
        assert Client().get(address).status_code == 404

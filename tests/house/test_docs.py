"""The docs tell all there is: commands, settings, invariants, entries; and links that lead on."""

import ast
import datetime as dt
import re
import uuid
from pathlib import Path

import pytest
import typer.main

from config.cli import cli
from takings.ledger.queries import check_books
from takings.money import Money
from takings.policies.queries import policy
from takings.settlement.rules import CountedViews, Member, Watched, share_pool
from tests.house.source import ROOT, calls, files

DOCS = ROOT / "docs"
RUN, MONEY = DOCS / "how-to" / "run.md", DOCS / "money.md"
NOT_CHECKED_BY_MKDOCS = ("README.md", "CONTRIBUTING.md")
SETTING = re.compile(r"TAKINGS_[A-Z_]+|DATABASE_URL")


def first_cells(page: Path) -> set[str]:
    """Return the code in the first cell of every row of a page's tables."""
    rows = (line.split("|")[1] for line in page.read_text().splitlines() if line.startswith("|"))
    return {code for row in rows for code in re.findall(r"`([^`]+)`", row)}


def test_every_command_has_its_row() -> None:
    known = set(typer.main.get_group(cli).commands)
    told = {cell.split()[1] for cell in first_cells(RUN) if cell.startswith("takings ")}
    assert told == known


def test_every_setting_has_its_row() -> None:
    words = (
        node.value
        for file in files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    known = {word for word in words if SETTING.fullmatch(word)}
    assert {cell for cell in first_cells(RUN) if SETTING.fullmatch(cell)} == known


@pytest.mark.django_db
def test_every_invariant_that_is_proved_is_told() -> None:
    proved: set[str] = set()
    check_books(progress=lambda invariant, _done, _total: proved.add(invariant))
    assert proved != set()
    assert {sentence for sentence in proved if f"| {sentence} |" not in MONEY.read_text()} == set()


def test_every_kind_of_entry_has_its_story() -> None:
    named = {
        call.args[0].value
        for file in files()
        for call in calls(file)
        if ast.unparse(call.func) == "ids.derived" and isinstance(call.args[0], ast.Constant)
    }
    kinds = {str(name) for name in named if str(name).isidentifier()}  # a demo's have spaces
    assert {"ad_charged", "pool_shared"} <= kinds
    assert kinds <= first_cells(MONEY)


@pytest.mark.parametrize("page", NOT_CHECKED_BY_MKDOCS)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_followed_amount_is_what_the_code_pays() -> None:
    day, ada, others = dt.date(2026, 11, 3), 1, 2
    counted = [
        CountedViews(creator_id=ada, video_id=uuid.UUID(int=1), day=day, views=1),
        CountedViews(creator_id=others, video_id=uuid.UUID(int=2), day=day, views=7),
        CountedViews(
            creator_id=others, video_id=uuid.UUID(int=3), day=day, views=2, holders=("north",)
        ),
    ]
    rule = policy("house@2026-01-01").pool
    shares = share_pool(total=Money(4_250, "USD"), counted=counted, rule=rule)
    told = (DOCS / "streams" / "advertising.md").read_text()
    parts = (shares.holders["north"], *shares.creators.values(), shares.platform)
    assert sum(part.micros for part in parts) == shares.total.micros
    assert [part for part in parts if f"| {part.micros:,} |" not in told] == []


def test_the_followed_amounts_of_other_pools_are_what_the_code_pays() -> None:
    house, day, video = policy("house@2027-01-01"), dt.date(2027, 1, 5), uuid.UUID(int=1)
    counted = [CountedViews(creator_id=1, video_id=video, day=day, views=1_000)]
    fund, premium = house.rule_of("creator_fund"), house.rule_of("premium")
    fee = Money(9_990_000, "USD")
    member = Member(uuid.UUID(int=7), fee, (Watched(video, day, 1, 6_000),))
    told = (DOCS / "streams" / "pools.md").read_text()
    for shares in (
        share_pool(total=Money(10_000_000, "USD"), counted=counted, rule=fund, country="DE"),
        share_pool(total=fee, counted=counted, rule=premium, members=[member]),
    ):
        parts = (shares.total, *shares.creators.values(), shares.platform)
        assert [part for part in parts if f"| {part.micros:,} |" not in told] == []

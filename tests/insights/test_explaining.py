"""What `takings close PERIOD --explain CREATOR` says: every number, proved from stored rows."""

from uuid import uuid4

import pytest
from django.db import connection

from config.commands import explaining
from takings.insights.queries.explaining import NothingToExplain, explain_close
from takings.people.queries import NoSuchCreator
from takings.settlement import actions as settlement
from takings.settlement.actions import Wanted, release_earnings
from takings.settlement.rules import UnknownPeriod
from takings.videos.models import Video
from tests.make.people import make_operator
from tests.make.settlement import (
    DECEMBER,
    WINDOW,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
    make_split,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Act:
    """Ada, who shares with Ben, corrected once and released."""
    ada, ben = make_act("Ada", tracks=[make_track(holder="north")]), make_act("Ben")
    make_split(ada.creator, ben.creator, Video.objects.get(pk=ada.video_id))
    make_pool("100")
    make_pool("9", country="FR")
    italy = counted(ben, 1, country="IT")  # where Ada has no part
    rows = (counted(ada, 4), counted(ben, 4), counted(ada, 1, country="FR"), italy)
    settlement.close_period(name="2026-11", at=DECEMBER, count=counting(*rows))
    lake = counting(*rows[1:], counted(ada, 3))
    seen = settlement.find_changes(name="2026-11", count=lake).worked.lines_digest
    wanted = Wanted(uuid4(), make_operator(), "2026-11", "A farm.", seen, DECEMBER)
    found = settlement.propose_correction(wanted=wanted, count=lake)
    found = settlement.approve_correction(
        correction=found, operator=make_operator("Pavel"), answer="Yes.", at=DECEMBER
    )
    settlement.post_correction(correction=found, at=DECEMBER)
    release_earnings(at=DECEMBER + WINDOW)
    return ada


def test_a_statement_is_explained_from_its_days_to_its_entries(
    ada: Act, capsys: pytest.CaptureFixture[str]
) -> None:
    [told] = explain_close(name="2026-11", handle=f"@{ada.creator.handle}")
    assert [proof.sentence for proof in told.proofs if not proof.holds] == []
    assert len(told.proofs) == 7
    assert [step.views for step in told.pools] == [4, 1]
    explaining.explain("2026-11", ada.creator.handle)
    said = capsys.readouterr().out
    for words in (
        "pool:feed_ads:DE:2026-11 held $100.00; counted: 8 views.",
        "Their part: $16.875.",
        "as agreed",
        "4 counted views became 3",
        "Correction 1: -$",
        "Released 2026-12-08",
        "proved  the statement matches its digest",
    ):
        assert words in said, words
    assert "WRONG" not in said


def test_a_number_that_was_changed_is_named_and_the_command_fails(
    ada: Act, capsys: pytest.CaptureFixture[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE settlement_countline DISABLE TRIGGER USER")
        cursor.execute("UPDATE settlement_countline SET views = 9 WHERE country = 'FR'")
        cursor.execute("UPDATE settlement_countline SET views = 5 WHERE country = 'DE'")
        cursor.execute("UPDATE settlement_countline SET holders = '{}'")
    with pytest.raises(SystemExit):
        explaining.explain("2026-11", ada.creator.handle)
    assert "WRONG   pool:feed_ads:DE:2026-11 shared once more" in capsys.readouterr().out


def test_what_is_not_there_is_named() -> None:
    cleo = make_act("Cleo")
    with pytest.raises(NothingToExplain, match="has no statement of 2026-11"):
        explain_close(name="2026-11", handle=cleo.creator.handle)
    with pytest.raises(NoSuchCreator, match="@nobody"):
        explain_close(name="2026-11", handle="nobody")
    with pytest.raises(UnknownPeriod):
        explain_close(name="2026-13", handle=cleo.creator.handle)

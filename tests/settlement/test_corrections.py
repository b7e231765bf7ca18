"""A closed period is corrected by new rows: proposed, approved, posted once, stated again."""

import pytest
from django.db import connection

from takings.events.queries import Outcome
from takings.ledger.queries import balances, check_books, entry
from takings.money import Money
from takings.settlement import queries
from takings.settlement.actions import (
    NothingToCorrect,
    close_period,
    find_changes,
    post_correction,
    release_earnings,
)
from takings.settlement.models import (
    LineChange,
    Posting,
    Release,
    ShareLine,
    Statement,
    StatementRevision,
)
from takings.settlement.queries.corrections import newest_lines, newest_parts
from takings.settlement.rules import Seen, why_changed
from takings.videos.models import Video
from tests.make.corrections import LATER, REASON, approved, corrected, proposed
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.settlement import (
    DECEMBER,
    NOVEMBER_1,
    WINDOW,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
    make_split,
    rejected,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db


def _of(act: Act, purpose: str) -> Money:
    return dollars(f"creator:{act.creator.pk}:{purpose}")


def _revised(act: Act) -> StatementRevision:
    return queries.revisions_of(statement=Statement.objects.get(creator=act.creator))[-1]


def test_what_waits_is_taken_from_one_and_given_to_the_other(acts: tuple[Act, Act]) -> None:
    ada, ben = acts
    found = counting(counted(ada, 5), counted(ben, 1), rejected(ben, 4, outcome=Outcome.BOT))
    done = corrected(found)
    assert done.finished_at == LATER
    assert (_of(ada, "pending"), _of(ben, "pending")) == (usd("37.5"), usd("7.5"))
    assert dollars("platform:revenue:ads") == usd(55)
    posting = Posting.objects.get(owner=f"creator:{ben.creator.pk}")
    assert posting.entry_id is not None
    posted = entry(id=posting.entry_id)
    assert (posted.kind, posted.reference) == ("earnings_corrected", f"correction:{done.pk}")
    assert posted.memo == f"Correction 1 of 2026-11: {REASON}"
    said = _revised(ben)
    assert (said.number, said.views, said.amount_micros) == (2, 1, usd("7.5").micros)
    assert Statement.objects.get(creator=ben.creator).amount_micros == usd("22.5").micros
    content = queries.revision_content(revision=said)
    assert content.replaces == Statement.objects.get(creator=ben.creator).digest
    assert (b'"replaces"' in content.canonical(), content.digest()) == (True, said.digest)
    assert not any(one.balance for one in balances(prefix="pool:"))
    assert check_books() == []
    release_earnings(at=DECEMBER + WINDOW)
    assert (_of(ada, "payable"), _of(ben, "payable")) == (usd("37.5"), usd("7.5"))
    assert (_of(ada, "pending"), _of(ben, "pending")) == (usd(0), usd(0))
    assert check_books() == []


def test_what_was_released_is_owed_and_what_is_gained_is_payable_at_once(
    acts: tuple[Act, Act],
) -> None:
    ada, ben = acts
    release_earnings(at=DECEMBER + WINDOW)
    make_posted(move(f"creator:{ben.creator.pk}:payable", "bank", "20"))  # paid out
    corrected(counting(counted(ada, 5)))
    assert (_of(ada, "payable"), _of(ben, "payable")) == (usd(45), usd(-20))
    assert check_books() == []


def test_money_that_is_not_waiting_any_more_is_owed(acts: tuple[Act, Act]) -> None:
    ada, ben = acts
    make_posted(move(f"creator:{ben.creator.pk}:pending", "platform:loss", "20"))
    corrected(counting(counted(ada, 5)))
    assert (_of(ben, "pending"), _of(ben, "payable")) == (usd(0), usd(-20))
    posting = Posting.objects.get(owner=f"creator:{ben.creator.pk}")
    assert (posting.waiting_micros, posting.payable_micros) == (-2_500_000, -20_000_000)
    assert str(posting).startswith(f"creator:{ben.creator.pk}: -2500000")
    assert check_books() == []


def test_a_second_correction_builds_on_the_first(acts: tuple[Act, Act]) -> None:
    ada, ben = acts
    corrected(counting(counted(ada, 5), counted(ben, 3)))
    lines = newest_lines(period=queries.period(name="2026-11"))
    assert sorted(line.views for line in lines.values()) == [3, 5]
    with pytest.raises(NothingToCorrect):
        proposed(counting(counted(ada, 5), counted(ben, 3)))
    second = corrected(counting(counted(ada, 5), counted(ben, 5)))
    assert second.number == 2
    assert (_of(ada, "pending"), _of(ben, "pending")) == (usd("22.5"), usd("22.5"))
    first, last = queries.revisions_of(statement=Statement.objects.get(creator=ben.creator))
    assert (last.number, last.views) == (3, 5)
    assert queries.revision_content(revision=last).replaces == first.digest
    assert queries.newest_correction(period=second.period) == second
    assert str(last).endswith(", revision 3: 22500000")
    assert check_books() == []


def test_somebody_new_gets_a_statement_and_a_release_of_their_own(acts: tuple[Act, Act]) -> None:
    ada, ben = acts
    release_earnings(at=DECEMBER + WINDOW)
    cleo = make_act("Cleo")
    corrected(counting(counted(ada, 5), counted(ben, 5), counted(cleo, 10)))
    made = Statement.objects.get(creator=cleo.creator)
    assert (made.amount_micros, made.line_count, _revised(cleo).views) == (0, 0, 10)
    assert _of(cleo, "pending") == usd("22.5")
    release_earnings(at=DECEMBER + 2 * WINDOW)
    assert _of(cleo, "payable") == usd("22.5")
    assert Release.objects.filter(statement=made).exists()
    assert check_books() == []


def test_music_parts_of_others_and_views_without_money_are_corrected_too() -> None:
    ada, ben = make_act("Ada", tracks=[make_track(holder="north")]), make_act("Ben")
    make_split(ada.creator, ben.creator, Video.objects.get(pk=ada.video_id))
    make_pool("100")
    make_pool("7", country="FR")  # where the holder changes and nothing else
    same = counted(ada, 4, country="FR")
    before = counting(same, counted(ada, 4), counted(ben, 4), counted(ben, 2, country="IT"))
    period = close_period(name="2026-11", at=DECEMBER, count=before)
    Video.objects.get(pk=ada.video_id).tracks.set([make_track(holder="south")])
    done = corrected(
        counting(same, counted(ada, 8), counted(ben, 4), counted(ben, 3, country="IT"))
    )
    assert (dollars("rights:north"), dollars("rights:south")) == (usd(0), Money(36_833_333, "USD"))
    why = set(LineChange.objects.values_list("why", flat=True))
    assert why == {
        "4 counted views became 8, its music changed",
        "the pool is shared anew, for views of others changed",
        "2 counted views became 3",
    }
    splits = done.splitchanges.get()
    assert (splits.country, splits.owner) == ("DE", ada.creator)
    assert "pool:feed_ads:DE:2026-11: " in str(splits)
    told = queries.revision_content(revision=_revised(ben))
    french = 393_750  # stays
    assert sum(part.amount_micros for part in told.splits) == splits.after_micros + french
    parts = newest_parts(period=period)
    lines = newest_lines(period=period)
    assert sum(parts.values()) + sum(line.micros for line in lines.values()) == usd(107).micros
    assert queries.line_changes(creator=ada.creator, correction=done)[0].change.micros != 0
    assert check_books() == []


def test_a_pool_that_nobody_watched_for_may_find_its_viewers() -> None:
    ada = make_act("Ada")
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting())
    assert dollars("platform:revenue:ads") == usd(100)
    corrected(counting(counted(ada, 1)))
    assert (_of(ada, "pending"), dollars("platform:revenue:ads")) == (usd(45), usd(55))
    assert check_books() == []


def test_the_reason_says_what_became_of_the_views(acts: tuple[Act, Act]) -> None:
    ada, ben = acts
    lake = counting(counted(ada, 6), counted(ben, 1), rejected(ben, 4, outcome=Outcome.BOT))
    outcomes = {
        ("DE", act.video_id, NOVEMBER_1): {"qualified": 5, "repeat": n}
        for n, act in enumerate(acts)
    }
    changes = find_changes(name="2026-11", count=lake, outcomes=outcomes)
    why = {change.creator_id: change.why for change in changes.lines}
    assert why == {
        ada.creator.pk: "1 arrived later",
        ben.creator.pk: "4 more are bot, 1 fewer are repeat, 1 are not there any more",
    }
    was = Seen(2, {"qualified": 2}, ())
    assert why_changed(was, was) == "the pool is shared anew, for views of others changed"
    gone = why_changed(Seen(2, {"qualified": 2}, ()), Seen(0, {}, ()))
    assert gone == "2 are not there any more"


@pytest.mark.parametrize(
    ("damage", "invariant"),
    [
        (
            "UPDATE settlement_linechange SET after_micros = after_micros + 1",
            "a correction shares what its pools held, no more and no less",
        ),
        (
            "UPDATE settlement_posting SET waiting_micros = waiting_micros + 1",
            "a correction moves exactly what its lines changed",
        ),
        (
            "UPDATE settlement_statementrevision SET amount_micros = 0",
            "every corrected statement is the newest of its lines and matches its digest",
        ),
        (
            "UPDATE settlement_statementrevision SET digest = 'another'",
            "every corrected statement is the newest of its lines and matches its digest",
        ),
    ],
)
def test_damage_is_found_and_named(acts: tuple[Act, Act], damage: str, invariant: str) -> None:
    ada, _ = acts
    corrected(counting(counted(ada, 5)))
    assert check_books() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("linechange", "posting", "statementrevision"):
            cursor.execute(f"ALTER TABLE settlement_{table} DISABLE TRIGGER USER")
        cursor.execute(damage)
    assert invariant in {found.invariant for found in check_books()}


class Crash(Exception):  # noqa: N818 - it stands for a power cut
    """The power goes."""


def test_a_crash_between_any_two_owners_is_finished_by_posting_again() -> None:
    ada, ben = make_act("Ada", tracks=[make_track(holder="north")]), make_act("Ben")
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5), counted(ben, 5)))
    found = approved(counting(counted(ada, 9), counted(ben, 5)))

    def die(_step: str, done: int, _total: int) -> None:
        if done == died[-1] + 1:
            died.append(done)
            raise Crash

    died = [-1]
    for _ in range(4):  # before each of two creators and one holder, and before the end
        with pytest.raises(Crash):
            post_correction(correction=found, at=LATER, progress=die)
    done = post_correction(correction=found, at=LATER, progress=die)
    assert done.finished_at == LATER
    assert Posting.objects.count() == 3
    assert StatementRevision.objects.count() == 2
    picture = all_balances()
    again = post_correction(correction=found, at=LATER + WINDOW)
    assert (again.finished_at, all_balances()) == (LATER, picture)
    assert ShareLine.objects.count() == 2
    assert check_books() == []


def test_two_workers_at_once_post_each_owner_once(acts: tuple[Act, Act]) -> None:
    ada, _ = acts
    found = approved(counting(counted(ada, 5)))

    def overtake(_step: str, done: int, _total: int) -> None:
        if done == 0 and not Posting.objects.exists():
            post_correction(correction=found, at=LATER)

    done = post_correction(correction=found, at=LATER + WINDOW, progress=overtake)
    assert done.finished_at == LATER
    assert (_of(ada, "pending"), Posting.objects.count()) == (usd(45), 2)
    assert check_books() == []


def test_views_without_money_are_stated_again_and_move_nothing() -> None:
    ada = make_act("Ada")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 2)))
    corrected(counting(counted(ada, 3)))
    assert (Posting.objects.get().entry_id, _revised(ada).views) == (None, 3)
    assert all_balances() == {}
    assert check_books() == []

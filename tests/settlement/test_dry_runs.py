"""Dry runs: a whole close worked out and kept, compared with last month, and nothing posted."""

import datetime as dt
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from config.commands import closing
from takings.core import clock
from takings.events.queries import Outcome
from takings.ledger.queries import check_books
from takings.people.models import StaffAct, User
from takings.people.queries import OperatorsOnly
from takings.settlement import queries
from takings.settlement.actions import (
    Asked,
    CloseUnderWay,
    CountViews,
    DryRunIdTaken,
    close_period,
    dry_run,
    refresh_estimates,
)
from takings.settlement.models import CloseStage, DryRun, Period, ShareLine, Stage, Statement
from takings.settlement.queries.dry_runs import UnknownDryRun
from takings.settlement.rules import AlreadyClosed, PeriodNotOver, moved_shares, share_bp
from takings.videos.models import Video
from tests.make.ledger import all_balances, usd
from tests.make.people import make_operator, make_user
from tests.make.settlement import (
    DECEMBER,
    counted,
    counting,
    make_act,
    make_pool,
    make_split,
    rejected,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db
NOVEMBER = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def tried(
    lake: CountViews,
    *,
    name: str = "2026-11",
    id: UUID | None = None,  # noqa: A002 - the run's
    operator: User | None = None,
) -> DryRun:
    return dry_run(name=name, asked=Asked(id or uuid4(), operator, DECEMBER), count=lake)


def test_a_dry_run_says_what_the_close_then_does_and_moves_nothing() -> None:
    ada, ben = make_act("Ada", tracks=[make_track(holder="north")]), make_act("Ben")
    make_split(ada.creator, ben.creator, Video.objects.get(pk=ada.video_id))
    make_pool("100")
    make_pool("7", country="FR")
    lake = counting(
        counted(ada, 5), counted(ben, 3), rejected(ben, 2), counted(ben, 1, country="IT")
    )
    before = all_balances()
    run = tried(lake)
    assert all_balances() == before
    assert not CloseStage.objects.exists()
    assert str(run).endswith("2026-12-01 00:00")

    period = close_period(name="2026-11", at=DECEMBER, count=lake)
    said = dict(CloseStage.objects.values_list("stage", "output_digest"))
    assert (run.pools_digest, run.lines_digest) == (said["frozen"], said["allocated"])
    assert run.counts_digest == CloseStage.objects.get(stage="counted").input_digest
    shares = run.shares.order_by("creator_id").values_list("creator_id", "views", "amount_micros")
    stated = Statement.objects.order_by("creator_id")
    assert list(shares) == list(stated.values_list("creator_id", "views", "amount_micros"))
    pools = queries.pool_results(period=period)
    parts = ("total_micros", "creators_micros", "rights_micros", "platform_micros", "views")
    for kept, paid in zip(run.pools.order_by("country"), pools, strict=True):
        assert [getattr(kept, part) for part in parts] == [getattr(paid, part) for part in parts]
    assert run.line_count == ShareLine.objects.count()


def test_two_dry_runs_of_the_same_numbers_are_equal_and_one_id_is_one_run() -> None:
    lake = counting(counted(make_act("Ada"), 5))
    make_pool("100")
    operator = make_operator()
    first, second = tried(lake), tried(lake, operator=operator)
    assert first.lines_digest == second.lines_digest
    assert tried(counting(), id=second.pk) == second
    assert DryRun.objects.count() == 2
    machine, act = StaffAct.objects.order_by("pk")
    assert (act.operator, act.act, act.target) == (operator, "close_tried", "period:2026-11")
    assert str(machine) == "the machine close_tried period:2026-11"
    assert queries.dry_runs(period=first.period) in ([first, second], [second, first])
    with pytest.raises(DryRunIdTaken):
        tried(lake, name="2026-10", id=first.pk)
    make_pool("1")
    assert tried(lake).pools_digest != first.pools_digest


def test_only_an_open_period_that_is_over_is_tried() -> None:
    make_pool("100", period="2026-12")
    with pytest.raises(PeriodNotOver):
        tried(counting(), name="2026-12")

    def die(step: str, _done: int, _total: int) -> None:
        if step == Stage.COUNTED:
            raise PeriodNotOver(period="", ends_at=DECEMBER)

    with pytest.raises(PeriodNotOver):
        close_period(name="2026-11", at=DECEMBER, count=counting(), progress=die)
    with pytest.raises(CloseUnderWay, match="2026-11 is being closed"):
        tried(counting())
    close_period(name="2026-11", at=DECEMBER, count=counting())
    with pytest.raises(AlreadyClosed, match="numbers are final"):
        tried(counting())
    assert not DryRun.objects.exists()
    assert Period.objects.count() == 1


def test_the_report_names_what_somebody_should_look_at() -> None:
    ada, ben, cleo = make_act("Ada"), make_act("Ben"), make_act("Cleo")
    make_pool("100", period="2026-10")
    october = dt.date(2026, 10, 5)
    old = counting(counted(ada, 90, day=october), counted(ben, 10, day=october))
    close_period(name="2026-10", at=NOVEMBER, count=old)
    make_pool("100")
    make_pool("3", country="FR")
    lake = counting(
        counted(ada, 50),
        counted(ben, 8),
        counted(cleo, 42),
        counted(ben, 4, country="IT"),
        rejected(ben, 20, outcome=Outcome.BOT),
        rejected(ben, 4, outcome=Outcome.REPEAT),
    )
    refresh_estimates(at=DECEMBER, count=counting(counted(ada, 50), counted(ben, 50)))
    report = queries.dry_run_report(run=tried(lake))
    assert report.before == queries.period(name="2026-10")
    assert report.totals == (usd(103),)
    told = [(row.creator, row.before_bp, row.now_bp) for row in report.moved]
    assert told == [(cleo.creator, 0, 4_200), (ada.creator, 9_000, 5_000)]
    assert [row.creator for row in report.largest] == [ada.creator, cleo.creator, ben.creator]
    first = report.largest[0]
    assert (first.amount, first.before, first.estimated) == (usd("22.5"), usd("40.5"), usd("22.5"))
    assert [pool.country for pool in report.without_views] == ["FR"]
    assert [pool.country for pool in report.without_money] == ["IT"]
    assert [(one.outcome, one.views, one.bp) for one in report.outcomes] == [
        ("qualified", 104, 8_125),
        ("bot", 20, 1_562),
        ("repeat", 4, 312),
    ]
    assert check_books() == []


def test_the_first_month_has_nothing_to_be_compared_with() -> None:
    make_pool("100")
    report = queries.dry_run_report(run=tried(counting(counted(make_act("Ada"), 1))))
    assert (report.before, report.moved) == (None, ())
    assert share_bp(3, whole=0) == 0
    assert list(moved_shares({1: 5}, {})) == []


def test_only_operators_see_a_dry_run() -> None:
    run = tried(counting())
    assert queries.access_dry_run(user=make_operator(), run_id=run.pk) == run
    with pytest.raises(OperatorsOnly):
        queries.access_dry_run(user=make_user("Eve"), run_id=run.pk)
    with pytest.raises(UnknownDryRun):
        queries.access_dry_run(user=make_operator("Pavel"), run_id=uuid4())


@pytest.mark.parametrize("table", ["dryrun", "dryrunpool", "dryrunshare", "dryrunoutcome"])
def test_the_database_keeps_what_was_tried(table: str) -> None:
    make_pool("100")
    run = tried(counting(counted(make_act("Ada"), 1)))
    rows = [run, run.pools.get(), run.shares.get(), run.outcomes.get()]
    assert [str(row) for row in rows[1:]] == [
        "pool:feed_ads:DE:2026-11: 100000000 USD",
        f"{run.shares.get().creator_id}: 45000000 USD",
        "DE qualified: 1",
    ]
    with (
        pytest.raises(DatabaseError, match="never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM settlement_{table}")  # noqa: S608 - names of tables


def test_the_command_shows_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = make_act("Ada")
    lake = counting(counted(ada, 5))
    make_pool("100")
    make_pool("3", country="FR")
    monkeypatch.setattr(clock, "now", lambda: DECEMBER)
    monkeypatch.setattr(closing, "dry_run", lambda **words: dry_run(**words | {"count": lake}))
    closing.try_close("2026-11")
    said = capsys.readouterr().out
    assert "Nothing was posted." in said
    assert "Look: pool:feed_ads:FR:2026-11 holds $3.00 and has no counted view." in said
    assert DryRun.objects.get().lines_digest in said

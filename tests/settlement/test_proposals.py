"""Two people close a period: what one proposes another approves, while the numbers hold."""

from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from takings.ledger.queries import check_books
from takings.people.models import User
from takings.people.queries import OperatorsOnly
from takings.settlement import queries
from takings.settlement.actions import (
    Asked,
    CloseWaits,
    CountViews,
    NumbersChanged,
    ProposalAnswered,
    ProposalIdTaken,
    ProposalNeedsReason,
    SecondPersonNeeded,
    approve_close,
    close_period,
    decline_close,
    dry_run,
    propose_close,
    stop_close,
)
from takings.settlement.models import CloseProposal, CloseStage, DryRun, Period, Stage, Status
from takings.settlement.queries.proposals import UnknownProposal
from takings.settlement.rules import AlreadyClosed
from takings.videos.models import Video
from tests.make.ledger import all_balances, dollars, usd
from tests.make.people import make_operator, make_user
from tests.make.settlement import (
    DECEMBER,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
)
from tests.make.videos import make_track

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Act:
    make_pool("100")
    return make_act("Ada")


@pytest.fixture
def lake(ada: Act) -> CountViews:
    return counting(counted(ada, 5))


@pytest.fixture
def olga() -> User:
    return make_operator("Olga")


@pytest.fixture
def pavel() -> User:
    return make_operator("Pavel")


def proposed(
    lake: CountViews,
    olga: User,
    *,
    run: DryRun | None = None,
    id: UUID | None = None,  # noqa: A002 - its own
) -> CloseProposal:
    made = run or dry_run(name="2026-11", asked=Asked(uuid4(), olga, DECEMBER), count=lake)
    return propose_close(
        operator=olga, run=made, reason="It is over.", id=id or uuid4(), at=DECEMBER
    )


def approved(found: CloseProposal, pavel: User, lake: CountViews) -> CloseProposal:
    return approve_close(proposal=found, operator=pavel, answer="Yes.", at=DECEMBER, count=lake)


def test_what_is_approved_is_what_is_closed(ada: Act, lake: CountViews, pavel: User) -> None:
    found = approved(proposed(lake, make_operator()), pavel, lake)
    with pytest.raises(CloseWaits):
        proposed(lake, pavel)
    assert (found.is_approved, found.answered_by, found.snapshot_id) == (True, pavel, 7)
    assert Period.objects.get().status == Status.OPEN
    close_period(name="2026-11", at=DECEMBER, count=lake, approved=found.run)
    assert dollars(f"creator:{ada.creator.pk}:pending") == usd(45)
    assert CloseStage.objects.get(stage="allocated").output_digest == found.run.lines_digest
    assert check_books() == []
    with pytest.raises(AlreadyClosed):
        proposed(lake, make_operator(), run=found.run)


def test_an_approval_is_refused_with_what_changed(ada: Act, lake: CountViews, pavel: User) -> None:
    found = proposed(lake, make_operator())
    more = counting(counted(ada, 6))
    with pytest.raises(NumbersChanged, match="views were 5 and are 6"):
        approved(found, pavel, more)
    Video.objects.get(pk=ada.video_id).tracks.set([make_track(holder="north")])
    with pytest.raises(NumbersChanged, match="the same views and pools are shared otherwise"):
        approved(found, pavel, lake)
    make_pool("1")
    with pytest.raises(NumbersChanged, match="the pools hold other amounts"):
        approved(found, pavel, lake)
    found.refresh_from_db()
    assert found.is_approved is None
    assert Period.objects.get().status == Status.OPEN


def test_a_close_stops_before_anything_is_frozen_when_a_pool_moved_after_the_approval(
    lake: CountViews, olga: User, pavel: User
) -> None:
    found = approved(proposed(lake, olga), pavel, lake)
    make_pool("1")
    before = all_balances()
    with pytest.raises(NumbersChanged) as refused:
        close_period(name="2026-11", at=DECEMBER, count=lake, approved=found.run)
    assert (Period.objects.get().status, all_balances()) == (Status.OPEN, before)
    stop_close(proposal=found, why=str(refused.value))
    assert queries.waiting_closes() == 0
    again = approved(proposed(lake, olga), pavel, lake)
    assert queries.close_proposals(period=again.period) in ([again, found], [found, again])
    close_period(name="2026-11", at=DECEMBER, count=lake, approved=again.run)
    assert check_books() == []


def test_a_close_whose_lines_come_out_otherwise_posts_nothing(
    ada: Act, lake: CountViews, pavel: User
) -> None:
    found = approved(proposed(lake, make_operator()), pavel, lake)
    Video.objects.get(pk=ada.video_id).tracks.set([make_track(holder="north")])
    before = all_balances()
    with pytest.raises(NumbersChanged):
        close_period(name="2026-11", at=DECEMBER, count=lake, approved=found.run)
    assert all_balances() == before
    assert not CloseStage.objects.filter(stage=Stage.ALLOCATED).exists()


def test_four_eyes_are_kept_by_code_and_by_the_database(
    lake: CountViews, olga: User, pavel: User
) -> None:
    found = proposed(lake, olga)
    with pytest.raises(SecondPersonNeeded):
        approved(found, olga, lake)
    with pytest.raises(SecondPersonNeeded):
        decline_close(proposal=found, operator=olga, answer="No.", at=DECEMBER)
    with pytest.raises(ProposalNeedsReason):
        decline_close(proposal=found, operator=pavel, answer=" ", at=DECEMBER)
    said = CloseProposal.objects.get()
    said.is_approved, said.answered_by, said.answered_at = False, olga, DECEMBER
    with pytest.raises(DatabaseError, match="another_person_closes"), transaction.atomic():
        said.save()
    assert queries.waiting_closes() == 1
    declined = decline_close(proposal=found, operator=pavel, answer="Too soon.", at=DECEMBER)
    assert (declined.is_approved, declined.snapshot_id) == (False, None)
    with pytest.raises(ProposalAnswered):
        approved(found, pavel, lake)
    with pytest.raises(ProposalAnswered):
        decline_close(proposal=found, operator=pavel, answer="No.", at=DECEMBER)
    assert queries.waiting_closes() == 0
    with (
        pytest.raises(DatabaseError, match="answered once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE settlement_closeproposal SET reason = 'Another.'")


def test_one_proposal_waits_and_its_id_is_the_callers(
    lake: CountViews, olga: User, pavel: User
) -> None:
    found = proposed(lake, olga)
    assert proposed(lake, olga, run=found.run, id=found.pk) == found
    with pytest.raises(ProposalIdTaken):
        proposed(lake, olga, id=found.pk)
    with pytest.raises(CloseWaits, match="Another proposal to close 2026-11 waits"):
        proposed(lake, pavel)
    with pytest.raises(ProposalNeedsReason):
        propose_close(operator=olga, run=found.run, reason=" ", id=uuid4(), at=DECEMBER)
    assert str(found).endswith("It is over.")
    assert queries.access_close_proposal(user=pavel, proposal_id=found.pk) == found
    with pytest.raises(OperatorsOnly):
        queries.access_close_proposal(user=make_user("Eve"), proposal_id=found.pk)
    with pytest.raises(UnknownProposal):
        queries.close_proposal(proposal_id=uuid4())

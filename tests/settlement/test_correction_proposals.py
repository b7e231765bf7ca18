"""A correction is proposed by one, answered by another, and only of a closed period."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from takings.people.models import StaffAct
from takings.people.queries import OperatorsOnly
from takings.settlement import queries
from takings.settlement.actions import (
    CorrectionNotApproved,
    CorrectionWaits,
    NotClosedYet,
    NumbersChanged,
    ProposalAnswered,
    ProposalIdTaken,
    ProposalNeedsReason,
    SecondPersonNeeded,
    Wanted,
    approve_correction,
    decline_correction,
    find_changes,
    post_correction,
    propose_correction,
)
from takings.settlement.queries.corrections import UnknownCorrection
from tests.make.corrections import LATER, REASON, proposed
from tests.make.ledger import all_balances
from tests.make.people import make_operator, make_user
from tests.make.settlement import (
    Act,
    counted,
    counting,
)

pytestmark = pytest.mark.django_db


def test_four_eyes_are_kept_by_code_and_by_the_database(acts: tuple[Act, Act]) -> None:
    ada, _ = acts
    olga, pavel = make_operator("Olga"), make_operator("Pavel")
    before = all_balances()
    found = proposed(counting(counted(ada, 5)), operator=olga)
    assert queries.waiting_corrections() == 1
    with pytest.raises(SecondPersonNeeded):
        approve_correction(correction=found, operator=olga, answer="Me.", at=LATER)
    with pytest.raises(CorrectionNotApproved):
        post_correction(correction=found, at=LATER)
    with pytest.raises(ProposalNeedsReason):
        decline_correction(correction=found, operator=pavel, answer=" ", at=LATER)
    with pytest.raises(CorrectionWaits, match="Another correction of 2026-11"):
        proposed(counting(counted(ada, 4)), operator=pavel)
    declined = decline_correction(correction=found, operator=pavel, answer="No farm.", at=LATER)
    with pytest.raises(ProposalAnswered):
        approve_correction(correction=declined, operator=pavel, answer="Yes.", at=LATER)
    with pytest.raises(CorrectionNotApproved):
        post_correction(correction=declined, at=LATER)
    assert all_balances() == before
    assert queries.waiting_corrections() == 0
    acts_of = StaffAct.objects.filter(target="period:2026-11").order_by("pk")
    assert [(act.operator, act.act) for act in acts_of] == [
        (olga, "correction_proposed"),
        (pavel, "correction_declined"),
    ]
    assert str(declined).startswith("correction 1 of ")
    for statement in (
        "UPDATE settlement_correction SET reason = 'Another.'",
        "UPDATE settlement_correction SET is_approved = TRUE",
        "DELETE FROM settlement_linechange",
    ):
        with (
            pytest.raises(DatabaseError, match="never"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_a_proposal_is_what_was_seen_and_its_id_is_the_callers(acts: tuple[Act, Act]) -> None:
    ada, ben = acts
    lake = counting(counted(ada, 5))
    found = proposed(lake)
    wanted = Wanted(found.pk, make_operator(), "2026-11", REASON, "", LATER)
    assert propose_correction(wanted=wanted, count=lake) == found
    with pytest.raises(ProposalIdTaken):
        proposed(lake, id=found.pk, reason="Another.")
    with pytest.raises(ProposalNeedsReason):
        proposed(lake, reason=" ")
    with pytest.raises(NumbersChanged, match="views came in since"):
        propose_correction(
            wanted=Wanted(uuid4(), make_operator(), "2026-11", REASON, "seen before", LATER),
            count=counting(counted(ben, 5)),
        )
    assert queries.corrections(period=found.period) == [found]
    assert queries.access_correction(user=make_operator(), correction_id=found.pk) == found
    with pytest.raises(OperatorsOnly):
        queries.access_correction(user=make_user("Eve"), correction_id=found.pk)
    with pytest.raises(UnknownCorrection):
        queries.correction(correction_id=uuid4())


def test_only_a_closed_period_is_corrected() -> None:
    with pytest.raises(NotClosedYet, match="2026-11 is not closed yet"):
        find_changes(name="2026-11", count=counting())

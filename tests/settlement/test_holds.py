"""Holds: payable money is kept back with a reason and an end, and comes back once."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

from takings.core import clock
from takings.ledger.queries import check_books, entry
from takings.people.models import Creator, StaffAct, User
from takings.people.queries import OperatorsOnly
from takings.settlement import jobs, queries
from takings.settlement.actions import (
    AlreadyLifted,
    HoldHasNoSuchEnd,
    HoldIdTaken,
    HoldNeedsReason,
    HoldTerms,
    NotThatMuchPayable,
    hold_earnings,
    lift_ended_holds,
    lift_hold,
)
from takings.settlement.models import EarningsHold, HoldLift
from takings.settlement.queries.holds import UnknownHeldEarnings
from tests.make.ledger import all_balances, dollars, make_posted, move, usd
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_operator

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
TERMS = HoldTerms(reason="We look at unusual views of 1 November.", ends_at=NOON + 30 * DAY)


@pytest.fixture
def ada() -> Creator:
    """Ada, to whom 45 dollars are payable."""
    creator = make_creator("Ada")
    make_posted(move("bank", f"creator:{creator.pk}:payable", "45"))
    return creator


@pytest.fixture
def olga() -> User:
    return make_operator()


def hold(ada: Creator, olga: User, amount: str = "20", *, id: UUID | None = None) -> EarningsHold:  # noqa: A002 - the hold's
    return hold_earnings(
        operator=olga, creator=ada, amount=usd(amount), terms=TERMS, id=id or uuid4(), at=NOON
    )


def money_of(ada: Creator) -> tuple[object, object]:
    return dollars(f"creator:{ada.pk}:payable"), dollars(f"creator:{ada.pk}:held")


def test_what_is_held_is_not_payable_and_the_act_is_written_down(ada: Creator, olga: User) -> None:
    held = hold(ada, olga)
    assert money_of(ada) == (usd(25), usd(20))
    assert entry(id=held.entry_id).kind == "earnings_held"
    act = StaffAct.objects.get(act="earnings_held")
    assert (act.operator, act.target, act.reason) == (olga, f"hold:{held.pk}", TERMS.reason)
    assert queries.open_holds(creator=ada) == queries.open_holds() == [held]
    assert str(held) == f"{ada.pk}: 20000000 USD"
    assert check_books() == []


def test_the_same_hold_again_changes_nothing_and_another_one_under_its_id_is_refused(
    ada: Creator, olga: User
) -> None:
    held = hold(ada, olga)
    before = all_balances()
    assert hold(ada, olga, id=held.pk) == held
    with pytest.raises(HoldIdTaken):
        hold(ada, olga, "21", id=held.pk)
    assert all_balances() == before
    assert StaffAct.objects.filter(act="earnings_held").count() == 1


@pytest.mark.parametrize(
    ("terms", "amount", "refusal"),
    [
        (TERMS, "45.000001", NotThatMuchPayable),
        (dataclasses.replace(TERMS, reason=" "), "20", HoldNeedsReason),
        (dataclasses.replace(TERMS, ends_at=NOON), "20", HoldHasNoSuchEnd),
        (dataclasses.replace(TERMS, ends_at=NOON + 91 * DAY), "20", HoldHasNoSuchEnd),
    ],
)
def test_a_hold_without_reason_end_or_money_is_refused(
    ada: Creator, olga: User, *, terms: HoldTerms, amount: str, refusal: type[Exception]
) -> None:
    before = all_balances()
    with pytest.raises(refusal):
        hold_earnings(
            operator=olga, creator=ada, amount=usd(amount), terms=terms, id=uuid4(), at=NOON
        )
    assert all_balances() == before
    assert not EarningsHold.objects.exists()
    assert not StaffAct.objects.filter(act="earnings_held").exists()


def test_the_refusal_says_what_is_payable(ada: Creator, olga: User) -> None:
    hold(ada, olga, "40")
    with pytest.raises(NotThatMuchPayable, match=r"\$5\.000001 cannot be held: \$5\.00 is payable"):
        hold(ada, olga, "5.000001")


def test_it_is_lifted_at_its_end_by_the_clock_and_not_before(
    ada: Creator, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = hold(ada, olga)
    assert lift_ended_holds(at=TERMS.ends_at - dt.timedelta.resolution) == 0
    assert money_of(ada) == (usd(25), usd(20))
    monkeypatch.setattr(clock, "now", lambda: TERMS.ends_at)
    jobs.lift_holds(timestamp=0)
    jobs.lift_holds(timestamp=0)
    assert money_of(ada) == (usd(45), usd(0))
    lift = HoldLift.objects.get()
    assert (lift.lifted_by, lift.reason, str(lift)) == (
        None,
        "Its time was over.",
        f"lift of {held.pk}",
    )
    assert entry(id=lift.entry_id).kind == "hold_lifted"
    assert queries.open_holds() == []
    assert queries.lifted_holds(most=5) == [held]
    assert check_books() == []


def test_an_operator_lifts_it_once_with_a_reason(ada: Creator, olga: User) -> None:
    held = hold(ada, olga)
    with pytest.raises(HoldNeedsReason):
        lift_hold(hold=held, operator=olga, reason="", at=NOON + DAY)
    assert money_of(ada) == (usd(25), usd(20))
    lift = lift_hold(hold=held, operator=olga, reason="All views are real.", at=NOON + DAY)
    assert (lift.lifted_by, money_of(ada)) == (olga, (usd(45), usd(0)))
    before = all_balances()
    with pytest.raises(AlreadyLifted):
        lift_hold(hold=held, operator=olga, reason="Again.", at=NOON + DAY)
    assert lift_ended_holds(at=TERMS.ends_at) == 0
    assert all_balances() == before
    assert StaffAct.objects.filter(act="hold_lifted").count() == 1


def test_money_held_without_a_hold_is_found(ada: Creator, olga: User) -> None:
    hold(ada, olga)
    make_posted(move(f"creator:{ada.pk}:payable", f"creator:{ada.pk}:held", "1"))
    (found,) = check_books()
    assert found.row == f"account:creator:{ada.pk}:held"
    assert "its holds say 20000000 USD micro-units, it holds 21000000" in found.sentence


def test_only_operators_reach_a_hold(ada: Creator, olga: User) -> None:
    held = hold(ada, olga)
    assert queries.access_earnings_hold(user=olga, hold_id=held.pk) == held
    with pytest.raises(OperatorsOnly):
        queries.access_earnings_hold(user=ada.user, hold_id=held.pk)
    with pytest.raises(UnknownHeldEarnings):
        queries.access_earnings_hold(user=olga, hold_id=uuid4())


def test_holds_and_lifts_never_change(ada: Creator, olga: User) -> None:
    lift_hold(hold=hold(ada, olga), operator=olga, reason="Fine.", at=NOON)
    for table in ("settlement_earningshold", "settlement_holdlift"):
        for words in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608 - ours
            with (
                pytest.raises(DatabaseError, match="never change"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(words)


@pytest.mark.django_db(transaction=True)
def test_of_two_holds_and_two_lifts_at_once_the_money_allows_one() -> None:
    ada, olga = make_creator("Ada"), make_operator()
    make_posted(move("bank", f"creator:{ada.pk}:payable", "45"))

    def tried(work: Callable[[], object]) -> str:
        try:
            work()
        except (NotThatMuchPayable, AlreadyLifted) as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(tried, [lambda: hold(ada, olga, "30")] * 4))
        assert sorted(answers) == ["done", *["not_that_much_payable"] * 3]
        assert money_of(ada) == (usd(15), usd(30))
        (held,) = queries.open_holds()
        answers = list(
            pool.map(
                tried, [lambda: lift_hold(hold=held, operator=olga, reason="Fine.", at=NOON)] * 4
            )
        )
    assert sorted(answers) == [*["already_lifted"] * 3, "done"]
    assert money_of(ada) == (usd(45), usd(0))
    assert check_books() == []


def test_the_desk_holds_and_lifts_and_the_creator_reads_why(
    ada: Creator, olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    desk, studio = Client(), Client()
    desk.force_login(olga)
    studio.force_login(ada.user)
    assert "Nothing is held" in page_text(desk.get("/desk/holds/"))
    assert "is held" not in page_text(studio.get("/studio/statements/"))
    asked = {
        "id": str(uuid4()),
        "handle": f"@{ada.handle}",
        "amount": "20",
        "currency": "USD",
        "last_day": "2026-11-30",
        "reason": "Odd views.",
    }
    for _ in range(2):  # a click too many
        page = page_text(desk.post("/desk/holds/", asked, follow=True))
        assert f"$20.00 of @{ada.handle} is held." in page
    (held,) = queries.open_holds()
    assert held.ends_at == dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert "$20.00 is held until" in page_text(studio.get("/studio/statements/"))
    assert "Odd views." in page_text(studio.get("/studio/statements/"))
    too_much = page_text(desk.post("/desk/holds/", asked | {"id": str(uuid4()), "amount": "26"}))
    assert "$26.00 cannot be held: $25.00 is payable." in too_much
    other = page_text(desk.post("/desk/holds/", asked | {"id": str(uuid4()), "currency": "EUR"}))
    assert "€20.00 cannot be held: €0.00 is payable." in other
    unknown = page_text(desk.post("/desk/holds/", asked | {"handle": "nobody"}))
    assert "There is no creator called @nobody." in unknown
    lift = f"/desk/holds/{held.pk}/lift/"
    assert "goes back to what is payable at once" in page_text(desk.get(lift))
    assert "This field is required" in page_text(desk.post(lift, {"reason": ""}))
    page = page_text(desk.post(lift, {"reason": "Real views."}, follow=True))
    assert f"$20.00 of @{ada.handle} is payable again." in page
    assert "Real views." in page
    assert desk.post(lift, {"reason": "Again."}).status_code == 409
    assert studio.get("/desk/holds/").status_code == 404
    assert studio.post(lift, {"reason": "I want it."}).status_code == 404
    assert money_of(ada) == (usd(45), usd(0))

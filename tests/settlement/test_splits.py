"""Splits: what a video earns is shared as all agreed, from the next day on, to the micro-unit."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from takings.ledger.queries import check_books, entry
from takings.money import Money
from takings.people.models import Creator
from takings.settlement import queries
from takings.settlement.actions import (
    NotYourVideo,
    SplitIsOpen,
    SplitIsSettled,
    accept_split,
    close_period,
    decline_split,
    end_split,
    propose_split,
    release_earnings,
)
from takings.settlement.models import Split, SplitLine, SplitPart, Statement
from takings.settlement.queries.splits import UnknownSplit, terms_of
from takings.settlement.rules import BadShares, SplitTerms, end_day, split_amount
from takings.videos.models import Video
from tests.make.ledger import dollars, usd
from tests.make.people import make_creator
from tests.make.settlement import (
    DECEMBER,
    NOVEMBER_1,
    OCTOBER,
    WINDOW,
    Act,
    counted,
    counting,
    make_act,
    make_pool,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NOVEMBER = dt.datetime(2026, 11, 10, 15, tzinfo=dt.UTC)
Parties = list[tuple[Creator, int]]


def proposed(act: Act, parties: Parties, *, at: dt.datetime = OCTOBER) -> Split:
    video = Video.objects.get(pk=act.video_id)
    return propose_split(owner=act.creator, video=video, shares_bp=parties, id=uuid4(), at=at)


def agreed(act: Act, parties: Parties, *, at: dt.datetime = OCTOBER) -> Split:
    split = proposed(act, parties, at=at)
    for party, _ in parties:
        split = accept_split(split=split, creator=party, at=at)
    return split


def pending(creator: Creator) -> Money:
    return dollars(f"creator:{creator.pk}:pending")


def amounts() -> dict[int, int]:
    return dict(Statement.objects.values_list("creator_id", "amount_micros"))


def test_three_share_to_the_micro_unit_and_each_has_a_statement_and_is_paid() -> None:
    ada, ben, cleo = make_act("Ada"), make_creator("Ben"), make_creator("Cleo")
    split = agreed(ada, [(ben, 3_333), (cleo, 3_333)])
    assert (split.status, split.owner_bp) == ("agreed", 3_334)
    make_pool("0.000222")  # 99.9 of it are the creators', so 99 whole micro-units
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    earned = usd("0.0001").micros
    assert sum(amounts().values()) == earned
    assert amounts() == {ada.creator.pk: 34, ben.pk: 33, cleo.pk: 33}
    for creator in (ada.creator, ben, cleo):
        assert pending(creator).micros == amounts()[creator.pk]
    lines = SplitLine.objects.all()
    assert {entry(id=line.entry_id).kind for line in lines} == {"earnings_split"}
    assert str(lines[0]).endswith("DE: 33 USD")
    assert release_earnings(at=DECEMBER + WINDOW).released_count == 3
    assert dollars(f"creator:{ben.pk}:payable").micros == 33
    assert check_books() == []


def test_only_days_after_the_last_party_agreed_and_before_the_end_are_shared() -> None:
    ada, ben, cleo = make_act("Ada"), make_creator("Ben"), make_creator("Cleo")
    split = proposed(ada, [(ben, 2_500), (cleo, 2_500)], at=OCTOBER)
    split = accept_split(split=split, creator=ben, at=NOVEMBER - 5 * DAY)
    assert (split.status, split.first_day, terms_of(split)) == ("proposed", None, None)
    split = accept_split(split=split, creator=cleo, at=NOVEMBER)
    assert split.first_day == dt.date(2026, 11, 11)
    split = end_split(split=split, creator=ben, at=NOVEMBER + 2 * DAY)
    assert (split.status, split.end_day, split.ended_by) == ("ended", dt.date(2026, 11, 13), ben)
    make_pool("100")
    days = [NOVEMBER_1.replace(day=day) for day in (10, 11, 12, 13)]
    views = [counted(ada, 25, day=day) for day in days]
    close_period(name="2026-11", at=DECEMBER, count=counting(*views))
    assert sorted(set(SplitLine.objects.values_list("day", flat=True))) == days[1:3]
    assert pending(ada.creator) == usd("33.75")
    assert pending(ben) == pending(cleo) == usd("5.625")
    assert check_books() == []


def test_an_agreement_that_ends_before_it_began_never_holds() -> None:
    ada, ben = make_act("Ada"), make_creator("Ben")
    split = end_split(split=agreed(ada, [(ben, 5_000)], at=NOVEMBER), creator=ben, at=NOVEMBER)
    assert split.first_day == split.end_day == dt.date(2026, 11, 11)
    make_pool("100")
    views = counted(ada, 5, day=dt.date(2026, 11, 11))
    close_period(name="2026-11", at=DECEMBER, count=counting(views))
    assert not SplitLine.objects.exists()
    assert pending(ben) == usd(0)


def test_two_agreements_one_after_the_other_each_hold_on_their_days() -> None:
    ada, ben, cleo = make_act("Ada"), make_creator("Ben"), make_creator("Cleo")
    first = agreed(ada, [(ben, 5_000)])
    end_split(split=first, creator=ada.creator, at=NOVEMBER)
    agreed(ada, [(cleo, 10_000)], at=NOVEMBER)
    make_pool("100")
    days = [dt.date(2026, 11, 10), dt.date(2026, 11, 11)]
    views = [counted(ada, 5, day=day) for day in days]
    close_period(name="2026-11", at=DECEMBER, count=counting(*views))
    assert (pending(ada.creator), pending(ben), pending(cleo)) == (
        usd("11.25"),
        usd("11.25"),
        usd("22.5"),
    )
    assert queries.splits_of(creator=ada.creator)[1] == first
    assert [one.owner for one in queries.splits_of(creator=cleo)] == [ada.creator]


def test_a_party_with_earnings_of_their_own_has_one_statement_of_both() -> None:
    ada, ben = make_act("Ada"), make_act("Ben")
    agreed(ada, [(ben.creator, 5_000)])
    agreed(ben, [(ada.creator, 1_000)])
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5), counted(ben, 5)))
    assert amounts() == {ada.creator.pk: 13_500_000, ben.creator.pk: 31_500_000}
    (told,) = queries.statement(creator=ben.creator, period=queries.period(name="2026-11"))
    content = queries.statement_content(statement=told)
    assert sorted(part.amount_micros for part in content.splits) == [-2_250_000, 11_250_000]
    assert content.digest() == told.digest
    assert len(queries.split_lines(statement=told)) == 2
    assert check_books() == []


def test_a_close_that_is_repeated_shares_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ada, ben = make_act("Ada"), make_creator("Ben")
    agreed(ada, [(ben, 5_000)])
    make_pool("100")
    lake = counting(counted(ada, 5))
    posting = "takings.settlement.actions.close.confirm_posted"

    def dies(_period: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(posting, dies)
        with pytest.raises(KeyboardInterrupt):  # everything is posted, nothing says so
            close_period(name="2026-11", at=DECEMBER, count=lake)
    close_period(name="2026-11", at=DECEMBER, count=lake)
    close_period(name="2026-11", at=DECEMBER, count=lake)
    assert (pending(ada.creator), pending(ben)) == (usd("22.5"), usd("22.5"))
    assert check_books() == []


def test_a_line_that_moves_other_money_is_found() -> None:
    ada, ben = make_act("Ada"), make_creator("Ben")
    agreed(ada, [(ben, 5_000)])
    make_pool("100")
    close_period(name="2026-11", at=DECEMBER, count=counting(counted(ada, 5)))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE settlement_splitline DISABLE TRIGGER USER")
        cursor.execute("UPDATE settlement_splitline SET amount_micros = amount_micros + 1")
    assert "what is shared among creators is what its entry moved" in {
        found.invariant for found in check_books()
    }


def test_a_proposal_needs_a_video_of_ones_own_and_shares_that_make_a_whole() -> None:
    ada, ben, cleo = make_act("Ada"), make_creator("Ben"), make_creator("Cleo")
    many: Parties = [(make_creator("Mo"), 1) for _ in range(10)]
    bad: list[Parties] = [
        [],
        many,
        [(ben, 6_000), (cleo, 4_001)],
        [(ben, 0)],
        [(ben, -5)],
        [(ben, 5), (ben, 5)],
        [(ada.creator, 5)],
    ]
    for parties in bad:
        with pytest.raises(BadShares):
            proposed(ada, parties)
    video = Video.objects.get(pk=ada.video_id)
    with pytest.raises(NotYourVideo):
        propose_split(owner=ben, video=video, shares_bp=[(cleo, 5)], id=uuid4(), at=OCTOBER)
    assert not Split.objects.exists()


def test_a_video_has_one_open_split_and_the_same_proposal_again_is_the_same() -> None:
    ada, ben = make_act("Ada"), make_creator("Ben")
    split = proposed(ada, [(ben, 5_000)])
    video = Video.objects.get(pk=ada.video_id)
    again = propose_split(
        owner=ada.creator, video=video, shares_bp=[(ben, 5_000)], id=split.pk, at=OCTOBER
    )
    assert again == split
    with pytest.raises(SplitIsOpen):
        proposed(ada, [(ben, 1_000)])
    assert (Split.objects.count(), SplitPart.objects.count()) == (1, 1)
    decline_split(split=split)
    assert proposed(ada, [(ben, 1_000)]) != split


def test_what_was_answered_stays_so() -> None:
    ada, ben, cleo = make_act("Ada"), make_creator("Ben"), make_creator("Cleo")
    split = proposed(ada, [(ben, 5_000)])
    with pytest.raises(SplitIsSettled, match="not yours"):
        accept_split(split=split, creator=cleo, at=OCTOBER)
    with pytest.raises(SplitIsSettled):
        end_split(split=split, creator=ben, at=OCTOBER)
    first = accept_split(split=split, creator=ben, at=OCTOBER)
    assert accept_split(split=split, creator=ben, at=NOVEMBER).first_day == first.first_day
    with pytest.raises(SplitIsSettled, match="is agreed"):
        decline_split(split=split)
    end_split(split=split, creator=ada.creator, at=NOVEMBER)
    with pytest.raises(SplitIsSettled, match="is ended"):
        accept_split(split=split, creator=ben, at=NOVEMBER)
    with pytest.raises(SplitIsSettled, match="is ended"):
        end_split(split=split, creator=ben, at=NOVEMBER)
    assert str(Split.objects.get()).endswith(": ended")
    assert str(SplitPart.objects.get()).endswith(": 5000 bp")


def test_strangers_do_not_see_it() -> None:
    ada, ben, eve = make_act("Ada"), make_creator("Ben"), make_creator("Eve")
    split = proposed(ada, [(ben, 5_000)])
    for party in (ada.creator, ben):
        assert queries.access_split(user=party.user, split_id=split.pk) == split
    with pytest.raises(UnknownSplit):
        queries.access_split(user=eve.user, split_id=split.pk)
    assert queries.splits_of(creator=eve) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement_splitpart SET share_bp = 9000",
        "UPDATE settlement_split SET first_day = '2020-01-01'",
        "UPDATE settlement_split SET status = 'proposed', first_day = NULL",
        "DELETE FROM settlement_splitpart",
        "DELETE FROM settlement_split",
        "UPDATE settlement_splitline SET amount_micros = 1",
    ],
)
def test_the_database_keeps_what_was_agreed(statement: str) -> None:
    ada, ben = make_act("Ada"), make_creator("Ben")
    agreed(ada, [(ben, 5_000)])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with (
        pytest.raises(DatabaseError, match="never change"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_accepted_and_declined_at_once_it_is_one_of_both() -> None:
    ada, ben = make_act("Ada"), make_creator("Ben")
    split = proposed(ada, [(ben, 5_000)])

    def tried(work: Callable[[], object]) -> bool:
        try:
            work()
        except SplitIsSettled:
            return False
        finally:
            connections.close_all()
        return True

    works: list[Callable[[], object]] = [
        lambda: accept_split(split=split, creator=ben, at=OCTOBER),
        lambda: decline_split(split=split),
    ]
    with ThreadPoolExecutor(2) as pool:
        accepted, declined = pool.map(tried, works)
    assert accepted != declined
    assert Split.objects.get().status == ("agreed" if accepted else "declined")


def test_an_agreement_ends_on_the_next_day_and_not_before_it_began() -> None:
    next_day = dt.date(2026, 11, 11)
    for first, end in ((None, next_day), (dt.date(2026, 11, 1), next_day), (next_day, next_day)):
        assert end_day(first=first, ended_at=NOVEMBER) == end
    later = dt.date(2026, 12, 1)
    assert end_day(first=later, ended_at=NOVEMBER) == later


@given(
    micros=st.integers(0, 10**12),
    shares=st.dictionaries(st.integers(2, 10), st.integers(1, 1_111), min_size=1, max_size=9),
)
def test_the_parts_sum_to_the_whole(micros: int, shares: dict[int, int]) -> None:
    terms = SplitTerms(1, shares, dt.date(2026, 11, 1))
    parts = split_amount(amount=Money(micros, "USD"), terms=terms)
    assert sum(part.micros for part in parts.values()) == micros
    for party, bp in shares.items():
        assert abs(parts[party].micros * 10_000 - micros * bp) < 10_000

"""One amount from the brand to the creator, or back: by milestone, by silence, by a bank."""

from csv import DictReader
from dataclasses import replace
from io import StringIO

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from takings.ads import queries as ads
from takings.ledger.queries import check_books, entry
from takings.money import Money
from takings.payments.actions import answer_dispute
from takings.payments.models import Payment
from takings.payments.queries import evidence_lines, receipts_of, refunding
from takings.settlement.actions import close_period
from takings.settlement.models import DirectEarning
from takings.settlement.rules import PLATFORM
from takings.sponsorships import actions, queries
from takings.sponsorships.actions import settling
from takings.sponsorships.models import Deal, Funding, Milestone, Release, Settled, Step, TakenBack
from takings.sponsorships.queries import checks
from tests.make.deals import (
    TERMS,
    Pair,
    agreed,
    approved,
    card_paid,
    card_started,
    deposit,
    dollars,
    handed_in,
    published,
    running,
    usd,
)
from tests.make.ledger import all_balances
from tests.make.passes import Time
from tests.make.payments import (
    DISPUTED_LOST,
    DISPUTED_WON,
    asked,
    happenings,
    pay,
    send,
    work_all,
)
from tests.make.people import make_operator
from tests.make.settlement import counting

pytestmark = pytest.mark.django_db


def plain(amount: Money) -> str:
    return f"{amount.decimal().normalize():f}"


def held(deal: Deal) -> str:
    return plain(sum((dollars(one.account) for one in deal.fundings.all()), usd("0")))


def has(pair: Pair, *names: str) -> list[str]:
    accounts = {
        "ada": f"creator:{pair.creator.pk}:pending",
        "ours": "platform:revenue:deals",
        "prepaid": f"advertiser:{pair.brand.pk}:prepaid",
    }
    return [plain(dollars(accounts.get(name, name))) for name in names]


def status(deal: Deal) -> str:
    deal.refresh_from_db()
    return deal.status


def test_a_deal_paid_from_the_prepaid_balance_leaves_milestone_by_milestone(
    pair: Pair, time: Time
) -> None:
    deal = running(pair)
    assert (held(deal), has(pair, "ada", "ours", "prepaid")) == ("500", ["0", "0", "0"])
    again = actions.fund_from_prepaid(seat=pair.bea(deal), at=time.now)
    assert (again.pk, entry(id=again.entry_id).kind) == (deal.fundings.get().pk, "deal_funded")
    published(pair, deal)
    assert (held(deal), has(pair, "ada", "ours")) == ("100", ["360", "40"])
    money = ads.balances(brand=pair.brand, currency="USD")
    assert (money.deals, money.deposited, money.prepaid) == (usd("500"), usd("500"), usd("0"))
    assert [one.kind for one in ads.movements(brand=pair.brand)] == [
        "deal_funded",
        "prepaid_received",
    ]
    assert actions.keep_clocks(at=time.go(2, 8)) == 0
    assert actions.keep_clocks(at=time.go(2, 9)) == 1
    assert (held(deal), has(pair, "ada", "ours", "prepaid")) == ("0", ["450", "50", "0"])
    assert (status(deal), actions.keep_clocks(at=time.now)) == ("done", 0)
    earned = DirectEarning.objects.order_by("pk").values_list("product", "count", "share_micros")
    assert [*earned] == [
        ("deals", 1, 90 * 10**6),
        ("deals", 1, 270 * 10**6),
        ("deals", 1, 90 * 10**6),
    ]
    picture = queries.picture(deal)
    parts = (picture.paid_in, picture.creator, picture.platform)
    assert [plain(one) for one in parts] == ["500", "450", "50"]
    assert (picture.held, picture.back) == (usd("0"), usd("0"))
    assert check_books() == []


def test_money_that_is_not_there_starts_nothing(pair: Pair, time: Time) -> None:
    deal, before = agreed(pair), all_balances()
    deposit(pair, "499.99")
    with pytest.raises(actions.NotEnoughPrepaid, match=r"does not cover \$500.00"):
        actions.fund_from_prepaid(seat=pair.bea(deal), at=time.now)
    with pytest.raises(actions.NotYourPart, match="brand"):
        actions.fund_from_prepaid(seat=pair.ada(deal), at=time.now)
    with pytest.raises(actions.NotYourPart):
        card_started(replace(pair, member=pair.creator.user), deal)
    assert (status(deal), Funding.objects.count(), Milestone.objects.count()) == ("agreed", 0, 0)
    assert all_balances() != before  # the deposit alone
    assert held(deal) == "0"


def test_signing_is_paid_as_soon_as_the_money_is_there(pair: Pair) -> None:
    deal = agreed(pair, replace(TERMS, signed=usd("50")))
    payment = card_paid(pair, deal)
    asked(payment)  # told twice
    assert (status(deal), held(deal), has(pair, "ada", "ours")) == ("running", "500", ["45", "5"])
    assert (payment.amount, payment.tax) == (usd("550"), usd("0"))
    assert [paper.kind for paper in receipts_of(payment)] == ["receipt"]
    assert check_books() == []


def test_a_creator_who_is_silent_gives_the_money_back_to_where_it_came_from(
    pair: Pair, time: Time
) -> None:
    deal = running(pair)
    assert actions.keep_clocks(at=time.go(2, 1, 13)) == 0
    assert actions.keep_clocks(at=time.go(2, 1)) == 1
    assert (status(deal), held(deal), has(pair, "prepaid", "ada")) == ("ended", "0", ["500", "0"])
    assert queries.picture(deal).back == usd("500")
    assert check_books() == []


def test_a_brand_that_is_silent_has_approved(pair: Pair, time: Time) -> None:
    deal = running(pair)
    work = handed_in(pair, deal)
    assert actions.keep_clocks(at=time.go(1, 27, 13)) == 0
    assert actions.keep_clocks(at=time.go(1, 27)) == 1
    work.refresh_from_db()
    assert (work.stage, has(pair, "ada")) == ("approved", ["90"])
    assert Step.objects.filter(deal=deal, kind="silence", taken_by=None).exists()
    assert actions.keep_clocks(at=time.go(2, 3)) == 1  # and it was never published
    assert (status(deal), has(pair, "ada", "prepaid")) == ("ended", ["90", "400"])
    assert check_books() == []


def test_a_card_gets_back_what_was_not_earned_and_a_silent_company_is_asked_again(
    pair: Pair, time: Time
) -> None:
    deal = agreed(pair)
    payment = card_paid(pair, deal)
    approved(pair, deal)
    actions.give_up(seat=pair.ada(deal), words="I am ill.", at=time.now)
    assert (status(deal), held(deal)) == ("ended", "400")
    assert actions.return_money(funding_id=payment.pk, at=time.now)
    assert not actions.return_money(funding_id=payment.pk, at=time.now)
    asked(payment)
    assert (held(deal), refunding(payment)) == ("0", usd("0"))
    assert actions.return_all_money(at=time.now) == 0
    assert has(pair, "ada", "ours") == ["90", "10"]
    assert check_books() == []


def test_what_a_card_pays_twice_or_too_late_goes_back_whole(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    twice = card_started(pair, deal)
    card_paid(pair, deal)
    pay(twice)
    asked(twice)
    assert (held(deal), Funding.objects.filter(is_wanted=False).count()) == ("1000", 1)
    one = deal.fundings.get(is_wanted=True)
    one.pk = one.entry_id = deal.pk
    with pytest.raises(IntegrityError, match="a_deal_is_paid_in_once"), transaction.atomic():
        one.save(force_insert=True)
    assert actions.return_all_money(at=time.now) == 1
    asked(twice)
    assert (status(deal), held(deal)) == ("running", "500")
    assert check_books() == []


def told_paid(pair: Pair, deal: Deal, card: str) -> Payment:
    """Pay by a card with a story, and hear only that it is paid; the rest comes later."""
    payment = card_started(pair, deal)
    pay(payment, card)
    send(next(one for one in happenings(payment) if one.kind == "succeeded"))
    work_all()
    payment.refresh_from_db()
    return payment


def test_a_bank_that_takes_the_payment_takes_what_was_released_and_ends_the_deal(
    pair: Pair, time: Time
) -> None:
    deal = agreed(pair)
    payment = told_paid(pair, deal, DISPUTED_LOST)
    actions.say(seat=pair.bea(deal), words="Lovely, thank you.", at=time.now)
    approved(pair, deal)
    asked(payment)
    assert (held(deal), has(pair, "ada", "ours", "platform:loss")) == ("0", ["0", "0", "0"])
    assert (status(deal), TakenBack.objects.get().total_micros) == ("ended", 100 * 10**6)
    assert not actions.return_money(funding_id=payment.pk, at=time.now)
    told = "\n".join(evidence_lines(payment))
    assert deal.digest in told
    assert "Video 1 “A week on the trail”: closed, approved " in told
    assert "Said by Bea: Lovely, thank you." in told
    client = Client()
    client.force_login(make_operator())
    file = client.get("/deals/desk/fees.csv").content.decode()
    # nine tenths of the $100.00 were the creator's, until the bank took all
    rows = list(DictReader(StringIO(file)))
    assert [(one["paid"], one["creator_share"], one["fee"]) for one in rows] == [
        ("100.000000", "90.000000", "10.000000"),
        ("-100.000000", "-90.000000", "-10.000000"),
    ]
    assert check_books() == []


def test_a_bank_that_gives_it_again_gives_it_to_those_who_had_it(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    payment = told_paid(pair, deal, DISPUTED_WON)
    published(pair, deal)
    seat = pair.bea(deal)
    actions.open_dispute(seat=seat, reason="Too dark.", id=deal.pk, at=time.now)
    asked(payment)
    assert (held(deal), has(pair, "ada", "ours")) == ("0", ["0", "0"])
    assert queries.disputes().get().answer == "overtaken"
    [fact] = payment.facts.filter(kind="disputed")
    answer_dispute(operator=make_operator(), dispute=fact, note="It is online.", at=time.now)
    assert has(pair, "ada", "ours") == ["360", "40"]
    assert held(deal) == "100"  # what was never earned goes back to the card
    assert actions.return_money(funding_id=payment.pk, at=time.now)
    asked(payment)
    assert (held(deal), status(deal)) == ("0", "ended")
    assert Release.objects.count() == 4
    assert check_books() == []


def test_a_part_that_a_bank_takes_is_taken_of_the_newest_first(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    payment = card_paid(pair, deal)
    published(pair, deal)
    time.go(2, 9)
    actions.keep_clocks(at=time.now)
    settling.put_back(deal, missing=usd("120"), at=time.now)
    rows = TakenBack.objects.order_by("pk").values_list("total_micros", "share_micros")
    assert [*rows] == [(100 * 10**6, 90 * 10**6), (20 * 10**6, 18 * 10**6)]
    settling.release_again(deal, left=usd("110"), at=time.now)
    assert has(pair, "ada", "ours") == ["441", "49"]
    settling.release_again(deal, left=usd("10"), at=time.now)
    assert (held(deal), has(pair, "ada")) == ("0", ["450"])
    assert payment.amount == usd("500")
    assert check_books() == []


def test_after_the_close_the_platform_advances_what_a_correction_takes(
    pair: Pair, time: Time
) -> None:
    deal = agreed(pair)
    payment = told_paid(pair, deal, DISPUTED_LOST)
    approved(pair, deal)
    close_period(name="2027-01", at=time.go(2, 10), count=counting())
    asked(payment)
    assert has(pair, "ada", PLATFORM) == ["90", "-100"]
    assert (held(deal), status(deal)) == ("0", "ended")
    assert check_books() == []


def test_bug_1_a_milestone_leaves_once_the_database_says_so(pair: Pair, time: Time) -> None:
    deal = running(pair)
    approved(pair, deal)
    [paid] = Settled.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        settling.give_back([paid.milestone], why="Both.", at=time.now)
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        Settled.objects.update(brand_micros=paid.creator_micros, creator_micros=0)
    first = Milestone.objects.filter(settled__isnull=True).first()
    assert first is not None
    with pytest.raises(IntegrityError, match="leaves_once_and_whole"), transaction.atomic():
        Settled.objects.create(
            milestone=first,
            creator_micros=first.amount_micros,
            brand_micros=first.amount_micros,
            amount_micros=first.amount_micros,
            why="Both.",
            settled_at=time.now,
        )
    assert (held(deal), check_books()) == ("400", [])


def test_the_books_find_what_is_wrong_with_deals(pair: Pair, time: Time) -> None:
    deal = running(pair)
    other = Milestone.objects.create(deal=deal, kind="signed", number=0, amount_micros=5 * 10**6)
    found = {one.invariant for one in check_books()}
    assert found == {checks.MILESTONES_ARE_THE_MONEY.invariant}
    Settled.objects.create(
        milestone=other,
        creator_micros=0,
        brand_micros=6 * 10**6,
        amount_micros=6 * 10**6,
        why="x",
        settled_at=time.now,
    )
    Deal.objects.update(status="done")
    found = {one.invariant for one in check_books()}
    assert found == {one.invariant for one in checks.CHECKS}


def test_the_books_find_a_deal_that_was_paid_in_for_nothing(pair: Pair, time: Time) -> None:
    deal = agreed(pair)
    Funding.objects.create(
        id=deal.pk,
        deal=deal,
        way="card",
        currency="USD",
        amount_micros=1,
        country="DE",
        is_wanted=True,
        paid_by=pair.member,
        entry_id=deal.pk,
        paid_at=time.now,
    )
    assert [one.row for one in check_books()] == [f"deal:{deal.pk}"]

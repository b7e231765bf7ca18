"""An advertiser's money before it is charged: paid in, lent, given back, never overspent."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection

from takings.ads import actions, queries
from takings.ads.actions import (
    CurrencyNotSold,
    DepositIdTaken,
    LeaseRequest,
    NothingLeft,
    NotRunning,
)
from takings.ads.models import Campaign, Deposit, Lease
from takings.core import ids
from takings.core.errors import Refusal
from takings.ledger.queries import entries_touching
from takings.ledger.rules import AmountNotPositive
from takings.money import Money
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_lease, usd
from tests.make.people import NOON

MINUTE = dt.timedelta(minutes=1)
ID = uuid.UUID("0193b5a0-0000-7000-8000-000000000001")


def money_of(campaign: Campaign) -> tuple[Money, Money]:
    found = queries.balances(brand=campaign.brand, currency="USD")
    return found.prepaid, found.reserved


@pytest.mark.django_db
def test_a_deposit_is_prepaid_money_and_one_entry() -> None:
    brand, _ = make_advertiser()
    deposit = actions.deposit_prepaid(brand=brand, amount=usd("100"), id=ID, at=NOON)
    assert deposit.amount == usd("100")
    assert queries.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert str(deposit) == f"{brand}: 100000000 USD"
    [line] = entries_touching(account=queries.prepaid_account(brand.pk))
    assert (line.id, line.kind, line.change) == (ID, "prepaid_received", usd("100"))


@pytest.mark.django_db
def test_peer_bug_15_the_same_top_up_twice_is_one_and_another_body_is_refused() -> None:
    brand, _ = make_advertiser()
    for at in (NOON, NOON + MINUTE):
        actions.deposit_prepaid(brand=brand, amount=usd("100"), id=ID, at=at)
    other, _ = make_advertiser()
    for who, amount in ((brand, usd("101")), (other, usd("100"))):
        with pytest.raises(DepositIdTaken):
            actions.deposit_prepaid(brand=who, amount=amount, id=ID, at=NOON)
    assert queries.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert not queries.prepaid(brand_id=other.pk, currency="USD")
    assert Deposit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_peer_bug_15_ten_clicks_at_once_pay_in_once() -> None:
    brand, _ = make_advertiser()

    def click(_number: int) -> None:
        try:
            actions.deposit_prepaid(brand=brand, amount=usd("100"), id=ID, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(click, range(10)))
    assert queries.prepaid(brand_id=brand.pk, currency="USD") == usd("100")


@pytest.mark.django_db
def test_a_deposit_of_nothing_or_of_another_currency_is_refused() -> None:
    brand, _ = make_advertiser()
    for amount, refusal in (
        (usd("0"), AmountNotPositive),
        (usd("-1"), AmountNotPositive),
        (Money(1, "EUR"), CurrencyNotSold),
    ):
        with pytest.raises(refusal):
            actions.deposit_prepaid(brand=brand, amount=amount, id=ID, at=NOON)
    assert not Deposit.objects.exists()


@pytest.mark.django_db
def test_a_lease_moves_money_from_prepaid_to_reserved() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    assert lease.amount_micros == 10 * 4_250
    assert money_of(campaign) == (usd("99.9575"), usd("0.0425"))
    campaign.refresh_from_db()
    assert campaign.committed == usd("0.0425")
    assert str(lease) == f"server-1 holds 42500 of {campaign.pk}"


@pytest.mark.django_db
def test_the_same_request_leases_once() -> None:
    campaign = make_campaign()
    request = LeaseRequest(ID, "server-1")
    for at in (NOON, NOON + MINUTE):
        actions.lease_budget(line_item_id=campaign.pk, request=request, at=at)
    assert money_of(campaign)[1] == usd("0.0425")


@pytest.mark.django_db
def test_a_busy_server_gets_more_but_never_more_than_a_sixteenth() -> None:
    campaign = make_campaign()
    assert make_lease(campaign, used_before=100).amount_micros == 200 * 4_250
    assert make_lease(campaign, used_before=1_000_000).amount_micros == 281 * 4_250


@pytest.mark.django_db
def test_a_campaign_that_does_not_run_lends_nothing() -> None:
    draft = make_campaign(wanted=Wanted(is_active=False))
    active = make_campaign()
    for campaign, at in (
        (draft, NOON),
        (active, NOON - MINUTE),
        (active, NOON + dt.timedelta(days=30)),
    ):
        with pytest.raises(NotRunning):
            make_lease(campaign, at=at)
    assert not Lease.objects.exists()


@pytest.mark.django_db
def test_leases_end_where_the_budget_or_the_prepaid_money_ends() -> None:
    small_budget = make_campaign(wanted=Wanted(budget=usd("0.05")))
    assert make_lease(small_budget).amount_micros == 42_500
    assert make_lease(small_budget).amount_micros == 4_250
    small_balance = make_campaign(wanted=Wanted(deposit=usd("0.009")))
    assert make_lease(small_balance).amount_micros == 2 * 4_250
    for campaign in (small_budget, small_balance):
        with pytest.raises(NothingLeft):
            make_lease(campaign)
    assert money_of(small_balance) == (usd("0.0005"), usd("0.0085"))


@pytest.mark.django_db
def test_the_database_refuses_more_than_the_budget() -> None:
    campaign = make_campaign()
    campaign.committed_micros = campaign.budget_micros + 1
    with pytest.raises(IntegrityError, match="budget_is_never_exceeded"):
        campaign.save()


@pytest.mark.django_db(transaction=True)
def test_servers_that_ask_at_once_share_the_budget_and_no_more() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("0.2")))

    def ask(number: int) -> int:
        try:
            request = LeaseRequest(ids.uuid7(at=NOON), f"server-{number}")
            lease = actions.lease_budget(line_item_id=campaign.pk, request=request, at=NOON)
        except Refusal:
            return 0
        finally:
            connection.close()
        return lease.amount_micros

    with ThreadPoolExecutor(4) as pool:
        leased = sum(pool.map(ask, range(12)))
    campaign.refresh_from_db()
    assert leased == campaign.committed_micros == 47 * 4_250
    assert money_of(campaign) == (usd("100") - campaign.committed, campaign.committed)


@pytest.mark.django_db(transaction=True)
def test_campaigns_of_one_brand_never_hold_more_than_it_paid() -> None:
    brand, member = make_advertiser()
    first = make_campaign(brand, member=member, wanted=Wanted(deposit=usd("0.1")))
    second = make_campaign(brand, member=member, wanted=Wanted(deposit=None))

    def ask(number: int) -> None:
        try:
            request = LeaseRequest(ids.uuid7(at=NOON), f"server-{number}")
            campaign = (first, second)[number % 2]
            actions.lease_budget(line_item_id=campaign.pk, request=request, at=NOON)
        except Refusal:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(16)))
    prepaid, reserved = money_of(first)
    assert prepaid + reserved == usd("0.1")
    assert prepaid < usd("0.00425")


@pytest.mark.django_db
def test_a_retired_lease_keeps_only_what_was_promised() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    for at in (NOON + MINUTE, NOON + 2 * MINUTE):
        actions.retire_lease(lease_id=lease.pk, promised=usd("0.0085"), at=at)
    assert money_of(campaign) == (usd("99.9915"), usd("0.0085"))
    lease.refresh_from_db()
    assert (lease.expires_at, lease.closed_at) == (NOON + MINUTE, None)


@pytest.mark.django_db
def test_a_lease_nobody_was_promised_anything_of_is_closed_at_once() -> None:
    campaign = make_campaign()
    lease = make_lease(campaign)
    actions.retire_lease(lease_id=lease.pk, promised=usd("0"), at=NOON + MINUTE)
    lease.refresh_from_db()
    assert lease.closed_at == NOON + MINUTE
    assert money_of(campaign) == (usd("100"), usd("0"))
    actions.retire_lease(lease_id=lease.pk, promised=usd("0"), at=NOON + 2 * MINUTE)
    lease.refresh_from_db()
    assert lease.closed_at == NOON + MINUTE


@pytest.mark.django_db
def test_what_no_beacon_can_claim_goes_back_after_the_last_token_and_the_margin() -> None:
    campaign = make_campaign()
    make_lease(campaign)  # its server dies and never says what it promised
    last = NOON + 5 * MINUTE + 30 * MINUTE + 60 * MINUTE
    assert actions.return_leases(at=last - MINUTE) == 0
    assert actions.return_leases(at=last) == 1
    assert actions.return_leases(at=last) == 0
    assert money_of(campaign) == (usd("100"), usd("0"))
    campaign.refresh_from_db()
    assert not campaign.committed


@pytest.mark.django_db(transaction=True)
def test_two_workers_return_a_lease_once() -> None:
    campaign = make_campaign()
    make_lease(campaign)

    def work(_number: int) -> int:
        try:
            return actions.return_leases(at=NOON + dt.timedelta(hours=2))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert money_of(campaign) == (usd("100"), usd("0"))

"""Random lives of two campaigns: whatever happens in whatever order, every micro-unit is kept."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.ads import actions, queries
from takings.ads.actions import LeaseRequest, key_ring
from takings.ads.models import BilledImpression, Campaign, Charge, Lease, RejectedImpression
from takings.ads.rules.judging import Beacon
from takings.ads.rules.tokens import Decision
from takings.core import ids
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import User
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_decision, usd
from tests.make.people import NOON

VERBS = (
    *("lease", "decide", "decide", "decide", "see", "see", "see", "forge", "charge", "retire"),
    *("renew", "return", "pause", "resume", "deposit", "wait"),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(VERBS),
        st.integers(0, 50),
        st.sampled_from([0, 1_999, 2_000, 5_000, 1_800_000, 1_800_001]),
    ),
    max_size=60,
)


@dataclass
class Life:
    """Two campaigns of one brand, and what happens to them."""

    campaigns: list[Campaign]
    member: User
    now: dt.datetime = NOON
    leases: list[Lease] = field(default_factory=list)
    promised: dict[uuid.UUID, int] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    waiting: list[Beacon] = field(default_factory=list)
    segments: int = 0

    def take(self, verb: str, which: int, delay_ms: int) -> None:
        """Take one step; refusals are answers, not failures."""
        self.now += dt.timedelta(seconds=20)
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(which, dt.timedelta(milliseconds=delay_ms))
        except Refusal:
            pass

    def _lease(self, which: int, _delay: dt.timedelta) -> None:
        campaign = self.campaigns[which % 2]
        request = LeaseRequest(ids.uuid7(at=self.now), "server", which)
        lease = actions.lease_budget(line_item_id=campaign.pk, request=request, at=self.now)
        lease.campaign = campaign
        self.leases.append(lease)

    def _decide(self, which: int, _delay: dt.timedelta) -> None:
        """Decide, like a careless server, even beyond what the lease holds."""
        if self.leases:
            lease = self.leases[which % len(self.leases)]
            decision = make_decision(lease, country=("DE", "FR")[which % 2], at=self.now)
            self.decisions.append(decision)
            self.promised[lease.pk] = self.promised.get(lease.pk, 0) + decision.price.micros

    def _see(self, which: int, delay: dt.timedelta) -> None:
        if self.decisions:
            decision = self.decisions[which % len(self.decisions)]
            received_at = decision.issued_at + delay
            stranger = uuid.uuid4() if which % 9 == 8 else decision.viewer_id
            token = key_ring().sign(decision)
            beacon = Beacon(ids.uuid7(at=received_at), token, stranger, received_at)
            self.waiting += [beacon] * (1 + which % 3)

    def _forge(self, which: int, _delay: dt.timedelta) -> None:
        self.waiting.append(Beacon(uuid.uuid4(), "0" * which, uuid.uuid4(), self.now))

    def _charge(self, which: int, _delay: dt.timedelta) -> None:
        self.segments += which % 4 > 0  # now and then, the same segment again
        name = f"segment-{self.segments}"
        actions.charge_beacons(segment=name, beacons=self.waiting, at=self.now)
        if which % 3:
            self.waiting = []

    def _retire(self, which: int, _delay: dt.timedelta) -> None:
        if self.leases:
            lease = self.leases[which % len(self.leases)]
            micros = min(self.promised.get(lease.pk, 0), lease.amount_micros)
            promised = Money(micros, lease.campaign.currency)
            actions.retire_lease(lease_id=lease.pk, promised=promised, at=self.now)

    def _renew(self, which: int, _delay: dt.timedelta) -> None:
        if self.leases:
            lease = self.leases[which % len(self.leases)]
            actions.renew_lease(lease_id=lease.pk, at=self.now)

    def _return(self, _which: int, _delay: dt.timedelta) -> None:
        actions.return_leases(at=self.now)

    def _pause(self, which: int, _delay: dt.timedelta) -> None:
        campaign_id = self.campaigns[which % 2].pk
        actions.pause_campaign(campaign_id=campaign_id, user=self.member, at=self.now)

    def _resume(self, which: int, _delay: dt.timedelta) -> None:
        campaign_id = self.campaigns[which % 2].pk
        actions.activate_campaign(campaign_id=campaign_id, user=self.member, at=self.now)

    def _deposit(self, which: int, _delay: dt.timedelta) -> None:
        brand = self.campaigns[0].brand
        amount = Money(which * 1_001, "USD")
        actions.deposit_prepaid(brand=brand, amount=amount, id=uuid.uuid4(), at=self.now)

    def _wait(self, which: int, _delay: dt.timedelta) -> None:
        self.now += dt.timedelta(minutes=which)

    def check(self) -> None:
        """Every law of an advertiser's money, on the rows as they are."""
        billed = list(BilledImpression.objects.select_related("lease__line_item__campaign"))
        seen = sum(row.price_micros for row in billed)
        charged = sum(charge.amount_micros for charge in Charge.objects.all())
        pools = sum(pool.balance.micros for pool in ledger.balances(prefix="pool:"))
        assert seen == charged == pools
        for row in billed:
            assert row.price_micros == row.lease.line_item.event_price.micros
        for charge in Charge.objects.all():
            entry = ledger.entry(id=charge.entry_id)
            assert [move.amount for move in entry.transfers] == [charge.amount]
            pool = f"pool:feed_ads:{charge.country}:{charge.period}"
            assert entry.transfers[0].credit == pool
        found = queries.balances(brand=self.campaigns[0].brand, currency="USD")
        assert found.deposited == found.prepaid + found.reserved + found.spent
        assert found.spent.micros == charged
        for campaign in Campaign.objects.all():
            spent = sum(row.price_micros for row in billed if row.campaign_id == campaign.pk)
            assert spent <= campaign.committed_micros <= campaign.budget_micros
            assert campaign.committed_micros == campaign.line_items.get().committed_micros
        decided = {decision.decision_id for decision in self.decisions}
        assert {row.pk for row in billed} <= decided
        reported = {*(row.event_id for row in billed)}
        assert not reported & set(RejectedImpression.objects.values_list("pk", flat=True))
        assert not ledger.check_books()


@pytest.mark.no_cover
@pytest.mark.django_db
def test_every_micro_unit_is_kept_in_every_life() -> None:
    brand, member = make_advertiser()
    wanted = Wanted(budget=usd("0.3"), deposit=usd("0.2"), countries=())
    dearer = Wanted(cpm=usd("7.001"), budget=usd("0.3"), deposit=usd("0.2"), countries=())
    campaigns = [make_campaign(brand, member=member, wanted=one) for one in (wanted, dearer)]

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int, int]]) -> None:
        with transaction.atomic():
            life = Life(campaigns, member)
            for verb, which, delay_ms in [("lease", 5, 0), ("lease", 6, 0), *steps]:
                life.take(verb, which, delay_ms)
            life.take("charge", 1, 0)
            life.check()
            life.now += dt.timedelta(days=1)
            actions.return_leases(at=life.now)
            life.check()
            assert not any(lease.room_micros for lease in Lease.objects.all())
            transaction.set_rollback(True)

    live()

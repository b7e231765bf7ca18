"""Random lives of a platform: whatever happens, in whatever order, twice and with crashes.

Every step is compared with books kept on paper, and ``check_books`` proves every invariant of
``docs/money.md``. A longer run: ``pytest tests/life --hypothesis-profile=long``.
"""

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from takings.ads import actions as ads
from takings.ads.actions import LeaseRequest, NothingLeft, NotRunning
from takings.ads.models import Lease
from takings.ledger import queries as ledger
from takings.ledger.actions import (
    AlreadyReversed,
    InsufficientFunds,
    ReversalIsFinal,
    SameIdOtherContent,
    post,
    reverse,
)
from takings.ledger.queries import UnknownEntry
from takings.ledger.rules import EntryDraft, TransferDraft, reversed_transfers
from takings.money import Money
from takings.payouts.actions import executing
from takings.policies.queries import policy
from takings.settlement import queries
from takings.settlement.actions import close_period, refresh_estimates, release_earnings
from takings.settlement.models import Period, Stage, Status
from takings.settlement.rules import PLATFORM, PoolKey, share_pool
from tests.life.lake import Lake, Watched
from tests.life.paying import PayingLife
from tests.life.reborn import Crash
from tests.life.world import fresh_id, make_beacons, make_world
from tests.make.ledger import make_entry, move
from tests.make.settlement import WINDOW

if TYPE_CHECKING:
    import datetime as dt

COUNTRIES = ("DE", "FR")
WHICH = st.integers(0, 1)
MICROS = st.integers(1, 200_000_000)
PLACES = st.sampled_from(["bank", "provider:test", "tax:DE:vat", "platform:fees", "rights:other"])
MOVES = st.lists(st.tuples(PLACES, PLACES, MICROS).filter(lambda m: m[0] != m[1]), min_size=1)
STEPS = [*Stage.values, *(f"posted {country}" for country in COUNTRIES)]
FATAL = st.sampled_from([*STEPS, *[""] * 4])
"""Before which step of a close the power goes; empty: it does not."""


class Life(PayingLife):
    """One life: brands pay, ads are charged, people watch, months close, creators are paid."""

    def __init__(self) -> None:
        """Begin with nothing watched and nothing closed."""
        super().__init__()
        self.lake = Lake()
        self.drafts: list[EntryDraft] = []
        self.undone: dict[UUID, UUID] = {}
        self.segments = 0
        self.closed: dict[str, dt.datetime] = {}
        self.released: set[str] = set()

    # Any entry: posted once, however often it comes; undone once ---------------------------

    @rule(moves=MOVES)
    def post_anything(self, moves: list[tuple[str, str, int]]) -> None:
        """Post an entry, twice; or see it refused because an account would fall below its floor."""
        transfers = tuple(move(a, b, Money(micros, "USD")) for a, b, micros in moves)
        draft = make_entry(*transfers, kind="anything_happened")
        if not self.paper.allows(transfers):
            with pytest.raises(InsufficientFunds):
                post(drafts=[draft], at=self.now)
            return
        for outcome in ("posted", "already_posted"):
            assert post(drafts=[draft], at=self.now)[0].outcome == outcome
        self.paper.apply(transfers)
        self.drafts.append(draft)

    @rule(micros=MICROS)
    def buy_coins(self, micros: int) -> None:
        """Let a viewer buy coins and give half of them away."""
        coins, half = Money(micros * 2, "COIN"), Money(micros, "COIN")
        bought = move("provider:test", "coins:liability", Money(micros, "USD"))
        issued, given = ("coins:issued", "viewer:3:coins"), ("viewer:3:coins", "coins:issued")
        draft = make_entry(bought, move(*issued, coins), move(*given, half), kind="coins_bought")
        post(drafts=[draft], at=self.now)
        self.paper.apply(draft.transfers)
        self.drafts.append(draft)

    @rule()
    def retry_everything(self) -> None:
        """Let every entry ever posted arrive again, in one call and backwards."""
        answers = post(drafts=self.drafts[::-1], at=self.now)
        assert {answer.outcome for answer in answers} <= {"already_posted"}

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), micros=MICROS)
    def reuse_an_id(self, data: st.DataObject, micros: int) -> None:
        """Use an old id for something new: refused, with everything else in the call."""
        old = data.draw(st.sampled_from(self.drafts))
        new = make_entry(move("bank", "rights:other", Money(micros, "USD")), memo="new")
        other = make_entry(*new.transfers, id=old.id, memo="other")
        with pytest.raises(SameIdOtherContent):
            post(drafts=[new, other], at=self.now)

    @precondition(lambda self: self.drafts)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        """Reverse an entry, twice: exact, once, and only if its money is still where it went."""
        draft = data.draw(st.sampled_from(self.drafts))
        if reversal := self.undone.get(draft.id):
            with pytest.raises(AlreadyReversed):
                reverse(entry_id=draft.id, id=uuid4(), at=self.now, memo="")
            with pytest.raises(ReversalIsFinal):
                reverse(entry_id=reversal, id=uuid4(), at=self.now, memo="")
            return
        back, key = reversed_transfers(draft.transfers), uuid4()
        if not self.paper.allows(back):
            with pytest.raises(InsufficientFunds):
                reverse(entry_id=draft.id, id=key, at=self.now, memo="")
            return
        for outcome in ("posted", "already_posted"):
            assert reverse(entry_id=draft.id, id=key, at=self.now, memo="").outcome == outcome
        self.paper.apply(back)
        self.undone[draft.id] = key

    # Advertisers pay, lease, are charged ---------------------------------------------------

    @rule(which=WHICH, micros=MICROS)
    def deposit(self, which: int, micros: int) -> None:
        """Let a brand pay in; the bank's message comes twice."""
        brand, amount = self.world.campaigns[which].brand, Money(micros, "USD")
        key = fresh_id(self.now)
        for _ in range(2):
            ads.deposit_prepaid(brand=brand, amount=amount, id=key, at=self.now)
        self._write(("bank", f"advertiser:{brand.pk}:prepaid", micros))

    @rule(which=WHICH, country=st.sampled_from(COUNTRIES), seen=st.integers(0, 14))
    def advertise(self, which: int, country: str, seen: int) -> None:
        """Lease a little, show the ad, charge what was seen; the segment is charged twice."""
        campaign = self.world.campaigns[which]
        request = LeaseRequest(fresh_id(self.now), "server")
        try:
            lease = ads.lease_budget(line_item_id=campaign.pk, request=request, at=self.now)
        except (NothingLeft, NotRunning):
            return
        prepaid = f"advertiser:{campaign.brand_id}:prepaid"
        reserved = f"advertiser:{campaign.brand_id}:reserved"
        self._write((prepaid, reserved, lease.amount_micros))
        lease.campaign = campaign
        beacons = make_beacons(lease, country=country, count=seen, at=self.now)
        pool = PoolKey(queries.open_period(at=self.now).name, country, "USD").account
        price = lease.line_item.event_price.micros
        billed = min(seen, lease.amount_micros // price)
        self.segments += 1
        for _ in range(2):
            mark = ads.charge_beacons(
                segment=f"segment-{self.segments}", beacons=beacons, at=self.now
            )
            assert (mark.billed_count, mark.rejected_count) == (billed, seen - billed)
        if billed:
            self._write((reserved, pool, billed * price))

    @rule()
    def return_leases(self) -> None:
        """Give back what no beacon can claim any more."""
        before = dict(Lease.objects.filter(closed_at=None).values_list("pk", "returned_micros"))
        ads.return_leases(at=self.now)
        for lease in Lease.objects.select_related("campaign").filter(pk__in=before):
            brand, back = lease.campaign.brand_id, lease.returned_micros - before[lease.pk]
            if back:
                self._write((f"advertiser:{brand}:reserved", f"advertiser:{brand}:prepaid", back))

    # People watch, time passes, months close -----------------------------------------------

    @rule(act=st.integers(0, 3), country=st.sampled_from(COUNTRIES), views=st.integers(1, 500))
    def watch(self, act: int, country: str, views: int) -> None:
        """Let views happen that count."""
        self.lake.watched.append(Watched(self.now, self.world.acts[act], country, views))

    @rule()
    def estimate(self) -> None:
        """Make the estimates anew; no money moves."""
        refresh_estimates(at=self.now, count=self.lake)

    @rule(fatal=FATAL)
    def close(self, fatal: str) -> None:
        """Close the oldest month that is over, or die on the way."""
        over = [period for period in self._unclosed() if period.ends_at <= self.now]
        if over:
            self._close(over[0], fatal=fatal)

    @rule(fatal=FATAL)
    def close_early(self, fatal: str) -> None:
        """Close what is still running, as the demo may."""
        period = queries.open_period(at=self.now)
        if period.starts_at < self.now:
            self._close(period, fatal=fatal)

    @rule()
    def release(self) -> None:
        """Make payable what was held long enough; a second time changes nothing."""
        for name, closed_at in self.closed.items():
            if closed_at + WINDOW <= self.now and name not in self.released:
                self.released.add(name)
                self._write_release(queries.period(name=name))
        assert release_earnings(at=self.now).waiting == ()
        assert release_earnings(at=self.now).released_count == 0

    def _unclosed(self) -> list[Period]:
        stored = Period.objects.exclude(status=Status.CLOSED).values_list("name", flat=True)
        names = queries.periods_with_money() | set(stored)
        return sorted((queries.period(name=name) for name in names), key=lambda p: p.starts_at)

    def _close(self, period: Period, *, fatal: str) -> None:
        def die(step: str, _done: int, _total: int) -> None:
            if step == fatal:
                raise Crash

        for _ in range(1 if fatal else 2):
            with suppress(Crash):
                close_period(
                    name=period.name, at=self.now, progress=die, early=True, count=self.lake
                )
        after = queries.period(name=period.name)
        if after.status != Status.OPEN:
            self._write_shares(after)
        if after.closed_at is not None:
            self.closed.setdefault(after.name, after.closed_at)

    # Paper ---------------------------------------------------------------------------------

    def _write(self, *moves: tuple[str, str, int]) -> None:
        transfers = [TransferDraft(a, b, Money(micros, "USD")) for a, b, micros in moves if micros]
        assert self.paper.allows(transfers)
        self.paper.apply(transfers)

    def _write_shares(self, period: Period) -> None:
        """Write down the pools that the close has paid by now, by arithmetic on what was seen."""
        for country in COUNTRIES:
            key = PoolKey(period.name, country, "USD")
            held = self.paper.of(key.account)
            if not held or not self._is_posted(key):
                continue
            seen = self.lake.counted(period.starts_at, period.ends_at, country=country)
            rule = policy(period.policy_version).pool
            shares = share_pool(total=Money(held, "USD"), counted=seen, rule=rule)
            self._write(
                (key.account, PLATFORM, shares.platform.micros),
                *((key.account, f"rights:{k}", m.micros) for k, m in shares.holders.items()),
                *(
                    (key.account, f"creator:{k}:pending", m.micros)
                    for k, m in shares.creators.items()
                ),
            )

    def _write_release(self, period: Period) -> None:
        for act in self.world.acts:
            for told in queries.statement(creator=act.creator, period=period):
                owner = f"creator:{act.creator.pk}"
                self._write((f"{owner}:pending", f"{owner}:payable", told.amount_micros))

    def _is_posted(self, key: PoolKey) -> bool:
        try:
            ledger.entry(id=key.entry_id)
        except UnknownEntry:
            return False
        return True


class Payday(PayingLife):
    """A life in which creators are paid and little else happens: it gets further."""


@pytest.mark.no_cover
@pytest.mark.django_db
@pytest.mark.parametrize(("life", "examples", "steps"), [(Life, 4, 24), (Payday, 4, 16)])
def test_random_lives(
    monkeypatch: pytest.MonkeyPatch, *, life: type[PayingLife], examples: int, steps: int
) -> None:
    monkeypatch.setattr(executing, "CHUNK", 1)  # so that the power can go between two payouts
    PayingLife.world = make_world()
    long = settings.get_profile("long")
    short = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    is_long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(life, settings=long if is_long else short)

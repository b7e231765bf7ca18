"""Random lives of gifts: in any order, twice, held, undone, charged back; nothing is lost."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.coins.actions import unwind_unpaid
from takings.coins.models import CoinLot
from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts import actions
from takings.gifts.actions import Why
from takings.gifts.models import Gift, GiftKind
from takings.gifts.rules import Cause, Wish
from takings.ledger import queries as ledger
from takings.payments.models import Payment
from takings.people.models import User
from takings.settlement.actions import close_period, release_earnings
from takings.settlement.models import Period
from takings.settlement.queries import open_period
from tests.make.coins import granted, make_fan, told_paid
from tests.make.gifts import make_gift_kind, wish
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, PAYS, asked, cards_taken
from tests.make.people import make_operator
from tests.make.settlement import Act, counting, make_act

pytestmark = pytest.mark.django_db
VERBS = (
    *("buy", "grant", "give", "give", "give", "give", "again", "undo", "take_back"),
    *("release", "let_go", "hours", "days", "close", "unwind", "block"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=16)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass
class Life:
    """Fans who give to two creators, one of whom gives, too."""

    time: Time
    fans: list[User]
    acts: list[Act]
    kinds: list[GiftKind]
    operator: User
    wishes: list[Wish] = field(default_factory=list)

    def take(self, verb: str, which: int) -> None:
        """Take one step; refusals are answers, not failures."""
        try:
            with transaction.atomic():
                getattr(self, f"_{verb}")(which)
        except Refusal:
            pass

    def _buy(self, which: int) -> None:
        card = DISPUTED_LOST if which % 3 == 0 else PAYS
        told_paid(self.fans[which % 3], card=card)

    def _grant(self, which: int) -> None:
        granted(self.fans[which % 3], 1 + which)

    def _give(self, which: int) -> None:
        fan, act = self.fans[which % 3], self.acts[which // 3 % 2]
        self.wishes.append(wish(fan, act, self.kinds[which // 6 % 3], moment_ms=which))
        actions.send_gifts(wishes=self.wishes[-1:], at=clock.now())

    def _again(self, _which: int) -> None:
        """Send everything once more, all in one call: nothing happens twice."""
        before = Gift.objects.count()
        known = {gift.pk for gift in Gift.objects.all()}
        wishes = [one for one in self.wishes if one.id in known]
        answers = actions.send_gifts(wishes=wishes + wishes, at=clock.now())
        assert not any(isinstance(one, Refusal) or one.is_new for one in answers)
        assert Gift.objects.count() == before

    def _gift(self, which: int) -> Gift:
        gifts = list(Gift.objects.order_by("sent_at", "pk"))
        if not gifts:
            raise Refusal
        return gifts[which % len(gifts)]

    def _undo(self, which: int) -> None:
        actions.undo_gift(gift=self._gift(which), at=clock.now())

    def _take_back(self, which: int) -> None:
        self._back(self._gift(which))

    def _back(self, gift: Gift) -> None:
        why, now = Why(Cause.REFUND, "A mistake."), clock.now()
        actions.take_back_gift(operator=self.operator, gift=gift, why=why, at=now)

    def _release(self, _which: int) -> None:
        actions.release_gifts(at=clock.now())

    def _let_go(self, which: int) -> None:
        gift, now = self._gift(which), clock.now()
        actions.release_gift(operator=self.operator, gift=gift, reason="Fine.", at=now)

    def _hours(self, which: int) -> None:
        self.time.now += which * HOUR

    def _days(self, which: int) -> None:
        self.time.now += which * DAY

    def _close(self, _which: int) -> None:
        now = clock.now()
        close_period(name=open_period(at=now).name, at=now, count=counting(), early=True)
        release_earnings(at=clock.now() + 7 * DAY)

    def _unwind(self, _which: int) -> None:
        for payment in Payment.objects.order_by("pk"):
            asked(payment)
        unwind_unpaid(at=clock.now())

    def _block(self, which: int) -> None:
        act = actions.block_sender if which % 2 else actions.unblock_sender
        act(creator=self.acts[0].creator, user=self.fans[0], at=clock.now())

    def end(self) -> None:
        """Take everything back: what no close has stated leaves nothing behind."""
        assert not ledger.check_books()
        for gift in Gift.objects.filter(taken_back__isnull=True).order_by("pk"):
            self._back(gift)
        assert not ledger.check_books()
        spent = CoinLot.objects.filter(spent_micros__gt=0, gone_micros=0, ended_at=None)
        assert not spent.exists()
        if not Period.objects.exists():
            left = [
                row.name
                for prefix in ("creator:", "escrow:", "platform:revenue:gifts")
                for row in ledger.balances(prefix=prefix)
                if row.balance
            ]
            assert left == []


@pytest.mark.no_cover
def test_every_life_of_gifts_ends_at_the_right_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    start = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
    time = Time(monkeypatch, start)
    acts = [make_act("Ada"), make_act("Ben")]
    old, new, ben = make_fan("Vera"), make_fan("Nils", at=start - DAY), acts[1].creator.user
    ben.born_on = old.born_on
    ben.save()
    kinds, operator = [make_gift_kind(count) for count in (7, 330, 900)], make_operator()

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    def live(steps: list[tuple[str, int]]) -> None:
        time.now = start
        with transaction.atomic():
            life = Life(time, [old, new, ben], acts, kinds, operator)
            for verb, which in [("buy", 1), ("buy", 3), ("buy", 2), ("give", 19), *steps]:
                life.take(verb, which)
            life.end()
            transaction.set_rollback(True)

    with cards_taken():
        live()

"""Random lives of gifts: in any order, twice, held, undone, charged back; nothing is lost.

What creators earn with them they take as coins, which they give again, and as vouchers, some of
which do not work; guardians take back what minors gave. ``--hypothesis-profile=long`` lives 200.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.coins.actions import MinorFound, refund_minor, unwind_unpaid
from takings.coins.models import CoinLot
from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts import actions
from takings.gifts.actions import Why
from takings.gifts.actions.goals import set_goal
from takings.gifts.models import Gift, GiftKind, Goal
from takings.gifts.queries.goals import standing_of
from takings.gifts.rules import Cause, Wish
from takings.gifts.rules.goals import GoalPlan
from takings.ledger import queries as ledger
from takings.payments.models import Payment
from takings.people.models import Creator, User
from takings.settlement.actions import close_period, release_earnings
from takings.settlement.actions.exchanging import Wanted, exchange_earnings
from takings.settlement.models import Exchange, Period
from takings.settlement.queries import open_period
from takings.vouchers.actions import (
    decline_fault,
    load_vouchers,
    replace_voucher,
    report_fault,
    return_earnings,
)
from takings.vouchers.models import Handout, VoucherKind
from tests.make.coins import granted, make_fan, told_paid
from tests.make.gifts import coins, make_gift_kind, wish
from tests.make.passes import Time
from tests.make.payments import DISPUTED_LOST, PAYS, asked, cards_taken
from tests.make.payouts import ADA, make_verified
from tests.make.people import make_operator
from tests.make.settlement import Act, counting, make_act
from tests.make.vouchers import voucher_file, voucher_line

pytestmark = pytest.mark.django_db
VERBS = (
    *("buy", "grant", "give", "give", "give", "give", "again", "undo", "take_back"),
    *("release", "let_go", "hours", "days", "close", "close", "unwind", "block"),
    *("exchange", "exchange", "voucher", "voucher", "fault", "again_exchange", "goal", "minor"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=16)
STARTS = st.sampled_from([[("give", 19)], [("give", 12), ("close", 0), ("voucher", 0)]])
"""A small gift of today, or a large one whose month is closed: it can be exchanged."""
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
    wanted: list[tuple[Creator, Wanted]] = field(default_factory=list)

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
        self.time.now += 7 * DAY
        release_earnings(at=clock.now())

    def _exchange(self, which: int) -> None:
        self._take(self._earner(which), "coins", ("handful", "bag")[which // 6 % 2])

    def _voucher(self, which: int) -> None:
        kinds = list(VoucherKind.objects.order_by("-currency"))
        self._take(self._earner(which), "vouchers", str(kinds[which // 6 % len(kinds)].pk))

    def _earner(self, which: int) -> Act:
        """Return one who exchanges, mostly Ada, who is given the most."""
        return self.acts[which % 6 == 5]

    def _take(self, act: Act, reward: str, choice: str) -> None:
        wanted, creator = Wanted(uuid4(), reward, choice), act.creator
        exchange_earnings(creator=creator, wanted=wanted, at=clock.now())
        self.wanted.append((creator, wanted))

    def _again_exchange(self, _which: int) -> None:
        """Ask for everything once more: nothing happens twice."""
        before = Exchange.objects.count(), ledger.trial_balance()
        for creator, wanted in self.wanted:
            exchange_earnings(creator=creator, wanted=wanted, at=clock.now())
        assert (Exchange.objects.count(), ledger.trial_balance()) == before

    def _fault(self, which: int) -> None:
        """Let the newest code that was taken not work, and be replaced, or its earnings go back."""
        handout = Handout.objects.order_by("-given_at", "pk").first()
        if handout is None:
            raise Refusal
        fault = report_fault(handout=handout, said="It was used.", at=clock.now())
        mend = (replace_voucher, return_earnings, decline_fault)[which % 3]
        mend(operator=self.operator, fault=fault, answer="Seen.", at=clock.now())

    def _goal(self, which: int) -> None:
        plan = GoalPlan(uuid4(), "More", coins(1 + which), clock.now() + (1 + which % 30) * DAY)
        set_goal(creator=self.acts[which % 2].creator, plan=plan, at=clock.now())

    def _minor(self, which: int) -> None:
        """Let a guardian take everything back that one of the fans gave."""
        found = MinorFound(self.fans[which % 2], dt.date(2012, 5, 1), "A passport.")
        refund_minor(operator=self.operator, found=found, at=clock.now())

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
        self._see_that_shops_are_due_what_stands()
        for gift in Gift.objects.filter(taken_back__isnull=True).order_by("pk"):
            self._back(gift)
        assert not ledger.check_books()
        for goal in Goal.objects.all():
            assert not standing_of(goal=goal, at=clock.now()).progress.came
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

    def _see_that_shops_are_due_what_stands(self) -> None:
        """Compare shops' accounts, and taxes withheld, with the exchanges that were not undone."""
        stands = Exchange.objects.filter(returned=None)
        for code in ("EUR", "USD"):
            rows = stands.filter(currency=code)
            taken = sum(
                one.amount_micros - one.withheld_micros for one in rows if one.reward != "coins"
            )
            due = ledger.balance(name="vouchers:threadhouse", currency=code)
            assert due.micros == taken
            held = ledger.balance(name="tax:US:withheld", currency=code)
            assert held.micros == sum(one.withheld_micros for one in rows)


def _load_vouchers(operator: User) -> None:
    euros = [voucher_line(f"TH-00000{n}", value="1") for n in range(3)]
    dollars = [one.replace("EUR,DE AT", "USD,").replace("TH-", "US-") for one in euros]
    load_vouchers(operator=operator, file=voucher_file(*euros, *dollars), at=clock.now())


@pytest.mark.no_cover
def test_every_life_of_gifts_ends_at_the_right_balance(monkeypatch: pytest.MonkeyPatch) -> None:
    start = dt.datetime(2027, 1, 25, 14, tzinfo=dt.UTC)
    time = Time(monkeypatch, start)
    acts = [make_act("Ada"), make_act("Ben")]
    old, new, ben = make_fan("Vera"), make_fan("Nils", at=start - DAY), acts[1].creator.user
    ben.born_on = old.born_on
    ben.save()
    kinds, operator = [make_gift_kind(count) for count in (7, 330, 900)], make_operator()
    User.objects.filter(pk__in=(old.pk, acts[0].creator.user_id)).update(country="US")
    User.objects.filter(pk=acts[0].creator.user_id).update(born_on=old.born_on)
    for act, country in zip(acts, ("KE", "DE"), strict=True):
        make_verified(act.creator, papers=replace(ADA, country=country), operator=operator)
    _load_vouchers(operator)
    is_long = settings.get_current_profile_name() == "long"

    @settings(
        max_examples=200 if is_long else 10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(STARTS, STEPS)
    def live(start_with: list[tuple[str, int]], steps: list[tuple[str, int]]) -> None:
        time.now = start
        with transaction.atomic():
            fans = [User.objects.get(pk=one.pk) for one in (old, new, ben)]
            born_again = [
                Act(Creator.objects.select_related("user").get(pk=one.creator.pk), one.video_id)
                for one in acts
            ]
            life = Life(time, fans, born_again, kinds, operator)
            for verb, which in [("buy", 1), ("buy", 3), ("buy", 2), *start_with, *steps]:
                life.take(verb, which)
            life.end()
            transaction.set_rollback(True)

    with cards_taken():
        live()

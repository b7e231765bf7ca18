"""Random lives of a shop: in any order, twice, late, disputed, closed; nothing is lost.

``--hypothesis-profile=long`` lives 200.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payments.actions import Refund, record_facts, refund_payment
from takings.payments.models import Payment
from takings.payments.rules import Answer, Fact, FactKind
from takings.people.models import User
from takings.settlement.actions import close_period
from takings.settlement.models import Period
from takings.settlement.queries import open_period
from takings.shop import actions
from takings.shop.models import Order, OrderLine, Parcel, ParcelState, Return, ReturnState, Variant
from takings.shop.queries.carts import basket_of, discounted
from takings.shop.queries.discounts import discount_for
from takings.shop.rules.catalogue import Kind
from takings.shop.rules.clicks import Click
from takings.shop.rules.discounts import DiscountDraft
from tests.make.audience import make_post
from tests.make.passes import Time
from tests.make.payments import asked, cards_taken, pay
from tests.make.people import make_creator, make_operator, make_user
from tests.make.settlement import counting
from tests.make.shop import checkout, euros, make_goods, make_seller, run

pytestmark = pytest.mark.django_db
VERBS = (
    *("buy", "buy", "pay", "ship", "ship", "arrive", "ask", "ask", "agree", "decline"),
    *("contest", "keep", "decide", "cancel", "days", "days", "clock"),
    *("dispute", "win", "refund", "close"),
)
STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 60)), max_size=20)
DAY, PIECES, CODE = dt.timedelta(days=1), 9, "SPRING-15"
Row = TypeVar("Row", bound=Model)


@dataclass
class Life:
    """A fan who buys of two sellers again and again, from a video of a third, and an operator."""

    time: Time
    fan: User
    goods: Sequence[Variant]
    click: Click
    operator: User
    disputed: list[Payment] = field(default_factory=list)
    count: int = 0

    def take(self, verb: str, which: int) -> None:
        """Take one step, twice; refusals are answers, not failures."""
        for _ in range(2 if verb in {"ship", "arrive", "agree", "cancel", "clock"} else 1):
            try:
                with transaction.atomic():
                    getattr(self, f"_{verb}")(which)
            except Refusal:
                pass

    def _buy(self, which: int) -> None:
        is_digital = which % 3 == 0
        for number, one in enumerate(self.goods):
            if one.product.is_digital == is_digital and (is_digital or (which + number) % 4):
                came = self.click if one.product_id == self.click.product_id else None
                actions.put_into_cart(
                    user=self.fan, variant=one, quantity=1 + which % 3, click=came, at=clock.now()
                )
        self.count += 1
        order_id = ids.derived("a life's order", self.count)
        wanted = checkout(self.fan, is_digital=is_digital, id=order_id)
        if which % 2:
            basket = basket_of(user=self.fan, is_digital=is_digital, currency="EUR", country="DE")
            found = discount_for(CODE, shops=basket.shops, currency="EUR", at=clock.now())
            total = discounted(basket, discount=found).total
            wanted = replace(wanted, shown=total, code=CODE)
        payment = actions.place_order(checkout=wanted, at=clock.now())
        if which % 5:
            pay(payment)
            asked(payment)

    def _pay(self, which: int) -> None:
        waiting = Order.objects.filter(paid_at=None).order_by("ordered_at", "pk")
        payment = Payment.objects.get(pk=_one(waiting, which).pk)
        pay(payment)
        asked(payment)

    def _parcel(self, which: int) -> Parcel:
        found = Parcel.objects.select_related("seller__user", "order__buyer")
        return _one(found.order_by("order__ordered_at", "pk"), which)

    def _ship(self, which: int) -> None:
        one = self._parcel(which)
        by = one.seller.user
        actions.ship_parcel(parcel=one, carrier="DHL", tracking="1", by=by, at=clock.now())

    def _arrive(self, which: int) -> None:
        actions.confirm_arrival(parcel=self._parcel(which), at=clock.now())

    def _ask(self, which: int) -> None:
        one = self._parcel(which)
        pieces = {line.pk: (which + line.pk) % (line.quantity + 1) for line in one.lines.all()}
        actions.ask_return(
            parcel=one, pieces=pieces, why="Too small", return_id=uuid4(), at=clock.now()
        )

    def _return(self, *states: ReturnState) -> Return:
        found = Return.objects.filter(state__in=states).select_related("parcel__seller__user")
        return _one(found, 0)

    def _agree(self, which: int) -> None:
        one = self._return(ReturnState.ASKED)
        by = one.parcel.seller.user
        actions.answer_return(one=one, agrees=True, answer="", by=by, at=clock.now())
        if which % 2:
            actions.pay_back(return_id=one.pk, at=clock.now())

    def _decline(self, _which: int) -> None:
        one = self._return(ReturnState.ASKED)
        by = one.parcel.seller.user
        actions.answer_return(one=one, agrees=False, answer="Worn", by=by, at=clock.now())

    def _contest(self, _which: int) -> None:
        actions.contest_return(one=self._return(ReturnState.DECLINED), at=clock.now())

    def _keep(self, _which: int) -> None:
        one = self._return(ReturnState.ASKED, ReturnState.DECLINED)
        actions.take_return(one=one, at=clock.now())

    def _decide(self, which: int) -> None:
        actions.decide_return(
            operator=self.operator,
            one=self._return(ReturnState.CONTESTED),
            agrees=bool(which % 2),
            reason="So.",
            at=clock.now(),
        )

    def _cancel(self, which: int) -> None:
        one = self._parcel(which)
        actions.cancel_parcel(parcel=one, why="Changed", by=self.fan, at=clock.now())

    def _days(self, which: int) -> None:
        self.time.now += which % 9 * DAY

    def _clock(self, _which: int) -> None:
        run()

    def _payment(self, which: int) -> Payment:
        paid = Order.objects.filter(paid_at__isnull=False).order_by("ordered_at", "pk")
        return Payment.objects.get(pk=_one(paid, which).pk)

    def _tell(self, payment: Payment, kind: FactKind) -> None:
        now = clock.now()
        fact = Fact(kind, f"dp_{payment.pk}", euros("15"), euros("0"), now)
        record_facts(payment_id=payment.pk, answer=Answer(ref="", facts=(fact,)), at=now)

    def _dispute(self, which: int) -> None:
        payment = self._payment(which)
        self._tell(payment, FactKind.DISPUTED)
        self.disputed.append(payment)

    def _win(self, which: int) -> None:
        if self.disputed:
            self._tell(self.disputed[which % len(self.disputed)], FactKind.DISPUTE_WON)

    def _refund(self, which: int) -> None:
        amount = Money.parse(str(1 + which % 25), "EUR")
        refund = Refund(uuid4(), self._payment(which).pk, amount, "A bad day.")
        refund_payment(operator=self.operator, refund=refund, at=clock.now())

    def _close(self, _which: int) -> None:
        now = clock.now()
        close_period(name=open_period(at=now).name, at=now, count=counting(), early=True)

    def end(self) -> None:
        """Let all clocks run out: what is neither disputed nor to be decided holds no escrow."""
        for _ in range(6):
            for _ in range(Return.objects.filter(state=ReturnState.CONTESTED).count()):
                self._decide(1)
            for _ in range(Return.objects.filter(state=ReturnState.DECLINED).count()):
                self._keep(0)
            self.time.now += 15 * DAY
            run()
        assert not ledger.check_books()
        self._check_stock()
        disputed = {f"escrow:order:{one.pk}" for one in self.disputed}
        waiting = {row.name for row in ledger.balances(prefix="escrow:order:") if row.balance}
        claimed = Order.objects.filter(claimed_micros__gt=F("taken_micros"))
        stuck = {one.account for one in claimed}
        assert waiting <= disputed | stuck, "the sandbox may refuse a refund after disputes"
        assert not Period.objects.filter(status="closing").exists()

    def _check_stock(self) -> None:
        """Every piece is in the stock, or somebody has it."""
        for one in Variant.objects.filter(stock__isnull=False):
            lines = OrderLine.objects.filter(variant=one).select_related("parcel__order")
            gone = sum(_kept(line) for line in lines)
            assert one.stock == PIECES - gone, one


def _kept(line: OrderLine) -> int:
    order = line.parcel.order
    if order.paid_at is None or (line.parcel.state == ParcelState.CANCELLED):
        return 0
    agreed = line.return_lines.filter(of__state=ReturnState.AGREED)
    return line.quantity - sum(row.quantity for row in agreed)


def _one(found: QuerySet[Row], which: int) -> Row:
    rows = list(found)
    if not rows:
        raise Refusal
    return rows[which % len(rows)]


@pytest.mark.no_cover
def test_every_life_of_a_shop_leaves_no_money_and_no_piece_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    start = dt.datetime(2026, 12, 1, 14, tzinfo=dt.UTC)
    time = Time(monkeypatch, start)
    is_long = settings.get_current_profile_name() == "long"
    media = override_settings(MEDIA_HOME=tmp_path_factory.mktemp("media"))
    with cards_taken(), media:
        ada, cleo, bob = make_seller(), make_seller("Cleo", shipping="5"), make_creator("Bob")
        shirt = make_goods(ada, stock=PIECES, affiliate_bp=1_000)
        goods = (
            shirt,
            make_goods(ada, "9.99", stock=PIECES),
            make_goods(cleo, "12.05", stock=PIECES),
            make_goods(cleo, "4.99", stock=None, kind=Kind.DIGITAL),
        )
        off = DiscountDraft(CODE, start, percent_bp=1_550, most_uses=3)
        actions.make_discount(shop=ada.shop, discount_id=uuid4(), draft=off)
        fan, operator = make_user("Vera"), make_operator()
        click = Click(shirt.product_id, make_post(bob).pk, 1_000, start)

        @settings(
            max_examples=200 if is_long else 6,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(STEPS)
        def live(steps: list[tuple[str, int]]) -> None:
            time.now = start
            with transaction.atomic():
                life = Life(time, User.objects.get(pk=fan.pk), goods, click, operator)
                for verb, which in [("buy", 1), *steps]:
                    life.take(verb, which)
                    assert not ledger.check_books(), (verb, which)
                life.end()
                transaction.set_rollback(True)

        live()

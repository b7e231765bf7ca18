"""Who looks at every page, and what happened to them before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.test import override_settings

from takings.ads.actions import GoalDraft, invoice_months, make_goal
from takings.ads.models import Campaign
from takings.core import clock
from takings.gifts.models import Gift
from takings.invoicing.models import Invoice
from takings.live.actions import begin_room, mute, remove_line, report_line
from takings.live.models import ReportReason
from takings.payments.actions import open_case
from takings.payments.models import Case, Payment
from takings.payouts.actions import (
    Terms,
    give_notices,
    propose_escheat,
    propose_remittance,
)
from takings.payouts.models import Purpose
from takings.people.actions import tell_birth
from takings.people.models import Creator, User
from takings.requests.actions import open_case as open_request_case
from takings.requests.models import Request
from takings.sandbox.models import Checkout, Payee
from takings.settlement import actions as settlement
from takings.shop.actions import (
    answer_return,
    ask_return,
    confirm_arrival,
    contest_return,
    make_discount,
    put_into_cart,
)
from takings.shop.rules.discounts import DiscountDraft
from takings.sponsorships.actions import open_dispute
from takings.sponsorships.models import Deal
from tests.make.ads import Wanted, make_campaign, make_house
from tests.make.audience import make_post
from tests.make.bidders import make_deal, make_partner
from tests.make.coins import bought as buy_coins
from tests.make.coins import make_fan
from tests.make.deals import Pair as DealPair
from tests.make.deals import agreed, handed_in, running
from tests.make.deals import offered as offer_deal_to
from tests.make.events import own_lake
from tests.make.gifts import give, make_gift_kind
from tests.make.insights import AFTER, DAY, make_adjustment, make_close, make_month, watch
from tests.make.ledger import usd
from tests.make.live import make_plan, make_room, say
from tests.make.members import BORN, joined, make_tier
from tests.make.passes import bought
from tests.make.payments import (
    CHALLENGED,
    DISPUTED_WON,
    cards_taken,
    make_top_up,
    paid,
    pay,
)
from tests.make.payouts import (
    PAY_DAY,
    make_batch,
    make_paid,
    make_payable,
    make_payee,
    make_profile,
)
from tests.make.people import make_creator, make_operator
from tests.make.promotions import let_earn, promote, take_credits
from tests.make.providers import make_account, providers_pay
from tests.make.requests import QUOTED, Pair, make_service
from tests.make.settlement import Act, make_funding, make_hold, make_split
from tests.make.shop import bought as order_goods
from tests.make.shop import make_goods, make_shop, shipped


@contextmanager
def make_people(tmp_path: Path) -> Iterator[dict[str, User | None]]:
    """Let a closed month and a running one lie behind six people who look."""
    media = override_settings(MEDIA_HOME=tmp_path / "media")
    with own_lake(tmp_path), media, cards_taken():
        month = make_month()
        make_split(month.ada, month.ben, month.dunes)
        make_close()
        operator = make_operator()
        make_hold(month.ada, operator)
        pavel = make_operator("Pavel")
        make_adjustment(pavel)
        make_funding(pavel)
        watch(month.dunes, 3, day=31)
        settlement.refresh_estimates(at=AFTER + 3 * DAY)
        make_cards(month.member)
        make_deal(make_partner())
        make_house()
        draft = GoalDraft(uuid4(), "Order", 7)
        make_goal(brand=month.brand, draft=draft, user=month.member, at=AFTER)
        viewer = make_fan("Vera")
        bought(viewer)
        buy_coins(viewer)
        give(viewer, Act(month.ada, month.dunes.pk), make_gift_kind(100))
        make_evening(month.ada, viewer)
        make_promotion(Act(month.ada, month.dunes.pk))
        tell_birth(user=month.ada.user, born_on=BORN, at=clock.now())
        joined(viewer, make_tier(month.ada))
        make_requests(month.ada, viewer)
        make_deals(DealPair(month.brand, month.member, month.ada))
        make_sales(make_shop(month.ada), viewer)
        yield {
            "visitor": None,
            "viewer": viewer,
            "creator": month.ada.user,
            "payee": make_payees().user,
            "brand": month.member,
            "operator": operator,
        }


def make_evening(host: Creator, guest: User) -> None:
    """Let a room be on, and one come; somebody was muted for a line that was reported."""
    now = clock.now()
    video = make_post(host, title="Dunes at night")
    make_room(host, video=video, plan=make_plan(starts_at=now + DAY), at=now)
    room = make_room(host, video=video, plan=make_plan("Tonight", starts_at=now), at=now)
    begin_room(room_id=room.pk, by=host.user, at=now)
    room.refresh_from_db()
    line = say(room, guest, "I know how it ends", at=now)
    remove_line(line=say(room, host.user, "Oh", at=now), by=host.user, at=now)
    report_line(line=line, user=host.user, reason=ReportReason.SPAM, at=now)
    mute(line=line, by=host.user, at=now)


def make_requests(creator: Creator, fan: User) -> None:
    """Let one request wait for its payment, one for a decision, and one for a price."""
    now = clock.now()
    pair = Pair(fan, creator, make_service(creator, at=now))
    open_request_case(request=pair.delivered(), by=fan, why="It is another name", at=now)
    pair.ask()
    Pair(fan, creator, make_service(creator, QUOTED, at=now)).ask()


def make_sales(seller: Creator, buyer: User) -> None:
    """Let a parcel have arrived, one be asked back and one wait; more is in the cart and new."""
    shirt = make_goods(seller, "10", stock=9)
    shipped(order_goods(buyer, (shirt, 2)))
    order_goods(buyer, (shirt, 1))
    back = shipped(order_goods(buyer, (shirt, 1)))[0]
    confirm_arrival(parcel=back, at=clock.now())
    pieces = {back.lines.order_by("pk")[0].pk: 1}
    one = ask_return(parcel=back, pieces=pieces, why="No", return_id=uuid4(), at=clock.now())
    answer_return(one=one, agrees=False, answer="Worn", by=seller.user, at=clock.now())
    contest_return(one=one, at=clock.now())
    put_into_cart(user=buyer, variant=shirt, quantity=1, click=None, at=clock.now())
    make_goods(seller, is_sold=False)
    tenth = DiscountDraft("SPRING-10", clock.now(), percent_bp=1_000)
    make_discount(shop=seller.shop, discount_id=uuid4(), draft=tenth)


def make_promotion(act: Act) -> None:
    """Let a creator promote a video with a part of the credits."""
    let_earn(act, "10")
    take_credits(act, "10", at=clock.now())
    promote(act, at=clock.now())


def make_deals(pair: DealPair) -> None:
    """Let an offer wait, a deal wait for its money, and one be in dispute with a draft."""
    tell_birth(user=pair.creator.user, born_on=BORN, at=clock.now())
    offer_deal_to(pair)
    agreed(pair)
    disputed = running(pair)
    handed_in(pair, disputed)
    told = "It shows another shoe."
    open_dispute(seat=pair.bea(disputed), reason=told, id=uuid4(), at=clock.now())


def make_payees() -> Creator:
    """Let one creator have been paid, and one wait in a batch that nobody approved yet."""
    payee, waiting, new = (
        make_payee("Paid").creator,
        make_payee("Wait").creator,
        make_creator("New"),
    )
    make_payable(payee, "500", at=AFTER + 4 * DAY)
    make_paid()
    make_payable(waiting, "500", at=PAY_DAY)
    make_batch(at=PAY_DAY + 31 * DAY)
    with providers_pay():
        make_account(waiting)
    make_profile(new)
    make_authorities()
    return payee


def make_authorities() -> None:
    """Let tax and a balance that nobody comes for wait for somebody's yes."""
    operator = make_operator("Mira")
    terms = Terms(Purpose.TAX, "tax:US:withheld", usd("100"), "1042 of 2026")
    propose_remittance(operator=operator, terms=terms, id=uuid4(), at=PAY_DAY)
    make_payable(make_creator("Gone", country="US"), "40", at=PAY_DAY)
    give_notices(at=PAY_DAY + 640 * DAY)
    propose_escheat(operator=operator, id=uuid4(), at=PAY_DAY + 730 * DAY)


def make_cards(member: User) -> None:
    """Let a brand have paid, be asked by its bank, and be disputed; and something not fit."""
    brand = member.brands.get()
    paid(brand, member)
    disputed = paid(brand, member, card=DISPUTED_WON)
    pay(make_top_up(brand, member), CHALLENGED)
    make_top_up(brand, member)
    invoice_months(at=AFTER)
    make_campaign(brand, member=member, wanted=Wanted(deposit=None, is_active=False))
    told = "Nobody knows it."
    unknown = Case.Kind.UNKNOWN_OBJECT
    open_case(provider="sandbox", kind=unknown, key=disputed.ref, sentence=told, at=AFTER)


def card_pages(role: str) -> list[str]:
    """Return the sandbox's pages to confirm and to pay on, or what an operator does with cards."""
    if role == "viewer":
        unpaid = Request.objects.get(state="unpaid")
        return [
            f"/gifts/for/{Gift.objects.get().video_id}/",
            f"/requests/{unpaid.pk}/pay/",
            f"/requests/for/{unpaid.service_id}/",
        ]
    if role == "creator":
        return [f"/deals/{Deal.objects.get(status='offered').pk}/counter/"]
    if role == "operator":
        desk = f"/payments/desk/{Payment.objects.get(status='disputed').pk}"
        invoice = Invoice.objects.filter(kind="invoice")[0].pk
        credit = f"/ads/desk/invoices/{invoice}/credit/"
        return [f"{desk}/dispute/", f"{desk}/refund/", "/ads/desk/invoices/", credit]
    if role != "brand":
        return []
    asking = Checkout.objects.filter(charges__status="challenged").get()
    fresh = Checkout.objects.filter(charges=None).get()
    payee = Payee.objects.get()
    drafted = Campaign.objects.get(status="drafted").pk  # a creator only looks at the like of it
    deal = Deal.objects.get(status="agreed")
    return [
        f"/deals/{deal.pk}/pay/",
        f"/deals/new/{deal.creator.handle}/",
        *(f"/ads/{part}/{drafted}/" for part in ("campaigns", "line-items", "creatives")),
        f"/sandbox/pay/{asking.pk}/confirm/",
        f"/sandbox/pay/{fresh.pk}/",
        f"/sandbox/payees/{payee.pk}/",
    ]

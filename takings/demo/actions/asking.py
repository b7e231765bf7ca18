"""Requests of the demo world: what a creator offers, one that waits for them, one that is done."""

import datetime as dt

from django.conf import settings

from takings.core import ids
from takings.demo.actions.paying import PAYS, enter_card
from takings.money import Money
from takings.people.models import Creator, User
from takings.policies.queries import request_rules
from takings.requests import actions
from takings.requests.actions import Made
from takings.requests.models import Service
from takings.requests.queries import offered_service, shown
from takings.requests.rules import Offer, State, Wish

CODES = ("EUR", "GBP", "USD")
GREETING = Offer(
    title="A greeting by name",
    what="Half a minute for whom you love: their name, a wish, and something from my day.",
    deliver_days=5,
    revisions=1,
    most_open=5,
    prices={code: Money.parse("20", code) for code in CODES},
)
REVIEW = Offer(
    title="I look at your clip",
    what="You send me a clip, I tell you what to cut and what to keep.",
    deliver_days=10,
    revisions=0,
    most_open=2,
)
BRIEFS = ("For Jonas, who turns 30 on Friday.", "For my team, who shipped today.")


def ask_and_answer(*, creator: Creator, fan: User, at: dt.datetime) -> None:
    """Let a creator offer two things, and a fan ask for one of them twice; each once.

    One is taken already, the other waits for the creator.
    """
    if not settings.SANDBOX_ON or at < request_rules()[0].effective_from:
        return
    for number, offer in enumerate((GREETING, REVIEW)):
        key = ids.derived("demo service", creator.pk, number)
        actions.offer_service(creator=creator, id=key, offer=offer, at=at)
    greeting = offered_service(service_id=ids.derived("demo service", creator.pk, 0))
    for number, brief in enumerate(BRIEFS):
        _ask(greeting, fan=fan, brief=brief, number=number, at=at)


def _ask(service: Service, *, fan: User, brief: str, number: int, at: dt.datetime) -> None:
    key = ids.derived("demo request", fan.pk, number)
    wish = Wish(id=key, brief=brief, shown=shown(service, user=fan, at=at).price)
    one = actions.ask(fan=fan, service=service, wish=wish, at=at)
    enter_card(actions.pay_request(request=one, fan=fan, at=at), card=PAYS, at=at)
    one.refresh_from_db()
    if number == 0 and one.state == State.PAID:
        made = Made(ids.derived("demo delivery", key), "Happy birthday, Jonas! Keep dancing.")
        actions.accept(request=one, by=service.creator.user, at=at)
        actions.deliver(request=one, by=service.creator.user, made=made, at=at)
        actions.take(request=one, by=fan, at=at)

"""Creators are paid: papers, a batch that was paid and one that waits, and a disputed card."""

import datetime as dt

from django.conf import settings
from django.db import transaction

from takings.ads.actions import top_up
from takings.coins.actions import CoinOrder, buy_coins
from takings.core import ids
from takings.demo.actions.people import Cast
from takings.demo.rules.months import Months
from takings.demo.rules.paydays import PAYEES, Payee, answer_csv, opening_csv
from takings.insights.actions import issue_advices
from takings.ledger.actions.opening import import_opening
from takings.memberships.actions import buy_pass
from takings.money import Money
from takings.payments.actions import Refund, ask_provider, refund_payment
from takings.payments.models import Payment
from takings.payouts import actions as payouts
from takings.payouts.models import BatchState, Review, Verdict
from takings.payouts.queries import payouts_of_batch
from takings.people.models import User
from takings.policies.queries import coin_rules, pass_rules, policy_at
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Checkout

PAID_ON, ANSWERED_ON = 20, 22  # days after the first: the 21st, and when the bank has answered
PAYS, DISPUTED = "4242424242424242", "4000000000000259"


def bring_balances(*, cast: Cast, time: Months) -> None:
    """Bring in what another platform owed some creators; again changes nothing."""
    owed = {
        f"creator:{cast.creators[one.handle].pk}:payable": (one.method.currency, one.owed)
        for one in PAYEES
    }
    import_opening(
        content=opening_csv(owed),
        on=time.first.date(),
        policy_version=policy_at(at=time.first).version,
        at=time.first,
    )


def pay_creators(*, cast: Cast, second: User, time: Months) -> None:
    """Pay last month's batch, of which one payout comes back, and draft the next one.

    The one who drafts and the one who approves are two. Again changes nothing.
    """
    in_time = [one for one in PAYEES if one.verified_after_days < PAID_ON]
    for payee in in_time:
        _settle_papers(payee, cast=cast, time=time)
    _pay(cast=cast, second=second, time=time)
    for payee in PAYEES:
        _settle_papers(payee, cast=cast, time=time)
    payouts.draft_batch(operator=cast.operator, id=ids.derived("demo batch", 2), at=time.now)
    issue_advices(at=time.now)


def take_cards(*, cast: Cast, time: Months) -> None:
    """Let the brand pay by card twice: part of one is given back, the other is disputed."""
    if not settings.SANDBOX_ON:
        return
    refunded = _pay_by_card(cast, "250", card=PAYS, number=1, at=time.now)
    refund = Refund(
        ids.derived("demo refund"), refunded.pk, Money.parse("40", "USD"), "Paid in twice."
    )
    refund_payment(operator=cast.operator, refund=refund, at=time.now)
    _pay_by_card(cast, "80", card=DISPUTED, number=2, at=time.now)


def sell_pass(*, member: User, at: dt.datetime) -> None:
    """Let a viewer pay for watching without ads; once, and not before passes are sold."""
    key = ids.derived("demo pass", member.pk)
    if not settings.SANDBOX_ON or at < pass_rules()[0].effective_from:
        return
    payment = buy_pass(user=member, payment_id=key, at=at)
    enter_card(payment, card=PAYS, at=at)


def sell_coins(*, fan: User, at: dt.datetime) -> None:
    """Let a viewer buy coins; once, and not before coins are sold."""
    key = ids.derived("demo coins", fan.pk)
    if not settings.SANDBOX_ON or at < coin_rules()[0].effective_from:
        return
    payment = buy_coins(order=CoinOrder(key, fan, "chest"), at=at)
    enter_card(payment, card=PAYS, at=at)


def _settle_papers(payee: Payee, *, cast: Cast, time: Months) -> None:
    creator = cast.creators[payee.handle]
    moved_in = time.first - dt.timedelta(days=28)  # an account rests for three weeks
    profile = payouts.submit_profile(
        creator=creator,
        papers=payee.papers,
        signature=payee.papers.legal_name,
        id=ids.derived("demo papers", payee.handle),
        at=moved_in,
    )
    payouts.choose_method(
        creator=creator,
        details=payee.method,
        id=ids.derived("demo account", payee.handle),
        at=moved_in,
    )
    if not Review.objects.filter(profile=profile).exists():
        payouts.review_profile(
            operator=cast.operator,
            profile=profile,
            verdict=Verdict.VERIFIED,
            reason="The passport was seen.",
            at=time.day(payee.verified_after_days),
        )


@transaction.atomic
def _pay(*, cast: Cast, second: User, time: Months) -> None:
    """Draft, approve and pay a batch and read the bank's answer: all of it or nothing."""
    at = time.day(PAID_ON)
    batch = payouts.draft_batch(operator=cast.operator, id=ids.derived("demo batch", 1), at=at)
    if batch.state == BatchState.SENT:
        return
    payouts.approve_batch(operator=second, batch_id=batch.pk, reason="The sums are right.", at=at)
    payouts.execute_batch(operator=cast.operator, batch_id=batch.pk, at=at)
    answers = {one.handle: one.answer for one in PAYEES}
    payouts.read_bank_answers(
        operator=cast.operator,
        content=answer_csv(
            {one.pk.hex: answers[one.creator.handle] for one in payouts_of_batch(batch)}
        ),
        name="answer.csv",
        id=ids.derived("demo answer", batch.pk),
        at=time.day(ANSWERED_ON),
    )


def _pay_by_card(cast: Cast, amount: str, *, card: str, number: int, at: dt.datetime) -> Payment:
    payment = top_up(
        user=cast.advertiser,
        brand=cast.brand,
        amount=Money.parse(amount, "USD"),
        payment_id=ids.derived("demo card", number),
        at=at,
    )
    return enter_card(payment, card=card, at=at)


def enter_card(payment: Payment, *, card: str, at: dt.datetime) -> Payment:
    """Pay by a test card, once, and hear what the provider says."""
    checkout = Checkout.objects.get(pk=payment.ref)
    if not checkout.charges.exists():
        sandbox.pay(checkout=checkout, number=card, at=at)
    ask_provider(payment_id=payment.pk, at=at)
    payment.refresh_from_db()
    return payment

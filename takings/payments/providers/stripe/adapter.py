"""The adapter: our asks as calls of the SDK, its objects as answers.

A checkout is called by its session (``cs_…``), a charge of a kept card by its payment intent
(``pi_…``). Messages only ring the bell: Stripe is then asked, so their order cannot matter.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import cast
from uuid import UUID

import stripe
from django.conf import settings

from takings.payments.providers.stripe.amounts import money_of, units_of
from takings.payments.providers.stripe.calling import answered, make_client
from takings.payments.providers.stripe.reading import (
    charge_facts,
    dispute_facts,
    instant,
    refund_facts,
    report_line,
)
from takings.payments.rules import (
    Answer,
    BadSignature,
    ChargeAsk,
    CheckoutAsk,
    Event,
    Fact,
    FactKind,
    MoneyAsk,
    ProviderRefused,
    Report,
    UnreadableEvent,
)

TOLERANCE_S = 300
MOST = 100
LONGEST_EVIDENCE = 20_000
KEY, CAPTURE_KEY = "takings_key", "takings_capture"
OURS = ("checkout.session.", "payment_intent.", "charge.", "refund.")
DAY = dt.timedelta(days=1)


class Stripe:
    """Calls Stripe; nothing of it is repeated by the SDK, since silence is settled by asking."""

    name = "stripe"

    def __init__(self) -> None:
        """Take the secrets of the settings."""
        self._client = make_client()

    def start_checkout(self, ask: CheckoutAsk) -> Answer:
        """Open a page of Stripe Checkout."""
        mine = {KEY: str(ask.key), "payment": str(ask.payment_id)}
        price: stripe.params.checkout.SessionCreateParamsLineItemPriceData = {
            "currency": ask.amount.currency.lower(),
            "unit_amount": units_of(ask.amount),
            "product_data": {"name": ask.description},
        }
        intent: stripe.params.checkout.SessionCreateParamsPaymentIntentData = {
            "capture_method": "automatic" if ask.capture else "manual",
            "metadata": mine,
        }
        if ask.keep_card:
            intent["setup_future_usage"] = "off_session"
        with answered():
            session = self._client.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": str(ask.payment_id),
                    "customer_email": ask.buyer.email,
                    "customer_creation": "always" if ask.keep_card else "if_required",
                    "line_items": [{"quantity": 1, "price_data": price}],
                    "payment_intent_data": intent,
                    "metadata": mine,
                    "success_url": ask.return_url,
                    "cancel_url": ask.return_url,
                },
                {"idempotency_key": str(ask.key)},
            )
        return Answer(ref=session.id, checkout_url=session.url or "")

    def charge(self, ask: ChargeAsk) -> Answer:
        """Charge a kept card; the bank may decline, which is a fact."""
        customer, _, method = ask.card_ref.partition("/")
        with answered():
            try:
                intent = self._client.payment_intents.create(
                    {
                        "amount": units_of(ask.amount),
                        "currency": ask.amount.currency.lower(),
                        "capture_method": "automatic",
                        "customer": customer,
                        "payment_method": method,
                        "description": ask.description,
                        "off_session": True,
                        "confirm": True,
                        "metadata": {KEY: str(ask.key), "payment": str(ask.payment_id)},
                    },
                    {"idempotency_key": str(ask.key)},
                )
            except stripe.CardError as declined:
                ref = _intent_of(declined)
                if not ref:
                    raise
                return self.look_up(ref)
        return self.look_up(intent.id)

    def capture(self, ask: MoneyAsk) -> Answer:
        """Take what was authorised."""
        with answered():
            self._client.payment_intents.capture(
                self._intent(ask.ref),
                {
                    "amount_to_capture": units_of(ask.amount),
                    "metadata": {CAPTURE_KEY: str(ask.key)},
                },
                {"idempotency_key": str(ask.key)},
            )
        return self.look_up(ask.ref)

    def refund(self, ask: MoneyAsk) -> Answer:
        """Give back all or a part."""
        with answered():
            self._client.refunds.create(
                {
                    "payment_intent": self._intent(ask.ref),
                    "amount": units_of(ask.amount),
                    "metadata": {KEY: str(ask.key)},
                },
                {"idempotency_key": str(ask.key)},
            )
        return self.look_up(ask.ref)

    def look_up(self, ref: str) -> Answer:
        """Ask for everything that happened to a payment."""
        with answered():
            url = ""
            if not ref.startswith("cs_"):
                return self._answer(ref, self._client.payment_intents.retrieve(ref))
            session = self._client.checkout.sessions.retrieve(ref, {"expand": ["payment_intent"]})
            url = session.url or ""
            intent = session.payment_intent
            if isinstance(intent, stripe.PaymentIntent):
                return self._answer(ref, intent, url=url)
            return Answer(ref=ref, checkout_url=url, facts=tuple(_given_up(session)))

    def find(self, key: UUID) -> Answer | None:
        """Ask what became of a call: among the newest checkouts, then among all intents."""
        with answered():
            for session in self._client.checkout.sessions.list({"limit": MOST}).data:
                if _key(session.metadata) == key:
                    return self.look_up(session.id)
            query = f"metadata['{KEY}']:'{key}'"
            found = self._client.payment_intents.search({"query": query}).data
        return self.look_up(found[0].id) if found else None

    def send_evidence(self, *, dispute: str, text: str) -> None:
        """Answer a dispute; Stripe passes it on to the bank, which decides in weeks."""
        with answered():
            self._client.disputes.update(
                dispute,
                {"evidence": {"uncategorized_text": text[:LONGEST_EVIDENCE]}, "submit": True},
            )

    def check_signature(self, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> None:
        """Let the SDK verify the signature and its age; its clock is the machine's."""
        del at
        secret = settings.STRIPE_WEBHOOK_SECRET
        signature = headers.get("Stripe-Signature", "")
        try:
            is_signed = bool(secret) and stripe.WebhookSignature.verify_header(
                body, signature, secret, TOLERANCE_S
            )
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise BadSignature(provider=self.name) from error
        if not is_signed:
            raise BadSignature(provider=self.name)

    def events_in(self, body: bytes) -> tuple[Event, ...]:
        """Read which payment an event is about; events of other kinds are none of ours."""
        try:
            event = json.loads(body)
            kind, told = str(event["type"]), event["data"]["object"]
            if not kind.startswith(OURS):
                return ()
            found = Event(
                id=str(event["id"]),
                ref=str(told.get("payment_intent") or told["id"]),
                key=_key(told.get("metadata")),
                about=str(told.get("charge") or told["id"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableEvent(provider=self.name, why=type(error).__name__) from error
        return (found,)

    def report(self, day: dt.date) -> Report:
        """Ask for every line of the balance on a day; Stripe tells no balance of the past."""
        begin = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
        with answered():
            lines = self._client.balance_transactions.list(
                {
                    "created": {
                        "gte": int(begin.timestamp()),
                        "lt": int((begin + DAY).timestamp()),
                    },
                    "limit": MOST,
                    "expand": ["data.source"],  # a reversal says of which transfer it is
                }
            )
            found = tuple(report_line(line) for line in lines.auto_paging_iter())
        return Report(day=day, lines=found)

    def _intent(self, ref: str) -> str:
        """Return the payment intent of a checkout. Refuses: ProviderRefused."""
        if not ref.startswith("cs_"):
            return ref
        intent = self._client.checkout.sessions.retrieve(ref).payment_intent
        if intent is None:
            raise ProviderRefused(why="This is not paid.")
        return intent if isinstance(intent, str) else intent.id

    def _answer(self, ref: str, intent: stripe.PaymentIntent, *, url: str = "") -> Answer:
        mine: stripe.params.ChargeListParams = {
            "payment_intent": intent.id,
            "limit": MOST,
            "expand": ["data.balance_transaction"],
        }
        charges = self._client.charges.list(mine).data
        refunds = self._client.refunds.list(
            {
                "payment_intent": intent.id,
                "limit": MOST,
                "expand": ["data.balance_transaction", "data.failure_balance_transaction"],
            }
        ).data
        disputes = self._client.disputes.list({"payment_intent": intent.id, "limit": MOST}).data
        facts = [
            *(fact for one in charges for fact in charge_facts(one)),
            *(fact for one in refunds for fact in refund_facts(one)),
            *(fact for one in disputes for fact in dispute_facts(one)),
        ]
        keys = [_key(refund.metadata) for refund in refunds]
        keys.append(_key(intent.metadata, name=CAPTURE_KEY))
        return Answer(
            ref=ref,
            facts=tuple(facts),
            checkout_url=url,
            card_ref=_card(intent),
            keys=frozenset(key for key in keys if key),
        )


def _given_up(session: stripe.checkout.Session) -> Iterator[Fact]:
    """Tell that a page has expired unpaid."""
    if session.status == "expired":
        amount = money_of(session.amount_total or 0, session.currency or "usd")
        nothing = amount - amount
        at = instant(session.expires_at)
        yield Fact(FactKind.CANCELLED, session.id, amount, nothing, at)


def _card(intent: stripe.PaymentIntent) -> str:
    """Return the kept card as ``customer/method``, if one was kept."""
    is_kept = intent.setup_future_usage == "off_session" and intent.status == "succeeded"
    customer, method = intent.customer, intent.payment_method
    return f"{customer}/{method}" if is_kept and customer and method else ""


def _intent_of(declined: stripe.CardError) -> str:
    """Return the payment intent of a declined charge, or nothing."""
    told = cast("dict[str, dict[str, dict[str, str]]]", declined.json_body or {})
    return str(told.get("error", {}).get("payment_intent", {}).get("id", ""))


def _key(metadata: object, *, name: str = KEY) -> UUID | None:
    """Return our key among what is noted on an object, if it is ours."""
    told = metadata.to_dict() if isinstance(metadata, stripe.StripeObject) else metadata
    try:
        return UUID(cast("dict[str, str]", told or {}).get(name, ""))
    except ValueError:
        return None

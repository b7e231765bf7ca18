"""Stripe's HTTP API as far as we call it: its shapes, its idempotency, its signatures, in memory.

It listens on 127.0.0.1 and the official SDK is pointed at it, so every byte of the real calls is
made and read. A test plays the payer: ``pay``, ``decline``, ``dispute``, ``decide``.
"""

import hashlib
import hmac
import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from takings.core import clock

SECRET = "whsec_of_the_tests"
Json = dict[str, Any]
FAILURES = {
    "expired_card": "Your card has expired.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}


class Refused(Exception):  # noqa: N818 - the API's own word for it is error
    """An answer that is no 200."""

    def __init__(self, status: int, error: Json) -> None:
        """Keep the body."""
        super().__init__(error.get("message"))
        self.status, self.body = status, {"error": error}


def now() -> int:
    """Return the present second."""
    return int(clock.now().timestamp())


@dataclass
class FakeStripe:
    """The account of one merchant."""

    objects: dict[str, Json] = field(default_factory=dict)
    lines: list[Json] = field(default_factory=list)
    answers: dict[str, tuple[str, int, Json]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    account: str = ""
    drops: int = 0
    fails: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def new(self, prefix: str, kind: str, **words: Any) -> Json:
        """Make an object with an id, as every answer has."""
        number = sum(1 for key in self.objects if key.startswith(f"{prefix}_")) + 1
        made = {"id": f"{prefix}_{number}", "object": kind, "created": now(), **words}
        self.objects[made["id"]] = made
        return made

    def of(self, kind: str, **words: Any) -> list[Json]:
        """Return the objects of a kind that fit, newest first."""
        fit = (one for one in self.objects.values() if one["object"] == kind)
        found = [one for one in fit if all(one.get(key) == word for key, word in words.items())]
        return found[::-1]

    def line(self, kind: str, amount: int, *, fee: int, source: str) -> Json:
        """Write a line of the balance."""
        made = self.new(
            "txn",
            "balance_transaction",
            type=kind,
            amount=amount,
            fee=fee,
            net=amount - fee,
            currency="usd",
            source=source,
            status="available",
        )
        self.lines.append(made)
        return made

    # What a payer and their bank do.

    def pay(self, session_id: str) -> Json:
        """Pay a page with a good card."""
        session = self.objects[session_id]
        intent = self._intent_of(session)
        charge = self._charge(intent, failure="")
        session |= {"payment_intent": intent["id"], "status": "complete", "url": None}
        return charge

    def decline(self, session_id: str) -> None:
        """Try a card on a page that its bank declines."""
        session = self.objects[session_id]
        intent = self._intent_of(session)
        session["payment_intent"] = intent["id"]
        self._charge(intent, failure="Your card was declined.")

    def expire(self, session_id: str) -> None:
        """Let a page expire unpaid."""
        self.objects[session_id] |= {"status": "expired", "url": None}

    def dispute(self, charge_id: str) -> Json:
        """Let the payer's bank take a charge back."""
        charge = self.objects[charge_id]
        made = self.new(
            "dp",
            "dispute",
            charge=charge_id,
            payment_intent=charge["payment_intent"],
            amount=charge["amount"],
            currency="usd",
            reason="fraudulent",
            status="needs_response",
            evidence={},
            metadata={},
            balance_transactions=[],
        )
        taken = self.line("adjustment", -charge["amount"], fee=1500, source=made["id"])
        made["balance_transactions"] = [taken]
        return made

    def decide(self, dispute_id: str, *, is_won: bool) -> None:
        """Let the bank decide."""
        dispute = self.objects[dispute_id]
        dispute["status"] = "won" if is_won else "lost"
        if is_won:
            given = self.line("adjustment", dispute["amount"], fee=-1500, source=dispute_id)
            dispute["balance_transactions"] = [*dispute["balance_transactions"], given]

    def fail_refund(self, refund_id: str) -> None:
        """Let a refund not arrive."""
        refund = self.objects[refund_id]
        back = self.line("refund_failure", refund["amount"], fee=0, source=refund_id)
        refund |= {
            "status": "failed",
            "failure_reason": "lost_or_stolen_card",
            "failure_balance_transaction": back["id"],
        }

    def pay_out(self) -> None:
        """Send what is there to the merchant's bank."""
        amount = sum(line["net"] for line in self.lines)
        payout = self.new("po", "payout", amount=amount, currency="usd")
        self.line("payout", -amount, fee=0, source=payout["id"])

    def message(self, kind: str, told: Json) -> tuple[bytes, dict[str, str]]:
        """Return a webhook, signed as Stripe signs."""
        event = self.new("evt", "event", type=kind, data={"object": told})
        body, seconds = json.dumps(event).encode(), now()
        digest = hmac.new(SECRET.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
        return body, {"Stripe-Signature": f"t={seconds},v1={digest.hexdigest()}"}

    # What the API answers.

    def answer(self, verb: str, path: str, words: Json, *, key: str) -> Json:
        """Answer a call; a key that is known gets the answer it got."""
        self.calls.append(f"{verb} {path}")
        asked = json.dumps([path, words], sort_keys=True)
        if key and key in self.answers:
            known, status, body = self.answers[key]
            if known != asked:
                raise Refused(400, {"type": "idempotency_error", "message": "Other parameters."})
            if status != 200:
                raise Refused(status, body["error"])
            return body
        try:
            body, status = self._do(verb, path, words), 200
        except Refused as refused:
            body, status = refused.body, refused.status
        if key:
            self.answers[key] = asked, status, json.loads(json.dumps(body))
        if status != 200:
            raise Refused(status, body["error"])
        return body

    def _do(self, verb: str, path: str, words: Json) -> Json:
        parts = path.removeprefix("/v1/").split("/")
        name = "_".join(
            [verb.lower(), *(part for part in parts if "_" not in part or part in SPELT)]
        )
        found: Json = getattr(self, name)(parts, words)
        return found

    def post_checkout_sessions(self, _: list[str], words: Json) -> Json:
        item = words["line_items"][0]["price_data"]
        made = self.new(
            "cs",
            "checkout.session",
            status="open",
            amount_total=int(item["unit_amount"]),
            currency=item["currency"],
            metadata=words["metadata"],
            expires_at=now() + 86_400,
            payment_intent=None,
            wanted=words,
        )
        made["url"] = f"https://checkout.stripe.example/c/pay/{made['id']}"
        return made

    def get_checkout_sessions(self, parts: list[str], words: Json) -> Json:
        if len(parts) == 2:
            return page(self.of("checkout.session"))
        session = self._get(parts[2])
        expanded = "payment_intent" in words.get("expand", []) and session["payment_intent"]
        intent = self.objects[session["payment_intent"]] if expanded else None
        return {**session, "payment_intent": intent or session["payment_intent"]}

    def post_payment_intents(self, _: list[str], words: Json) -> Json:
        method = self._get(words["payment_method"])
        intent = self._new_intent(
            amount=int(words["amount"]),
            metadata=words["metadata"],
            customer=words["customer"],
            payment_method=method["id"],
        )
        code = method["fails_as"]
        why = FAILURES.get(code, "")
        self._charge(intent, failure=why, code=code)
        if why:
            error = {"type": "card_error", "code": code, "message": why}
            raise Refused(402, {**error, "payment_intent": intent})
        return intent

    def post_payment_intents_capture(self, parts: list[str], words: Json) -> Json:
        return self._capture(self._get(parts[1]), words)

    def get_payment_intents(self, parts: list[str], _: Json) -> Json:
        return self._get(parts[1])

    def get_payment_intents_search(self, _: list[str], words: Json) -> Json:
        wanted = re.fullmatch(r"metadata\['(\w+)'\]:'([^']+)'", words["query"])
        assert wanted is not None
        found = self.of("payment_intent")
        fits = [one for one in found if one["metadata"].get(wanted[1]) == wanted[2]]
        return {**page(fits), "object": "search_result"}

    def get_charges(self, _: list[str], words: Json) -> Json:
        found = self.of("charge", payment_intent=words["payment_intent"])
        return page([self._expanded(one, "balance_transaction") for one in found])

    def post_refunds(self, _: list[str], words: Json) -> Json:
        intent, amount = self._get(words["payment_intent"]), int(words["amount"])
        gone = sum(one["amount"] for one in self.of("refund", payment_intent=intent["id"]))
        if intent["status"] != "succeeded" or gone + amount > intent["amount"]:
            message = "Refund amount is greater than the unrefunded amount on the charge."
            raise Refused(400, {"type": "invalid_request_error", "message": message})
        made = self.new(
            "re",
            "refund",
            payment_intent=intent["id"],
            amount=amount,
            currency="usd",
            status="succeeded",
            metadata=words["metadata"],
            failure_reason=None,
            failure_balance_transaction=None,
        )
        made["balance_transaction"] = self.line("refund", -amount, fee=0, source=made["id"])["id"]
        return made

    def get_refunds(self, _: list[str], words: Json) -> Json:
        found = self.of("refund", payment_intent=words["payment_intent"])
        names = ("balance_transaction", "failure_balance_transaction")
        return page([self._expanded(one, *names) for one in found])

    def get_disputes(self, _: list[str], words: Json) -> Json:
        return page(self.of("dispute", payment_intent=words["payment_intent"]))

    def post_disputes(self, parts: list[str], words: Json) -> Json:
        dispute = self._get(parts[1])
        dispute |= {"evidence": words["evidence"], "status": "under_review"}
        return dispute

    def get_balance_transactions(self, _: list[str], words: Json) -> Json:
        span = words["created"]
        found = [one for one in self.lines if int(span["gte"]) <= one["created"] < int(span["lt"])]
        return page([self._expanded(one, "source") for one in found[::-1]])

    def _get(self, key: str) -> Json:
        if key not in self.objects:
            error = {"type": "invalid_request_error", "code": "resource_missing"}
            raise Refused(404, {**error, "message": f"No such object: '{key}'"})
        return self.objects[key]

    def _expanded(self, one: Json, *names: str) -> Json:
        known = {name: self.objects.get(one[name] or "", one[name]) for name in names}
        return {**one, **known}

    def _new_intent(self, *, amount: int, metadata: Json, **words: Any) -> Json:
        usual = {
            "currency": "usd",
            "status": "requires_payment_method",
            "capture_method": "automatic",
            "setup_future_usage": None,
            "customer": None,
            "payment_method": None,
        }
        return self.new("pi", "payment_intent", amount=amount, metadata=metadata, **usual | words)

    def _intent_of(self, session: Json) -> Json:
        if session["payment_intent"]:
            return self.objects[session["payment_intent"]]
        wanted = session["wanted"]["payment_intent_data"]
        keeps = wanted.get("setup_future_usage")
        words: Json = {"capture_method": wanted["capture_method"], "setup_future_usage": keeps}
        if keeps:
            customer = self.new("cus", "customer")
            words["customer"] = customer["id"]
            words["payment_method"] = self.new("pm", "payment_method", fails_as="")["id"]
        return self._new_intent(
            amount=session["amount_total"], metadata=wanted["metadata"], **words
        )

    def _charge(self, intent: Json, *, failure: str, code: str = "") -> Json:
        charge = self.new(
            "ch",
            "charge",
            payment_intent=intent["id"],
            amount=intent["amount"],
            amount_captured=0,
            currency="usd",
            status="failed" if failure else "succeeded",
            captured=False,
            balance_transaction=None,
            failure_message=failure or None,
            failure_code=code or None,
            metadata=intent["metadata"],
        )
        if not failure:
            intent["status"] = "requires_capture"
            if intent["capture_method"] == "automatic":
                self._capture(intent, {})
        return charge

    def _capture(self, intent: Json, words: Json) -> Json:
        if intent["status"] != "requires_capture":
            message = "This PaymentIntent could not be captured."
            raise Refused(400, {"type": "invalid_request_error", "message": message})
        charge = self.of("charge", payment_intent=intent["id"], status="succeeded")[0]
        fee = intent["amount"] * 29 // 1000 + 30
        line = self.line("charge", intent["amount"], fee=fee, source=charge["id"])
        charge |= {
            "captured": True,
            "amount_captured": intent["amount"],
            "balance_transaction": line["id"],
        }
        intent["status"] = "succeeded"
        intent["metadata"] = {**intent["metadata"], **words.get("metadata", {})}
        return intent


SPELT = {"payment_intents", "balance_transactions", "account_links"}


def page(found: list[Json]) -> Json:
    """Return a list as Stripe does."""
    return {"object": "list", "data": found, "has_more": False, "url": "/v1/list"}

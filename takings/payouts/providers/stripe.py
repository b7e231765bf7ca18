"""Stripe Connect through its official SDK: Express accounts, transfers to them, their payouts.

A transfer moves money from our balance to the creator's at Stripe, and Stripe pays it on to their
bank by its own calendar. When that bank gives it back, it lies in their balance at Stripe, from
where the transfer is reversed. Messages only ring the bell: Stripe is then asked.
"""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from uuid import UUID

import stripe
from django.conf import settings

from takings.payments.providers.stripe import answered, instant, make_client, money_of, units_of
from takings.payments.rules import BadSignature, UnreadableEvent
from takings.payouts.rules.port import (
    AccountAsk,
    AccountState,
    AccountTold,
    Event,
    Outcome,
    ProviderHoldsTooLittle,
    TransferAsk,
    TransferTold,
)

KEY = "takings_key"
TOLERANCE_S = 300
MOST = 100
APART = ","
TOO_LITTLE = "balance_insufficient"
OF_ACCOUNTS = ("account.updated", "payout.")
OF_TRANSFERS = ("transfer.",)


class Stripe:
    """Calls Stripe; nothing of it is repeated by the SDK, since silence is settled by asking."""

    name = "stripe"

    def __init__(self) -> None:
        """Take the secrets of the settings."""
        self._client = make_client()

    def open_account(self, ask: AccountAsk) -> AccountTold:
        """Open an Express account that can take transfers."""
        with answered():
            account = self._client.accounts.create(
                {
                    "type": "express",
                    "country": ask.country,
                    "email": ask.email,
                    "capabilities": {"transfers": {"requested": True}},
                    "metadata": {KEY: str(ask.key)},
                },
                {"idempotency_key": str(ask.key)},
            )
        return _account(account)

    def onboarding_url(self, *, ref: str, return_url: str) -> str:
        """Make a link to Stripe's pages, for once and for minutes."""
        with answered():
            link = self._client.account_links.create(
                {
                    "account": ref,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": return_url,
                }
            )
        return link.url

    def look_up_account(self, ref: str) -> AccountTold:
        """Ask how far an account is."""
        with answered():
            return _account(self._client.accounts.retrieve(ref))

    def send(self, ask: TransferAsk) -> TransferTold:
        """Send money to the creator's balance at Stripe."""
        with answered():
            try:
                made = self._client.transfers.create(
                    {
                        "amount": units_of(ask.amount),
                        "currency": ask.amount.currency.lower(),
                        "destination": ask.account,
                        "description": ask.description,
                        "transfer_group": str(ask.key),
                        "metadata": {KEY: str(ask.key)},
                    },
                    {"idempotency_key": str(ask.key)},
                )
            except stripe.InvalidRequestError as refused:
                if refused.code != TOO_LITTLE:
                    raise
                raise ProviderHoldsTooLittle(why=refused.user_message) from refused
        return _transfer(made, Outcome.SENT)

    def look_up(self, ref: str) -> TransferTold:
        """Ask for a transfer, and for the payout in which Stripe passed it on."""
        with answered():
            return self._told(self._client.transfers.retrieve(ref))

    def find(self, key: UUID) -> TransferTold | None:
        """Ask for the transfer of a call, by the group that is its key."""
        with answered():
            found = self._client.transfers.list({"transfer_group": str(key), "limit": 1}).data
            return self._told(found[0]) if found else None

    def take_back(self, *, key: UUID, ref: str) -> TransferTold:
        """Reverse a transfer."""
        with answered():
            self._client.transfers.reversals.create(ref, {}, {"idempotency_key": str(key)})
        return self.look_up(ref)

    def check_signature(self, *, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> None:
        """Let the SDK verify the signature and its age; its clock is the machine's.

        Stripe sends from two endpoints (ours, and those of the accounts), each with its secret.
        """
        del at
        signature = headers.get("Stripe-Signature", "")
        secrets = [one.strip() for one in settings.STRIPE_CONNECT_SECRETS.split(APART)]
        if not any(_is_signed(body, signature, secret) for secret in secrets if secret):
            raise BadSignature(provider=self.name)

    def events_in(self, body: bytes) -> tuple[Event, ...]:
        """Read what an event is about; events of other kinds are none of ours."""
        try:
            event = json.loads(body)
            kind, told, id_ = str(event["type"]), event["data"]["object"], str(event["id"])
            if kind.startswith(OF_TRANSFERS):
                found = Event(id=id_, transfer=str(told["id"]), key=_key(told["metadata"]))
            elif kind.startswith(OF_ACCOUNTS):
                account = str(event.get("account") or told["id"])
                found = Event(id=id_, account=account, key=_key(told.get("metadata") or {}))
            else:
                return ()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableEvent(provider=self.name, why=type(error).__name__) from error
        return (found,)

    def _told(self, transfer: stripe.Transfer) -> TransferTold:
        """Tell a transfer with what became of it at the creator's bank."""
        if transfer.reversed:
            back = transfer.reversals.data[0]
            return _transfer(transfer, Outcome.RETURNED, returned_at=instant(back.created))
        for payout in self._payouts_with(transfer):
            if payout.status == "paid":
                return _transfer(transfer, Outcome.SETTLED)
            if payout.status in {"failed", "canceled"}:
                why = payout.failure_message or "The bank gave no reason."
                return _transfer(transfer, Outcome.FAILED, reason=why)
        return _transfer(transfer, Outcome.SENT)

    def _payouts_with(self, transfer: stripe.Transfer) -> Iterator[stripe.Payout]:
        """Return the payouts of the account that pass a transfer on, the newest first."""
        theirs: stripe.RequestOptions = {"stripe_account": _id(transfer.destination)}
        payouts = self._client.payouts.list(
            {"created": {"gte": transfer.created}, "limit": MOST}, theirs
        )
        payment = _id(transfer.destination_payment)
        for payout in payouts.auto_paging_iter():
            lines = self._client.balance_transactions.list(
                {"payout": payout.id, "limit": MOST}, theirs
            )
            if any(_id(line.source) == payment for line in lines.auto_paging_iter()):
                yield payout


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_S))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


def _account(account: stripe.Account) -> AccountTold:
    """Say in words what Stripe's requirements are; a field is called ``individual.id_number``."""
    needs = account.requirements
    due = (needs.currently_due or []) if needs else []  # what is past due is among them
    words = sorted({field.rpartition(".")[2].replace("_", " ") for field in due})
    can_take = account.capabilities is not None and account.capabilities.transfers == "active"
    if account.payouts_enabled and can_take:
        state = AccountState.READY
    elif account.details_submitted:
        state = AccountState.RESTRICTED
    else:
        state = AccountState.ONBOARDING
    missing = ", ".join(words) or (needs.disabled_reason if needs else "") or ""
    return AccountTold(account.id, state, "" if state is AccountState.READY else missing[:200])


def _transfer(
    transfer: stripe.Transfer,
    outcome: Outcome,
    *,
    returned_at: dt.datetime | None = None,
    reason: str = "",
) -> TransferTold:
    return TransferTold(
        ref=transfer.id,
        amount=money_of(transfer.amount, transfer.currency),
        outcome=outcome,
        made_at=instant(transfer.created),
        returned_at=returned_at,
        reason=reason[:200],
    )


def _id(told: object) -> str:
    """Return the id of what Stripe may tell as an id or as an object."""
    return str(getattr(told, "id", told) or "")


def _key(metadata: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(metadata.get(KEY, ""))
    except ValueError:
        return None

"""Stripe Connect beside the small Stripe: accounts of others, transfers to them, their payouts.

A test plays the account's owner and their bank: ``complete``, ``bank``.
"""

from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from tests.payments.fake_stripe import FakeStripe, Json, Refused, page

DUE = ["individual.id_number", "external_account"]


@dataclass
class FakeConnect(FakeStripe):
    """A merchant whose customers are paid by Stripe."""

    def fund(self, cents: int) -> None:
        """Put money into the merchant's balance."""
        self.line("topup", cents, fee=0, source="tu_1")

    def complete(self, account_id: str, *, due: list[str]) -> None:
        """Let the owner fill in the pages; what is still due keeps the account from being paid."""
        self.objects[account_id] |= {
            "details_submitted": True,
            "payouts_enabled": not due,
            "capabilities": {"transfers": "inactive" if due else "active"},
            "requirements": {"currently_due": due, "disabled_reason": None},
        }

    def bank(self, account_id: str, *, status: str, why: str | None = None) -> Json:
        """Let Stripe pay everything that is there to the owner's bank, which takes it or not."""
        passed = {line["source"] for line in self.of("their_line", account=account_id)}
        sent = self.of("transfer", destination=account_id)
        left = [one for one in sent if one["destination_payment"] not in passed]
        payout = self.new(
            "po",
            "payout",
            account=account_id,
            amount=sum(one["amount"] for one in left),
            currency="usd",
            status=status,
            failure_message=why,
        )
        self.new("txn", "their_line", account=account_id, payout=payout["id"], source=payout["id"])
        for one in left:
            source = one["destination_payment"]
            self.new("txn", "their_line", account=account_id, payout=payout["id"], source=source)
        return payout

    def post_accounts(self, _: list[str], words: Json) -> Json:
        """Open an Express account."""
        if words["country"] == "KP":
            raise self._refusal("KP is not currently supported by Stripe.")
        return self.new(
            "acct",
            "account",
            country=words["country"],
            metadata=words["metadata"],
            details_submitted=False,
            payouts_enabled=False,
            capabilities={"transfers": "inactive"},
            requirements={"currently_due": DUE, "disabled_reason": None},
        )

    def get_accounts(self, parts: list[str], _: Json) -> Json:
        """Tell an account."""
        return self._get(parts[1])

    def post_account_links(self, _: list[str], words: Json) -> Json:
        """Make a link to the pages."""
        account = self._get(words["account"])["id"]
        return {"object": "account_link", "url": f"https://connect.stripe.example/setup/{account}"}

    def post_transfers(self, _: list[str], words: Json) -> Json:
        """Send money to an account."""
        amount = int(words["amount"])
        account = self._get(words["destination"])
        if account["capabilities"]["transfers"] != "active":
            raise self._refusal("Your destination account needs the transfers capability.")
        if sum(line["net"] for line in self.lines) < amount:
            code = "balance_insufficient"
            raise self._refusal("You have insufficient available funds.", code=code)
        made = self.new(
            "tr",
            "transfer",
            amount=amount,
            currency=words["currency"],
            destination=account["id"],
            destination_payment=self.new("py", "their_payment")["id"],
            metadata=words["metadata"],
            transfer_group=words["transfer_group"],
            reversed=False,
            reversals=page([]),
        )
        self.line("transfer", -amount, fee=0, source=made["id"])
        return made

    def get_transfers(self, parts: list[str], words: Json) -> Json:
        """Tell a transfer, or those of a group."""
        if len(parts) > 1:
            return self._get(parts[1])
        return page(self.of("transfer", transfer_group=words["transfer_group"]))

    def post_transfers_reversals(self, parts: list[str], _: Json) -> Json:
        """Take a transfer back."""
        transfer = self._get(parts[1])
        if transfer["reversed"]:
            raise self._refusal("The transfer is already fully reversed.")
        amount = transfer["amount"]
        made = self.new("trr", "transfer_reversal", amount=amount, transfer=transfer["id"])
        transfer |= {"reversed": True, "reversals": page([made])}
        self.line("transfer_refund", amount, fee=0, source=made["id"])
        return made

    def get_payouts(self, _: list[str], __: Json) -> Json:
        """Tell the payouts of an account."""
        return page(self.of("payout", account=self.account))

    @override
    def get_balance_transactions(self, _: list[str], words: Json) -> Json:
        """Tell the lines of a payout of an account, or those of our own day."""
        if self.account:
            return page(self.of("their_line", account=self.account, payout=words["payout"]))
        return super().get_balance_transactions(_, words)

    def _refusal(self, message: str, **words: Any) -> Refused:
        error = {"type": "invalid_request_error", "message": message}
        return Refused(400, error | words)

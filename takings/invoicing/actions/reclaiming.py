"""Tax that was paid to its authority and is given back: from now on the authority owes it."""

import datetime as dt

from takings.core import ids
from takings.invoicing.rules import receivable_of
from takings.ledger.actions import post
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money
from takings.policies.queries import policy_at


def reclaim_tax(
    *, account: AccountName, missing: Money, reference: str, because: object, at: dt.datetime
) -> bool:
    """Let the account of a tax hold what is given back and was paid already; tell if it lacked it.

    ``tax_receivable → tax``, so the next payment to the authority is so much smaller. Once for each
    ``because``.
    """
    if missing <= Money.zero(missing.currency):
        return False
    draft = EntryDraft(
        id=ids.derived("tax_reclaimed", because, account, missing.micros),
        kind="tax_reclaimed",
        reference=reference,
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo="It was paid to the authority before it was given back",
        transfers=(TransferDraft(receivable_of(account), account, missing),),
    )
    post(drafts=[draft], at=at)
    return True

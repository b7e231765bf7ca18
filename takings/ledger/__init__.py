"""The books: accounts, entries, transfers; every balance equals the sum of its transfers.

``A → B`` is one transfer: debit A, credit B, one amount, one currency; it cannot be unbalanced.
An entry groups the transfers of one fact and carries the caller's id. A brand pays in $100:

    post(drafts=[EntryDraft(
        id=receipt_id, kind="prepaid_received", reference="receipt:77",
        policy_version="house@2026-01-01", occurred_at=paid_at, memo="Bank transfer",
        transfers=(TransferDraft("bank", "advertiser:7:prepaid", Money(100_000_000, "USD")),),
    )], at=now)

Afterwards ``balance(name="advertiser:7:prepaid", currency="USD")`` is $100 more. The second call
with the same id changes nothing. Laws live twice: as refusals here, as constraints in PostgreSQL.
"""

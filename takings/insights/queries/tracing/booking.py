"""Where a creator's money is: the entry that booked it, and when it may be paid out."""

from takings.insights.rules.reader import Reader, Whose
from takings.insights.rules.trace import Fact, Ref, Stop
from takings.insights.rules.transfers import transfer_parts
from takings.ledger import queries as ledger
from takings.money import Money, format_money
from takings.settlement.models import Release, ShareLine
from takings.settlement.queries import payable_from


def booking_stop(*, line: ShareLine) -> Stop:
    """Return the ``pool_shared`` entry: the creator's transfer, the others summed by kind."""
    title = "It was booked"
    if line.entry_id is None:
        sentence = "The pool was empty, so there was nothing to book."
        return Stop(kind="booking", title=title, sentence=sentence)
    entry = ledger.entry(id=line.entry_id)
    account = f"creator:{line.creator_id}:pending"
    own = [move for move in entry.transfers if move.credit == account]
    as_creator = Reader(creator_id=line.creator_id)
    parts, left_out = transfer_parts(entry.transfers, reader=as_creator)
    return Stop(
        kind="booking",
        title=title,
        sentence=(
            "One entry empties the whole pool, transfer by transfer. This line is a part of "
            f"the transfer to {account}."
        ),
        amount=own[0].amount if own else Money.zero(line.currency),
        at=entry.posted_at,
        ref=Ref("entry", str(entry.id)),
        facts=(Fact("Entry number", f"{entry.number:,}"), Fact("Policy", entry.policy_version)),
        parts=parts,
        left_out=left_out,
    )


def payable_stop(*, line: ShareLine, by: Whose) -> Stop:
    """Return when the money leaves its hold window, and the entry that moved it if it has."""
    release = Release.objects.filter(
        statement__period=line.period,
        statement__creator_id=line.creator_id,
        statement__currency=line.currency,
    ).first()
    due = payable_from(period=line.period)
    balances = tuple(
        Fact(
            f"In {account} now",
            format_money(ledger.balance(name=account, currency=line.currency), exact=True),
        )
        for purpose in ("pending", "payable")
        for account in [f"creator:{line.creator_id}:{purpose}"]
    )
    if release is None:
        return Stop(
            kind="payable",
            title="It waits in its hold window",
            sentence=(
                "The hold window is the time to find invalid traffic before money leaves. "
                f"After it, {by.subject} can be paid out."
            ),
            at=due,
            facts=balances,
        )
    return Stop(
        kind="payable",
        title="It may be paid out",
        sentence="The hold window is over: the statement's money moved from pending to payable.",
        at=release.released_at,
        ref=Ref("entry", str(release.entry_id)) if release.entry_id else None,
        facts=balances,
    )

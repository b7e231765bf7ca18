"""Which transfers of an entry a reader sees one by one, and how the rest is summed up."""

from collections import defaultdict
from collections.abc import Sequence

from takings.insights.rules.reader import Reader
from takings.insights.rules.trace import Part
from takings.insights.rules.words import account_words
from takings.ledger.rules import AccountName, TransferDraft, account_kind
from takings.money import Money

LISTED = 50


def is_own(account: AccountName, *, reader: Reader) -> bool:
    """Tell whether an account is the reader's: a creator's own, a brand's, or a fee's."""
    if account in reader.accounts:
        return True
    owner, _, rest = account.partition(":")
    number = rest.partition(":")[0]
    if not number.isdigit():
        return False
    if owner == "creator":
        return int(number) == reader.creator_id
    return owner == "advertiser" and int(number) in reader.brand_ids


def touches(transfers: Sequence[TransferDraft], *, reader: Reader) -> bool:
    """Tell whether an entry is this reader's business."""
    return reader.is_operator or any(
        is_own(account, reader=reader)
        for move in transfers
        for account in (move.debit, move.credit)
    )


def transfer_parts(
    transfers: Sequence[TransferDraft], *, reader: Reader
) -> tuple[tuple[Part, ...], int]:
    """Return the transfers to show and how many are left out.

    Operators see each transfer (the first :data:`LISTED`). Others see their own, and one sum for
    all transfers of the same kind, so that nobody reads another's earnings.
    """
    if reader.is_operator:
        listed = tuple(_part(move) for move in transfers[:LISTED])
        return listed, max(0, len(transfers) - LISTED)
    own = [move for move in transfers if touches([move], reader=reader)]
    rest = [move for move in transfers if not touches([move], reader=reader)]
    return (*(_part(move, here=True) for move in own), *_sums(rest)), 0


def _part(move: TransferDraft, *, here: bool = False) -> Part:
    return Part(
        label=f"{move.debit} → {move.credit}",
        amount=move.amount,
        note=f"{account_words(move.debit)} → {account_words(move.credit)}",
        tone="here" if here else "",
    )


def _sums(moves: Sequence[TransferDraft]) -> list[Part]:
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for move in moves:
        kinds = account_kind(move.debit).pattern, account_kind(move.credit).pattern
        groups[(*kinds, move.amount.currency)].append(move.amount.micros)
    return [
        Part(
            label=f"{_WHO.get(debit, debit)} to {_WHO.get(credit, credit)}",
            amount=Money(sum(amounts), code),
            note=f"{debit} → {credit}",
            count=len(amounts),
            tone="quiet",
        )
        for (debit, credit, code), amounts in groups.items()
    ]


_WHO = {
    "bank": "The bank",
    "provider:<name>": "the card provider",
    "platform:fees": "The platform's fees",
    "platform:loss": "The platform's loss",
    "advertiser:<id>:prepaid": "an advertiser's prepaid money",
    "advertiser:<id>:reserved": "An advertiser's reserved money",
    "pool:<product>:<country>:<period>": "The pool",
    "creator:<id>:pending": "other creators",
    "platform:revenue:<stream>": "the platform",
    "rights:<holder>": "rights holders of music",
}
"""How sums of other people's transfers are told: the first word stands at the beginning."""

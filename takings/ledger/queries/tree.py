"""The accounts as a tree: ``creator:7:pending`` stands at ``creator`` › ``7`` › ``pending``.

Which nodes exist is asked of the names alone, a page at a time; what is in them is summed in
:func:`_sums` and nowhere else, for the nodes of that page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, F, Func, Q, Sum, TextField, Value, When
from django.db.models.functions import Collate, Concat, Length

from takings.core.errors import Invalid
from takings.ledger.models import Account, Balance
from takings.ledger.queries.balances import AccountBalance, balances
from takings.ledger.rules import AccountName, Side, account_kind
from takings.ledger.rules.chart import LONGEST_NAME
from takings.money import Money

_PREFIX = re.compile(r"[A-Za-z0-9_.:-]*")
_WORD = LONGEST_NAME + 1  # words come after numbers, whose rank is how many digits they have


class BadPrefix(Invalid):
    """No account's name can begin so."""

    code = "bad_prefix"
    sentence = (
        "No account's name begins with “{prefix}”: names have letters, digits, “_”, “.”, “-”, and"
        " “:” between their parts."
    )


@dataclass(frozen=True, slots=True)
class NodeSum:
    """What is in the accounts of a node that have one currency and one side, on that side."""

    side: Side
    balance: Money


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the names: ``path`` leads to it, and ends with ``label``.

    ``is_account`` tells whether an account has exactly this name, ``is_parent`` whether others
    stand below it; ``account_count`` counts both, each currency on its own.
    """

    path: AccountName
    label: str
    is_account: bool
    is_parent: bool
    account_count: int
    sums: tuple[NodeSum, ...]

    @property
    def meaning(self) -> str:
        """What its account is for, in the words of the chart. Refuses UnknownAccount."""
        return account_kind(self.path).meaning


@dataclass(frozen=True, slots=True)
class _Place:
    """What the names alone tell of a node."""

    label: str
    account_count: int
    own_count: int


def check_prefix(prefix: str) -> str:
    """Return the beginning of a name as given, or refuse with :class:`BadPrefix`."""
    if len(prefix) > LONGEST_NAME or _PREFIX.fullmatch(prefix) is None:
        raise BadPrefix(prefix=prefix)
    return prefix


def children(*, prefix: AccountName, after: str = "", limit: int) -> list[Node]:
    """Return the nodes whose names begin with ``prefix``, one level deep.

    ``creator:`` asks for all children of ``creator``, ``creator:7`` for those that begin with 7.
    Numbers come first, by value, then words; ``after`` is the last label seen.
    Refuses: BadPrefix.
    """
    above, colon, _ = check_prefix(prefix).rpartition(":")
    stem = above + colon
    places = _places(prefix=prefix, stem=stem, after=check_prefix(after), limit=limit)
    sums = _sums(stem=stem, places=places)
    return [
        Node(
            path=stem + place.label,
            label=place.label,
            is_account=place.own_count > 0,
            is_parent=place.account_count > place.own_count,
            account_count=place.account_count,
            sums=sums[place.label],
        )
        for place in places
    ]


def _places(*, prefix: str, stem: str, after: str, limit: int) -> list[_Place]:
    """Return the labels below ``stem`` with their counts, in order."""
    digits = When(segment__regex=r"^[0-9]+$", then=Length("segment"))
    named = Account.objects.filter(name__startswith=prefix).annotate(segment=_segment(stem))
    ranked = named.annotate(size=Case(digits, default=Value(_WORD)))
    if after:
        size = len(after) if after.isascii() and after.isdigit() else _WORD
        ranked = ranked.filter(Q(size__gt=size) | Q(size=size, segment__gt=after))
    own = Q(name=Concat(Value(stem), F("segment"), output_field=TextField()))
    rows = (
        ranked.values("size", "segment")
        .annotate(account_count=Count("currency"), own_count=Count("currency", filter=own))
        .order_by("size", "segment")
        .values_list("segment", "account_count", "own_count")
    )
    return [_Place(*row) for row in rows[:limit]]


def _sums(*, stem: str, places: Sequence[_Place]) -> dict[str, tuple[NodeSum, ...]]:
    """Return what is in each node, per currency and side; sides are never set off."""
    found: dict[str, list[NodeSum]] = {place.label: [] for place in places}
    rows = (
        Balance.objects.filter(name__startswith=stem)
        .annotate(segment=_segment(stem))
        .filter(segment__in=list(found))
        .order_by("segment", "currency", "side")
        .values_list("segment", "currency", "side")
        .annotate(standing=Sum("credits_micros") - Sum("debits_micros"))
    )
    for label, code, side, standing in rows:
        micros = int(standing) if side == "credit" else -int(standing)
        found[label].append(NodeSum(side, Money(micros, code)))
    return {label: tuple(sums) for label, sums in found.items()}


def _segment(stem: str) -> Collate:
    """Return the part of a name that follows ``stem``."""
    part = Func(
        F("name"),
        Value(":"),
        Value(stem.count(":") + 1),
        function="split_part",
        output_field=TextField(),
    )
    return Collate(part, "C")


def accounts_below(*, prefix: AccountName) -> list[AccountBalance]:
    """Return all accounts whose name begins so, by name and currency. Refuses BadPrefix."""
    return balances(prefix=check_prefix(prefix))

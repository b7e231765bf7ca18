"""Account names in the two programs, and back: no two of ours ever become one of theirs.

The first part says what an account is (``liabilities``), so that both programs sort it by
themselves. hledger takes our names as they are. Beancount wants parts of letters, digits and
hyphens that begin with a capital or a digit:

>>> to_beancount("pool:feed_ads:DE:2026-11.2")
'Liabilities:Pool:Feed--uads:DE:2026-11--d2'
>>> from_beancount("Liabilities:Pool:Feed--uads:DE:2026-11--d2")
'pool:feed_ads:DE:2026-11.2'

``--u`` is an underscore, ``--d`` a dot, ``--h`` a hyphen that does not join two letters or digits,
``0--n`` the beginning of a part that begins with none of these. A part is read as lower-case unless
its first two letters are capitals; ``--c`` at its end says that its first letter is the other case.
"""

import re
from functools import lru_cache

from takings.ledger.rules.chart import AccountName, Nature, account_kind

_ROOTS: dict[Nature, str] = {
    "asset": "Assets",
    "liability": "Liabilities",
    "income": "Income",
    "expense": "Expenses",
    "contra": "Equity",
    "clearing": "Equity",
}
KEPT = 65_536  # names are written again and again
_MARKS = {"_": "--u", ".": "--d", "-": "--h"}
_SIGNS = {mark: sign for sign, mark in _MARKS.items()}
_SIGN = re.compile(r"[_.]|(?<![A-Za-z0-9])-|-(?![A-Za-z0-9])")
_MARK = re.compile("|".join(_SIGNS))
_HEADLESS, _OTHER_CASE = "0--n", "--c"
_CAPITALS = re.compile("[A-Z]{2}")


@lru_cache(maxsize=KEPT)
def to_hledger(name: AccountName) -> str:
    """Return ``liabilities:creator:7:pending``. Refuses: UnknownAccount."""
    return f"{_root(name).lower()}:{name}"


def from_hledger(name: str) -> AccountName:
    """Return our name of an account that :func:`to_hledger` named."""
    return name.partition(":")[2]


@lru_cache(maxsize=KEPT)
def to_beancount(name: AccountName) -> str:
    """Return ``Liabilities:Creator:7:Pending``. Refuses: UnknownAccount."""
    return ":".join((_root(name), *(_capitalised(part) for part in name.split(":"))))


def from_beancount(name: str) -> AccountName:
    """Return our name of an account that :func:`to_beancount` named."""
    return ":".join(_plain(part) for part in name.split(":")[1:])


def _root(name: AccountName) -> str:
    return _ROOTS[account_kind(name).nature]


def _capitalised(part: str) -> str:
    marked = _SIGN.sub(lambda sign: _MARKS[sign[0]], part)
    if not part[0].isalnum():
        return _HEADLESS + marked
    upper = part[0].upper() + marked[1:]
    return upper if _cased(upper) == part[0] else upper + _OTHER_CASE


def _plain(part: str) -> str:
    if part.startswith(_HEADLESS):
        return _unmarked(part.removeprefix(_HEADLESS))
    bare = part.removesuffix(_OTHER_CASE)
    first = _cased(bare)
    return _unmarked((first if bare == part else first.swapcase()) + bare[1:])


def _cased(part: str) -> str:
    """Return the first letter in the case that a part suggests: DE is DE, Bank is bank."""
    return part[0] if _CAPITALS.match(part) else part[0].lower()


def _unmarked(part: str) -> str:
    return _MARK.sub(lambda mark: _SIGNS[mark[0]], part)

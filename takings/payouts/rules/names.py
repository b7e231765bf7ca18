"""Names as documents, banks and lists write them: compared by their words, not by their letters."""

import unicodedata

from takings.core.errors import Invalid

FEWEST_WORDS = 2
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th"})


class NameMismatch(Invalid):
    """A bank account must belong to the person who earns: money goes to nobody else."""

    code = "name_mismatch"
    sentence = (
        "The account is in the name of “{holder}”, the profile in that of “{legal}”; "
        "write the holder as your bank does, or use an account of your own."
    )


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name without case, accents, punctuation or order.

    >>> sorted(words_of("O’Neill, José"))
    ['jose', 'oneill']
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    kept = (c for c in plain if not unicodedata.combining(c) and c not in "'’`.")
    spaced = "".join(c if c.isalnum() else " " for c in kept)
    return frozenset(spaced.split())


def are_the_same(one: str, other: str) -> bool:
    """Tell whether two names may be one person's: the same words, or middle names left out."""
    first, second = words_of(one), words_of(other)
    fewer, more = sorted((first, second), key=len)
    return first == second != frozenset() or (len(fewer) >= FEWEST_WORDS and fewer <= more)


def check_holder(*, holder: str, legal: str) -> None:
    """Refuse an account of somebody else with :class:`NameMismatch`."""
    if not are_the_same(holder, legal):
        raise NameMismatch(holder=holder, legal=legal)

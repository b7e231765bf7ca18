"""What may be written with a gift."""

import re
import unicodedata
from collections.abc import Iterable

from takings.core.errors import Invalid

LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:[a-z]{2,})(?:/|\b)", re.IGNORECASE)
MOST_WORDS, LONGEST_WORD = 200, 40


class MessageTooLong(Invalid):
    """One line over a video."""

    code = "gift_message_too_long"
    sentence = "A message has at most {most} characters; this one has {given}."


class LinkInMessage(Invalid):
    """Links are how people are cheated."""

    code = "link_in_gift_message"
    sentence = "A message with a gift has no links. Take it out and send it again."


class WordNotWelcome(Invalid):
    """The creator does not want to read it."""

    code = "word_not_welcome"
    sentence = "The creator does not want messages with “{word}”. Write it another way."


class TooManyWords(Invalid):
    """A list that nobody can keep in order."""

    code = "too_many_blocked_words"
    sentence = "Block at most {most} words, each of at most {longest} letters."


def clean_message(text: str, *, most: int, blocked: Iterable[str] = ()) -> str:
    """Return a message on one line, without what cannot be seen.

    Refuses: MessageTooLong, LinkInMessage, WordNotWelcome.
    """
    seen = "".join(one if _is_seen(one) else " " for one in unicodedata.normalize("NFC", text))
    line = " ".join(seen.split())
    if len(line) > most:
        raise MessageTooLong(most=most, given=len(line))
    if LINK.search(line):
        raise LinkInMessage
    words = set(re.findall(r"\w+", line.casefold()))
    for word in blocked:
        if word.casefold() in words or (" " in word and word.casefold() in line.casefold()):
            raise WordNotWelcome(word=word)
    return line


def read_words(text: str) -> list[str]:
    """Return a creator's list of words: one a line or between commas. Refuses: TooManyWords."""
    words = (" ".join(word.split()).casefold() for word in re.split(r"[,\n]", text))
    found = list(dict.fromkeys(word for word in words if word))
    if len(found) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in found):
        raise TooManyWords(most=MOST_WORDS, longest=LONGEST_WORD)
    return found


def _is_seen(character: str) -> bool:
    """Tell whether a character may be written: controls and marks of direction may not."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"} or (
        character in "\u200d\u200c"  # they join letters and emoji
    )

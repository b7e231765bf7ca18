"""What may be said in a chat, and how fast. Pure; gifts check their messages by the same rules."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Sequence

from takings.core.errors import Forbidden, Invalid, TooMuch

MOST_CHARS = 300
MOST_BLOCKED = 200
LONGEST_BLOCKED = 40
BURST, BURST_WITHIN = 5, dt.timedelta(seconds=10)
MUTED_FOR = dt.timedelta(minutes=10)
LINK = re.compile(
    r"://|\bwww\.|\b[\w-]+\.(?:[a-z]{2,}/|(?:app|biz|cc|cn|co|com|de|dev|eu|fr|gg|info|io|it|link|ly"
    r"|me|net|online|org|ru|shop|site|to|tv|uk|us|xyz)\b)",
    re.IGNORECASE,
)
LOOKALIKES = str.maketrans("013457@$", "oieastas")


class NothingSaid(Invalid):
    """A line has words."""

    code = "nothing_said"
    sentence = "Write something first."


class TooLong(Invalid):
    """A line is short."""

    code = "line_too_long"
    sentence = "That is too long: a line has at most {most} characters, and yours has {count}."


class NoLinks(Invalid):
    """Links in chats lead to fraud more often than anywhere else."""

    code = "no_links"
    sentence = "Links cannot be sent here. Leave the address out."


class WordBlocked(Invalid):
    """The creator does not want this word in their chat."""

    code = "word_blocked"
    sentence = "@{handle} does not want “{word}” here. Say it in other words."


class TooFast(TooMuch):
    """Others want to be read, too."""

    code = "writes_too_fast"
    sentence = "Wait {seconds} s before you write again."


class TooManyWords(TooMuch):
    """A list that nobody could keep in order."""

    code = "too_many_blocked_words"
    sentence = "Block at most {most} words, of at most {longest} characters each."


class FollowersOnly(Forbidden):
    """The creator lets followers write."""

    code = "followers_only"
    sentence = "Only followers of @{handle} write here. Follow to join in."


class Muted(Forbidden):
    """A moderator asked for silence."""

    code = "muted"
    sentence = "You cannot write here {until}."


def clean(text: str) -> str:
    """Return a text as it is shown: one line, without what is invisible or turns others' words.

    Direction overrides and other format characters (Unicode category Cf) go, but those that join
    emoji and letters stay.
    """
    kept = (one for one in text if one in "\u200c\u200d" or unicodedata.category(one) != "Cf")
    shown = ("" if unicodedata.category(one) in {"Cs", "Co"} else one for one in kept)
    return " ".join(unicodedata.normalize("NFC", "".join(shown)).split())


def check_text(
    text: str, *, blocked: Collection[str] = (), handle: str = "", most: int = MOST_CHARS
) -> str:
    """Return a text as it may be shown; ``blocked`` are words that a creator does not want.

    Refuses: NothingSaid, TooLong, NoLinks, WordBlocked.
    """
    shown = clean(text)
    if not shown.strip("\u200c\u200d"):
        raise NothingSaid
    if len(shown) > most:
        raise TooLong(most=most, count=len(shown))
    if LINK.search(unicodedata.normalize("NFKC", shown)):
        raise NoLinks
    said = f" {' '.join(_words(shown))} "
    for word in blocked:
        plain = " ".join(_words(word))
        if plain and f" {plain} " in said:
            raise WordBlocked(handle=handle, word=word)
    return shown


def _words(text: str) -> list[str]:
    """Return the words of a text, whatever their case, width, accents and digits for letters."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(LOOKALIKES)
    bare = "".join(one for one in plain if unicodedata.category(one) not in {"Mn", "Cf"})
    return re.findall(r"\w+", bare)


def read_blocked(text: str) -> list[str]:
    """Return the words of a list, one a line, each once. Refuses :class:`TooManyWords`."""
    words = list(dict.fromkeys(filter(None, map(clean, text.splitlines()))))
    if len(words) > MOST_BLOCKED or any(len(word) > LONGEST_BLOCKED for word in words):
        raise TooManyWords(most=MOST_BLOCKED, longest=LONGEST_BLOCKED)
    return words


def check_pace(*, said: Sequence[dt.datetime], slow_s: int, at: dt.datetime) -> None:
    """Refuse :class:`TooFast` to who wrote just now; ``said`` are the times, the newest first."""
    waits = [said[0] + dt.timedelta(seconds=slow_s)] if said else []
    if len(said) >= BURST:
        waits.append(said[BURST - 1] + BURST_WITHIN)
    longest = max((wait - at for wait in waits), default=dt.timedelta(0))
    if longest > dt.timedelta(0):
        raise TooFast(seconds=-(-longest // dt.timedelta(seconds=1)))

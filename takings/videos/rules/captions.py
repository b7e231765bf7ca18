"""Captions as WebVTT (W3C): checked line by line, so that the writer learns where it is wrong."""

import re
from typing import Final

from takings.core.errors import Invalid

MAX_CAPTIONS_BYTES: Final = 256 * 1024
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}")
_TIME = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S.*)?", re.ASCII)


class BadCaptions(Invalid):
    """The text is not WebVTT."""

    code = "bad_captions"
    sentence = "These captions cannot be used: line {line}: {why}."


class BadLanguage(Invalid):
    """Languages are BCP 47 tags."""

    code = "bad_language"
    sentence = "“{given}” is not a language tag; use one such as en, de or pt-BR."


def check_language(tag: str) -> str:
    """Return the tag, or refuse with :class:`BadLanguage`."""
    if not LANGUAGE.fullmatch(tag):
        raise BadLanguage(given=tag[:35])
    return tag


def check_captions(content: bytes) -> str:
    """Return the captions with plain newlines, or refuse with :class:`BadCaptions`."""
    if len(content) > MAX_CAPTIONS_BYTES:
        raise BadCaptions(line=1, why=f"the file is larger than {MAX_CAPTIONS_BYTES // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise BadCaptions(line=line, why="it is not UTF-8") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise BadCaptions(line=1, why="a WebVTT file begins with “WEBVTT”")
    cues = [(number, line.strip()) for number, line in enumerate(lines, 1) if "-->" in line]
    for number, cue in cues:
        _check_cue(cue, number)
    if not cues:
        raise BadCaptions(line=len(lines), why="there is no cue in it")
    return "\n".join(lines).rstrip("\n") + "\n"


def _check_cue(line: str, number: int) -> None:
    match = _CUE.fullmatch(line)
    if match is None:
        raise BadCaptions(line=number, why="write times as 00:01.000 --> 00:03.500")
    times = match.groups()
    if _ms(times[:4]) >= _ms(times[4:]):
        raise BadCaptions(line=number, why="the cue ends before it begins")


def _ms(time: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in time)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths

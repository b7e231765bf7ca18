"""Consent as sites and apps pass it on: TCF 2 and GPP 1 strings (IAB Tech Lab), to the bit.

Only what a decision needs is read: purposes and one vendor of a TC string, and the opt-outs of the
US sections. There is no kept library for both.
"""

import re
import string
from functools import lru_cache

from takings.core.errors import Invalid

LONGEST = 8_192
"""Characters; ten times what a list of all vendors takes."""
TCF_EU, US_PRIVACY, US_NATIONAL, US_CALIFORNIA = 2, 6, 7, 8
"""The sections of a GPP string that are read, by their ids."""
_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_US_PRIVACY_STRING = re.compile("1[YN-]{3}")
_TCF_VERSION, _GPP_HEADER, _GPP_VERSION = 2, 3, 1
_BEFORE_PURPOSES, _BETWEEN, _PURPOSES = 146, 37, 24
_OPTED_OUT, _GPC_SEGMENT = 1, 1


class UnreadableConsent(Invalid):
    """What cannot be read allows nothing."""

    code = "unreadable_consent"
    sentence = "This consent string cannot be read."


class _Bits:
    """The bits of a base64url text without padding, six a letter, from the left."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise UnreadableConsent
        try:
            self._bits = "".join(f"{_VALUE[letter]:06b}" for letter in text)
        except KeyError:
            raise UnreadableConsent from None
        self._at = 0

    def take(self, count: int) -> int:
        """Return the next bits as a number."""
        taken = self._bits[self._at : self._at + count]
        if len(taken) < count:
            raise UnreadableConsent
        self._at += count
        return int(taken, 2)

    def fibonacci(self) -> int:
        """Return the next number in Fibonacci coding, which ends with two ones."""
        total, last, (low, high) = 0, 0, (1, 2)
        while True:
            bit = self.take(1)
            if bit and last:
                return total
            total += low * bit
            last, low, high = bit, high, low + high


@lru_cache(maxsize=4_096)
def consented_purposes(tc: str, *, vendor_id: int) -> frozenset[int]:
    """Return the purposes a TC string consents to for this vendor; none if it is not consented to.

    Refuses: UnreadableConsent.
    """
    bits = _Bits(tc.partition(".")[0])
    if bits.take(6) != _TCF_VERSION:
        raise UnreadableConsent
    bits.take(_BEFORE_PURPOSES)  # when, by which consent platform, in which words
    purposes = {purpose for purpose in range(1, _PURPOSES + 1) if bits.take(1)}
    bits.take(_BETWEEN)  # legitimate interests, and where the publisher is
    return frozenset(purposes) if _has_vendor(bits, vendor_id) else frozenset()


def _has_vendor(bits: _Bits, vendor_id: int) -> bool:
    largest, is_range = bits.take(16), bits.take(1)
    if not is_range:
        consents = [bits.take(1) for _ in range(largest)]
        return 0 < vendor_id <= largest and consents[vendor_id - 1] == 1
    found = False
    for _ in range(bits.take(12)):
        is_group, first = bits.take(1), bits.take(16)
        last = bits.take(16) if is_group else first
        found |= first <= vendor_id <= last
    return found


@lru_cache(maxsize=4_096)
def gpp_sections(gpp: str) -> dict[int, str]:
    """Return the sections of a GPP string by their ids. Refuses: UnreadableConsent."""
    header, *sections = gpp.split("~")
    bits = _Bits(header)
    if (bits.take(6), bits.take(6)) != (_GPP_HEADER, _GPP_VERSION):
        raise UnreadableConsent
    ids: list[int] = []
    for _ in range(bits.take(12)):
        is_group = bits.take(1)
        first = (ids[-1] if ids else 0) + bits.fibonacci()
        length = bits.fibonacci() if is_group else 0
        if length > len(sections):
            raise UnreadableConsent
        ids.extend(range(first, first + length + 1))
    if len(ids) != len(sections):
        raise UnreadableConsent
    return dict(zip(ids, sections, strict=True))


def opts_out(section_id: int, section: str) -> bool:
    """Tell whether a US section objects to sale, sharing or targeted ads, or is a child's.

    Refuses: UnreadableConsent, also for sections of other states.
    """
    if section_id == US_PRIVACY:
        return _opts_out_by_letter(section)
    core, *segments = section.split(".")
    bits = _Bits(core)
    version = bits.take(6)
    if section_id == US_NATIONAL and version in {1, 2}:
        notices, choices, sensitive, children = 6, 3, (12 if version == 1 else 16), version + 1
    elif section_id == US_CALIFORNIA and version == 1:
        notices, choices, sensitive, children = 3, 2, 9, 2
    else:
        raise UnreadableConsent
    bits.take(2 * notices)
    chosen = [bits.take(2) for _ in range(choices)]
    bits.take(2 * sensitive)
    is_child = bits.take(2 * children) != 0  # told only of those below 17
    return _OPTED_OUT in chosen or is_child or any(_is_gpc(segment) for segment in segments)


def _is_gpc(segment: str) -> bool:
    bits = _Bits(segment)
    return bits.take(2) == _GPC_SEGMENT and bits.take(1) == 1


def _opts_out_by_letter(us_privacy: str) -> bool:
    """Read the US Privacy String, such as ``1YNN``: its third letter is the opt-out of sale."""
    if not _US_PRIVACY_STRING.fullmatch(us_privacy):
        raise UnreadableConsent
    return us_privacy[2] == "Y"

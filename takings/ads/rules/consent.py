"""What may be done with a viewer's identity, as the viewer's browser, site and age allow.

Ads are chosen by place and content first; identity is only ever added by an explicit yes. Minors
are never profiled (Regulation (EU) 2022/2065, DSA, Art. 28(2)).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from takings.ads.rules.consent_strings import (
    TCF_EU,
    US_PRIVACY,
    UnreadableConsent,
    consented_purposes,
    gpp_sections,
    opts_out,
)

STORE, PROFILE, PERSONAL_ADS = 1, 3, 4
"""Purposes of TCF: to store and read on a device, to make a profile for ads, to use it."""
ADULT = 18
"""Years of age."""


class Use(IntEnum):
    """How far identity may be used; each includes those before."""

    NOTHING = 0
    RECOGNISE = 1
    PROFILE = 2


@dataclass(frozen=True, slots=True)
class Signals:
    """What came along with a request; empty, or None, means that nothing was said.

    ``gdpr`` tells whether European law applies. ``sections`` are the ids of those sections of
    ``gpp`` that apply. ``objects``: a child's service, limited tracking, Global Privacy Control.
    """

    gdpr: bool | None = None
    tc: str = ""
    gpp: str = ""
    sections: frozenset[int] = frozenset()
    us_privacy: str = ""
    objects: bool = False


def read_signals(say: Callable[[str], str]) -> Signals:
    """Read the usual parameters of addresses; ``say`` returns one, empty where it is not given.

    A macro that was left as it is, and the codes -1 and -2, say nothing.
    """

    def said(name: str) -> str:
        value = say(name)
        return "" if value[:1] in {"[", "{", "$"} or value in {"-1", "-2"} else value

    sections = (one.strip() for one in said("gpp_sid").replace("_", ",").split(","))
    return Signals(
        gdpr={"0": False, "1": True}.get(said("gdpr")),
        tc=said("gdpr_consent"),
        gpp=said("gpp"),
        sections=frozenset(int(one) for one in sections if one.isdecimal()),
        us_privacy=said("us_privacy"),
        objects="1" in {said("coppa"), said("lat")},
    )


def allowed_use(signals: Signals, *, vendor_id: int, age: int | None = None) -> Use:
    """Return the most that may be done. ``vendor_id`` is ours in TCF, 0 without one.

    Every law that applies is asked, and the strictest answer holds; what cannot be read allows
    nothing. Where nothing is said, a viewer is recognised and not profiled.
    """
    if signals.objects:
        return Use.NOTHING
    try:
        answers = _answers(signals, vendor_id=vendor_id)
    except UnreadableConsent:
        return Use.NOTHING
    use = min(answers, default=Use.RECOGNISE)
    return min(use, Use.RECOGNISE) if age is not None and age < ADULT else use


def _answers(signals: Signals, *, vendor_id: int) -> list[Use]:
    answers = []
    if signals.gdpr or (signals.gdpr is None and signals.tc):
        answers.append(_by_tcf(signals.tc, vendor_id))
    if signals.us_privacy:
        answers.append(_by_opt_out(US_PRIVACY, signals.us_privacy))
    if signals.gpp or signals.sections:
        answers.extend(_by_section(signals, gpp_sections(signals.gpp), vendor_id))
    return answers


def _by_section(signals: Signals, given: Mapping[int, str], vendor_id: int) -> list[Use]:
    applying = signals.sections or frozenset(given)
    if not applying <= set(given):
        raise UnreadableConsent
    return [
        _by_tcf(given[one], vendor_id) if one == TCF_EU else _by_opt_out(one, given[one])
        for one in applying
    ]


def _by_tcf(tc: str, vendor_id: int) -> Use:
    purposes = consented_purposes(tc, vendor_id=vendor_id)
    if {STORE, PROFILE, PERSONAL_ADS} <= purposes:
        return Use.PROFILE
    return Use.RECOGNISE if STORE in purposes else Use.NOTHING


def _by_opt_out(section_id: int, section: str) -> Use:
    return Use.NOTHING if opts_out(section_id, section) else Use.PROFILE

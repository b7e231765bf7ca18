"""Consent strings, of the IAB's own encoder (npm ``@iabgpp/cmpapi`` 3.2), and what follows."""

import pytest

from takings.ads.rules.consent import Signals, Use, allowed_use, read_signals
from takings.ads.rules.consent_strings import (
    LONGEST,
    US_CALIFORNIA,
    US_NATIONAL,
    US_PRIVACY,
    UnreadableConsent,
    consented_purposes,
    gpp_sections,
    opts_out,
)

US = 755  # the vendor that these strings consent to
YES = "CQuSqEAQuSqEAAfACAENB4EgAPIAAAAAAAYgF5wAgAFALzAAAAAA"  # purposes 1 2 3 4 7, a range
BITFIELD = "CQuSqEAQuSqEAAfACAENB4EgALAAAAAAAAYgAGusoAAAAAAA"  # 1 3 4, vendors 1 2 3 5 7 8 11 13
GROUPS = "CQuSqEAQuSqEAAfACAENB4EgALAAAAAAAAYgQZwAwABALzg-gEGYAAAAAAAA"  # 2, 755, 2000 to 2099
ONLY_STORE = "CQuSqEAQuSqEAAfACAENB4EgAIAAAAAAAAYgF5wAQF5gAAAA"
NO_STORE = "CQuSqEAQuSqEAAfACAENB4EgADAAAAAAAAYgF5wAQF5gAAAA"
NOTHING = "CQuSqEAQuSqEAAfACAENB4EgAAAAAAAAAAYgAAAAAAAA.IAAA.YAAAAAAAAAAA"
ALL_THREE = f"DBACPeA~{YES}.IAAA.YAAAAAAAAAAA~1YNN~CEAQAAAAAACA.QA"  # sections 2, 6 and 7


@pytest.mark.parametrize(
    ("tc", "vendor_id", "purposes"),
    [
        (YES, US, {1, 2, 3, 4, 7}),
        (YES, 10, {1, 2, 3, 4, 7}),
        (YES, 11, set()),
        (YES, 0, set()),
        (BITFIELD, 13, {1, 3, 4}),
        (BITFIELD, 12, set()),
        (BITFIELD, 14, set()),
        (BITFIELD, 0, set()),
        (GROUPS, 2, {1, 3, 4}),
        (GROUPS, 2_099, {1, 3, 4}),
        (GROUPS, 2_100, set()),
        (ONLY_STORE, US, {1}),
        (NOTHING, US, set()),
        ("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA", US, set()),  # the specification's
    ],
)
def test_a_tc_string_consents_to_purposes_for_a_vendor(
    tc: str, vendor_id: int, purposes: set[int]
) -> None:
    assert consented_purposes(tc, vendor_id=vendor_id) == purposes


@pytest.mark.parametrize(
    ("gpp", "sections"),
    [
        ("DBABMA~C", {2: "C"}),
        ("DBABM~C", {2: "C"}),  # headers of the specification, without padding
        ("DBACNY~C~1YNN", {2: "C", 6: "1YNN"}),
        ("DBABjw~C~1YNN", {5: "C", 6: "1YNN"}),
        (ALL_THREE, {2: f"{YES}.IAAA.YAAAAAAAAAAA", 6: "1YNN", 7: "CEAQAAAAAACA.QA"}),
    ],
)
def test_a_gpp_string_names_its_sections(gpp: str, sections: dict[int, str]) -> None:
    assert gpp_sections(gpp) == sections


@pytest.mark.parametrize(
    ("section_id", "section", "says_no"),
    [
        (US_PRIVACY, "1YNN", False),
        (US_PRIVACY, "1---", False),
        (US_PRIVACY, "1YYN", True),
        (US_NATIONAL, "CFQqAAAAAACA.QA", False),
        (US_NATIONAL, "CEAQAAAAAACA.QA", True),  # sale
        (US_NATIONAL, "CBAEAAAAAACA.QA", True),  # sharing
        (US_NATIONAL, "CAQBAAAAAACA.QA", True),  # targeted ads
        (US_NATIONAL, "CAAAAAAAABCA.QA", True),  # a child
        (US_NATIONAL, "CAAAAAAAAASA.QA", True),  # of 16
        (US_NATIONAL, "CAAAAAAAAACA.YA", True),  # Global Privacy Control
        (US_NATIONAL, "BAAAAAAAAAA", False),  # version 1, all not applicable
        (US_NATIONAL, "BAAAAAAAQAA", True),  # version 1, a child
        (US_CALIFORNIA, "BUoAAACA.QA", False),
        (US_CALIFORNIA, "BQQAAACA.QA", True),
    ],
)
def test_a_us_section_opts_out(section_id: int, section: str, *, says_no: bool) -> None:
    assert opts_out(section_id, section) is says_no


@pytest.mark.parametrize(
    "tc", ["", "A", YES[:40], YES.replace("C", "B", 1), "C+!", "C" * LONGEST * 2]
)
def test_a_tc_string_that_cannot_be_read_is_refused(tc: str) -> None:
    with pytest.raises(UnreadableConsent):
        consented_purposes(tc, vendor_id=US)


@pytest.mark.parametrize(
    "gpp",
    [
        *("", "~", "C", "DBABM", "DBACNY~C", "DBABM~C~1YNN", "CBABM~C"),
        "DBAB4Aw~C",  # a group of 90
    ],
)
def test_a_gpp_string_that_cannot_be_read_is_refused(gpp: str) -> None:
    with pytest.raises(UnreadableConsent):
        gpp_sections(gpp)


@pytest.mark.parametrize(
    ("section_id", "section"),
    [
        *((US_PRIVACY, given) for given in ("", "1", "2YNN", "1YN", "1YXN", "1YNNN")),
        (US_NATIONAL, "DAAAAAAAAAAA"),
        (US_NATIONAL, "CAAA"),
        (US_CALIFORNIA, "CUoAAACA"),
        (9, "BUoAAACA"),
    ],
)
def test_a_section_that_cannot_be_read_is_refused(section_id: int, section: str) -> None:
    with pytest.raises(UnreadableConsent):
        opts_out(section_id, section)


@pytest.mark.parametrize(
    ("said", "use"),
    [
        ({}, Use.RECOGNISE),
        ({"gdpr": "[GDPR]", "gdpr_consent": "[GDPRCONSENT]", "gpp": "-1"}, Use.RECOGNISE),
        ({"gdpr": "0", "gdpr_consent": NOTHING}, Use.RECOGNISE),
        ({"gdpr": "1"}, Use.NOTHING),
        ({"gdpr": "1", "gdpr_consent": "[GDPRCONSENT]"}, Use.NOTHING),
        ({"gdpr": "1", "gdpr_consent": YES}, Use.PROFILE),
        ({"gdpr_consent": YES}, Use.PROFILE),
        ({"gdpr_consent": NOTHING}, Use.NOTHING),
        ({"gdpr": "1", "gdpr_consent": ONLY_STORE}, Use.RECOGNISE),
        ({"gdpr": "1", "gdpr_consent": NO_STORE}, Use.NOTHING),
        ({"gdpr": "1", "gdpr_consent": YES, "coppa": "1"}, Use.NOTHING),
        ({"gdpr": "1", "gdpr_consent": YES, "lat": "1"}, Use.NOTHING),
        ({"gdpr": "1", "gdpr_consent": YES, "us_privacy": "1YYN"}, Use.NOTHING),
        ({"us_privacy": "1YNN"}, Use.PROFILE),
        ({"gpp": ALL_THREE}, Use.NOTHING),
        ({"gpp": ALL_THREE, "gpp_sid": "2"}, Use.PROFILE),
        ({"gpp": ALL_THREE, "gpp_sid": "2,6"}, Use.PROFILE),
        ({"gpp": ALL_THREE, "gpp_sid": "2_7"}, Use.NOTHING),
        ({"gpp": ALL_THREE, "gpp_sid": "8"}, Use.NOTHING),
        ({"gpp_sid": "2"}, Use.NOTHING),
        ({"gpp": "DBABjw~C~1YNN"}, Use.NOTHING),  # Canada's is not read
    ],
)
def test_the_strictest_answer_of_all_that_applies_holds(said: dict[str, str], use: Use) -> None:
    signals = read_signals(lambda name: said.get(name, ""))
    assert allowed_use(signals, vendor_id=US) is use
    assert allowed_use(signals, vendor_id=US, age=18) is use
    assert allowed_use(signals, vendor_id=US, age=17) is min(use, Use.RECOGNISE)


def test_a_platform_that_is_no_vendor_is_consented_to_by_nobody() -> None:
    assert allowed_use(Signals(gdpr=True, tc=YES), vendor_id=0) is Use.NOTHING

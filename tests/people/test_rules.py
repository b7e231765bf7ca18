"""Ages, and the token by which the edge knows a viewer."""

import datetime as dt
import uuid

import pytest

from takings.people import rules

KEY = "a key of the server"
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
VIEWER = uuid.UUID("01931b1a-0000-7000-8000-000000000001")


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (dt.date(2013, 11, 3), dt.date(2026, 11, 2), 12),
        (dt.date(2013, 11, 2), dt.date(2026, 11, 2), 13),
        (dt.date(2012, 2, 29), dt.date(2025, 2, 28), 12),
        (dt.date(2012, 2, 29), dt.date(2025, 3, 1), 13),
    ],
)
def test_an_age_is_counted_in_full_years(born_on: dt.date, day: dt.date, age: int) -> None:
    assert rules.age_on(born_on=born_on, day=day) == age


@pytest.mark.parametrize(
    ("born_on", "bracket"),
    [
        (dt.date(2008, 11, 3), ""),
        (dt.date(2008, 11, 2), "18-24"),
        (dt.date(2001, 11, 3), "18-24"),
        (dt.date(2001, 11, 2), "25-34"),
        (dt.date(1920, 1, 1), "65+"),
        (None, ""),
    ],
)
def test_minors_and_whose_age_is_unknown_are_in_no_age_group(
    born_on: dt.date | None, bracket: str
) -> None:
    assert rules.age_bracket(born_on=born_on, day=NOON.date()) == bracket


def test_an_unknown_age_passes() -> None:
    rules.check_age(born_on=None, day=NOON.date())


def test_regions_are_of_a_country_and_lie_in_wider_ones() -> None:
    assert rules.region_names()["FR-01"] == "Ain (Auvergne-Rhône-Alpes)"
    assert rules.with_wider_regions("FR-01") == {"FR-01", "FR-ARA"}
    assert list(rules.regions_of("DE"))[:2] == ["DE-BW", "DE-BY"]
    assert not rules.regions_of("MC-X")
    rules.check_region("", country="DE")
    for wrong in ("AT-9", "DE-XX", "Bayern"):
        with pytest.raises(rules.BadRegion):
            rules.check_region(wrong, country="DE")


@pytest.mark.parametrize(
    ("user_id", "age", "region"),
    [(None, "", ""), (42, "", ""), (42, "65+", ""), (42, "65+", "DE-BY"), (42, "", "FR-01")],
)
def test_a_viewer_token_brings_back_what_was_signed(
    user_id: int | None, age: str, region: str
) -> None:
    viewer = rules.Viewer(VIEWER, user_id, "DE", NOON, age=age, region=region)
    token = rules.sign_viewer(viewer, key=KEY)
    assert rules.read_viewer(token=token, key=KEY, at=NOON) == viewer


def test_a_viewer_token_tells_until_when_its_viewer_sees_no_ads() -> None:
    hour = dt.timedelta(hours=1)
    until = NOON + hour - dt.timedelta(milliseconds=300)

    def carried(*, at: dt.datetime) -> rules.Viewer:
        viewer = rules.Viewer(VIEWER, 7, "DE", at, ad_free_until=until)
        token = rules.sign_viewer(viewer, key=KEY)
        return rules.read_viewer(token=token, key=KEY, at=at)

    assert carried(at=NOON).ad_free_until == NOON + hour  # the whole second that it is in
    assert carried(at=NOON).sees_no_ads(at=NOON)
    assert not carried(at=NOON).sees_no_ads(at=NOON + hour)
    assert carried(at=until) == rules.Viewer(VIEWER, 7, "DE", NOON + hour - dt.timedelta(seconds=1))
    assert not carried(at=until).sees_no_ads(at=until)


def _token() -> str:
    return rules.sign_viewer(rules.Viewer(VIEWER, 7, "DE", NOON), key=KEY)


@pytest.mark.parametrize("index", [0, 2, 10, 36, 39, 45, -1])
def test_a_changed_viewer_token_is_refused(index: int) -> None:
    letters = list(_token())
    letters[index] = "0" if letters[index] != "0" else "1"
    with pytest.raises(rules.BadViewerToken):
        rules.read_viewer(token="".join(letters), key=KEY, at=NOON)


@pytest.mark.parametrize("token", ["", "x", "1.2.3", "é.é", "." * 9])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(rules.BadViewerToken):
        rules.read_viewer(token=token, key=KEY, at=NOON)


def test_a_token_of_another_key_or_too_old_is_refused() -> None:
    with pytest.raises(rules.BadViewerToken):
        rules.read_viewer(token=_token(), key="another", at=NOON)
    with pytest.raises(rules.BadViewerToken):
        rules.read_viewer(token=_token(), key=KEY, at=NOON + dt.timedelta(days=401))

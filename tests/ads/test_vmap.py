"""Where ads stand in a video: before, after, and once in the middle of a long one."""

import uuid
import xml.etree.ElementTree as ET

import pytest

from takings.ads.rules.players import OFF, Embed
from takings.ads.rules.vast import Version
from takings.ads.rules.vmap import NAMESPACE, ad_breaks, breaks_of, no_breaks

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
NAMES = {"vmap": NAMESPACE}


@pytest.mark.parametrize(
    ("duration_ms", "offsets"),
    [
        (1, ["start", "end"]),
        (59_999, ["start", "end"]),
        (60_000, ["start", "50%", "end"]),
    ],
)
def test_a_video_of_a_minute_is_interrupted_once(duration_ms: int, offsets: list[str]) -> None:
    assert [one.offset for one in breaks_of(duration_ms)] == offsets


@pytest.mark.parametrize(("version", "told"), [(Version.FOUR, "vast4"), (Version.TWO, "vast2")])
def test_each_place_leads_to_an_ad_of_its_own(version: Version, told: str) -> None:
    document = ad_breaks(Embed(VIDEO, 90_000), site="https://takings.example", version=version)
    assert document.count(b"<vmap:AdBreak ") == 3
    root = ET.fromstring(document)  # noqa: S314 - our own document
    assert [one.get("breakId") for one in root] == ["pre", "mid", "post"]
    tags = root.findall("vmap:AdBreak/vmap:AdSource/vmap:AdTagURI", NAMES)
    assert {(tag.text, tag.get("templateType")) for tag in tags} == {
        (f"https://takings.example/vast?video={VIDEO}&v={version}", told)
    }


def test_no_places_are_an_empty_document_that_says_why() -> None:
    root = ET.fromstring(no_breaks(OFF))  # noqa: S314 - our own document
    assert (root.tag, len(root)) == (f"{{{NAMESPACE}}}VMAP", 0)
    assert b"<!-- embedding_off: This platform gives no ads to other players. -->" in no_breaks(OFF)

"""Where ads stand in a video: before, after, and in the middle of one that may be interrupted."""

import uuid
import xml.etree.ElementTree as ET

import pytest

from takings.ads.rules.players import OFF, Embed
from takings.ads.rules.tokens import Placement
from takings.ads.rules.vast import Version
from takings.ads.rules.vmap import NAMESPACE, ad_breaks, no_breaks, places_in
from takings.videos.rules.breaks import Break

VIDEO = uuid.UUID("0193a0c0-0000-7000-8000-000000000001")
NAMES = {"vmap": NAMESPACE}
INTERRUPTED = Embed(VIDEO, (Break("mid", 44_000),))


def test_a_video_is_interrupted_where_its_playlist_is() -> None:
    assert places_in(Embed(VIDEO)) == [Placement.PRE, Placement.POST]
    assert places_in(INTERRUPTED) == [Placement.PRE, Placement.MID, Placement.POST]


@pytest.mark.parametrize(("version", "told"), [(Version.FOUR, "vast4"), (Version.TWO, "vast2")])
def test_each_place_leads_to_an_ad_of_its_own(version: Version, told: str) -> None:
    document = ad_breaks(INTERRUPTED, site="https://takings.example", version=version)
    assert document.count(b"<vmap:AdBreak ") == 3
    root = ET.fromstring(document)  # noqa: S314 - our own document
    assert [one.get("breakId") for one in root] == ["pre", "mid", "post"]
    tags = root.findall("vmap:AdBreak/vmap:AdSource/vmap:AdTagURI", NAMES)
    assert {(tag.text, tag.get("templateType")) for tag in tags} == {
        (f"https://takings.example/vast?video={VIDEO}&v={version}&break={place}", told)
        for place in ("pre", "mid", "post")
    }


def test_no_places_are_an_empty_document_that_says_why() -> None:
    root = ET.fromstring(no_breaks(OFF))  # noqa: S314 - our own document
    assert (root.tag, len(root)) == (f"{{{NAMESPACE}}}VMAP", 0)
    assert b"<!-- embedding_off: This platform gives no ads to other players. -->" in no_breaks(OFF)

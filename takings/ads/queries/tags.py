"""Ad tags: what is behind one, and those of a brand."""

import uuid

from takings.ads.models import Tag
from takings.ads.queries.outside import Outside
from takings.ads.rules.tags import Media, read_tag
from takings.core.errors import Invalid
from takings.people.models import Brand

MOST_WRAPPERS = 5
DOCUMENT_BYTES = 256 * 1024
DOCUMENT_S = 1.0


class TagTooDeep(Invalid):
    """Each wrapper is somebody who takes a part, and a second of waiting."""

    code = "tag_too_deep"
    sentence = "The tag leads through more than {most} others before there is an ad."


class TagLoops(Invalid):
    """Two that ask each other."""

    code = "tag_loops"
    sentence = "The tag leads back to itself."


def find_media(*, url: str, outside: Outside) -> Media:
    """Return the video behind a tag, through wrappers. Refuses: all that can be wrong with it."""
    seen: list[str] = []
    while len(seen) <= MOST_WRAPPERS:
        seen.append(url)
        document = outside.fetch(url, most_bytes=DOCUMENT_BYTES, within_s=DOCUMENT_S)
        found = read_tag(document)
        if isinstance(found, Media):
            return found
        if found in seen:
            raise TagLoops
        url = found
    raise TagTooDeep(most=MOST_WRAPPERS)


def tags_of(*, brand: Brand) -> list[Tag]:
    """Return a brand's tags, newest first."""
    return list(Tag.objects.filter(brand=brand).select_related("video").order_by("-added_at"))


def tag(*, tag_id: uuid.UUID) -> Tag:
    """Return a tag to work on."""
    return Tag.objects.select_related("added_by").get(pk=tag_id)

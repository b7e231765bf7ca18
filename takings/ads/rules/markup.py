"""Small pieces of XML, for the languages of other players."""

import re
import xml.etree.ElementTree as ET

from takings.ads.rules.serving import NoAd

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0


def element(tag: str, text: str, **attributes: str) -> ET.Element:
    """Return an element with this text; characters that XML does not know are left out."""
    made = ET.Element(tag, attributes)
    made.text = _NO_CHARACTER.sub("", text)
    return made


def group(tag: str, *parts: ET.Element, **attributes: str) -> ET.Element:
    """Return an element with these inside."""
    made = ET.Element(tag, attributes)
    made.extend(parts)
    return made


def written(root: ET.Element) -> bytes:
    """Return the document."""
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()


def empty(root: ET.Element, why: NoAd) -> bytes:
    """Return the document with nothing but a comment that says why there is no ad."""
    root.append(ET.Comment(f" {why.code}: {why.sentence} "))
    return written(root)

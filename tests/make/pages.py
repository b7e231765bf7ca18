"""Pages as a reader sees them: words without markup."""

import re
from typing import Protocol


class Answer(Protocol):
    """What a test client gives back."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def content(self) -> bytes:
        """The body."""


def page_text(answer: Answer, *, status: int = 200) -> str:
    """Return the words of a page that was found, or that answers with another status."""
    assert answer.status_code == status, answer.status_code
    plain = re.sub(r"<[^>]+>", "", answer.content.decode())
    return re.sub(r"\s+", " ", plain)


def page_links(answer: Answer, beginning: str) -> list[str]:
    """Return the addresses on a page that begin so, in order."""
    assert answer.status_code == 200, answer.status_code
    found: list[str] = re.findall(r'href="([^"]+)"', answer.content.decode())
    return [address.replace("&amp;", "&") for address in found if address.startswith(beginning)]

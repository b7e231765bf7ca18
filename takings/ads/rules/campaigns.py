"""What a campaign and its ads must be: a name, a budget, a message that can be shown."""

from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from takings.ads.rules.frequency import Caps, check_caps
from takings.core.errors import Conflict, Invalid
from takings.money import Money
from takings.videos.rules.categories import check_category

LONGEST_HEADLINE = 60
LONGEST_CALL = 24
LONGEST_NAME = 80
LONGEST_URL = 500


class BudgetTooSmall(Invalid):
    """The budget does not pay for a single view."""

    code = "budget_too_small"
    sentence = "The budget must pay for at least one view: {price}."


class CurrenciesDiffer(Invalid):
    """Price and budget are amounts of one currency."""

    code = "currencies_differ"
    sentence = "Price and budget must be in one currency; you gave {price} and {budget}."


class BadText(Invalid):
    """A text is missing, too long, or holds control characters."""

    code = "bad_text"
    sentence = "The {which} needs 1 to {longest} characters on one line."


class BadLandingPage(Invalid):
    """Where a click leads must be a plain address that nobody on the way can change."""

    code = "bad_landing_page"
    sentence = "The landing page must be a full https address, such as https://shop.example/."


class LeadsElsewhere(Invalid):
    """Promotion credits promote the video that is shown, and nothing else."""

    code = "leads_elsewhere"
    sentence = "A promotion leads to its own video, and nowhere else."


class WrongStep(Conflict):
    """A campaign's status leads only to some others."""

    code = "wrong_step"
    sentence = "This campaign is {status}; it cannot become {wanted}."


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for all line items of a campaign together: name, cost, how often one sees it."""

    name: str
    budget: Money
    caps: Caps = field(default_factory=Caps)


@dataclass(frozen=True, slots=True)
class Message:
    """What viewers are told, where a click leads, and what category of things is advertised."""

    headline: str
    call_to_action: str
    landing_url: str
    category: str = ""


def check_frame(frame: Frame) -> None:
    """Refuse a campaign without a name, or with impossible caps. Refuses: BadText, BadCap."""
    check_text(frame.name, which="name", longest=LONGEST_NAME)
    check_caps(frame.caps)


def check_message(message: Message, *, own_pages: Collection[str] = ()) -> None:
    """Refuse a message that could not be shown or followed; or that leads off the ``own_pages``.

    Refuses: BadText, BadLandingPage, LeadsElsewhere, BadCategory.
    """
    check_text(message.headline, which="headline", longest=LONGEST_HEADLINE)
    check_text(message.call_to_action, which="call to action", longest=LONGEST_CALL)
    if not own_pages:
        check_landing(message.landing_url)
    elif message.landing_url not in own_pages:
        raise LeadsElsewhere
    check_category(message.category)


def check_landing(url: str) -> str:
    """Return the address, or refuse with :class:`BadLandingPage`.

    Only https, with a host, without a user name, spaces or control characters: what a
    browser opens is what the advertiser wrote.
    """
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise BadLandingPage
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise BadLandingPage from None
    plain = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    if not plain or not port_is_fine:
        raise BadLandingPage
    return url


MAY_BECOME = {
    "drafted": {"active", "ended"},
    "active": {"paused", "ended"},
    "paused": {"active", "ended"},
    "ended": set[str](),
}


def check_step(*, status: str, wanted: str) -> None:
    """Refuse with :class:`WrongStep` a status that does not follow from the present one."""
    if wanted not in MAY_BECOME[status]:
        raise WrongStep(status=status, wanted=wanted)


def check_text(text: str, *, which: str, longest: int) -> None:
    """Refuse with :class:`BadText` a text that is missing, too long or has control characters."""
    if not 0 < len(text.strip()) <= longest or not text.isprintable():
        raise BadText(which=which, longest=longest)

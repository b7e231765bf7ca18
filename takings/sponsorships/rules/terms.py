"""What a brand and a creator agree on: every word and amount, checked, split, and sealed."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import msgspec

from takings.core.errors import Forbidden, Invalid
from takings.money import Money, format_money
from takings.people.rules import age_on
from takings.policies.rules import DealRule

LONGEST_TITLE, LONGEST_TEXT, LONGEST_URL, LONGEST_PLACE = 80, 2_000, 200, 120
WHOLE_DEAL = 0
"""The number of a milestone that is of no one video."""


class Side(StrEnum):
    """The two who agree."""

    BRAND = "brand"
    CREATOR = "creator"

    @property
    def other(self) -> "Side":
        """The one across the table."""
        return Side.CREATOR if self is Side.BRAND else Side.BRAND


class Usage(StrEnum):
    """What the brand may do with the videos besides pointing to them."""

    NONE = "none"
    CHANNELS = "channels"
    ADS = "ads"


class Kind(StrEnum):
    """What is paid for: the signing, and of each video that it is approved, published and stays."""

    SIGNED = "signed"
    APPROVED = "approved"
    PUBLISHED = "published"
    STAYED = "stayed"


PER_VIDEO = (Kind.APPROVED, Kind.PUBLISHED, Kind.STAYED)


class TermsNeedWords(Invalid):
    """Who reads only this must know what to make."""

    code = "terms_need_words"
    sentence = "Say {what}, in at most {most} characters."


class BadDealLink(Invalid):
    """A link is opened by people who watch."""

    code = "bad_deal_link"
    sentence = "A link begins with https:// and has at most {most} characters; or leave it empty."


class BadDealNumber(Invalid):
    """Clocks and counts have limits, so that nobody waits for ever."""

    code = "bad_deal_number"
    sentence = "{what}: from {least} to {most}."


class BadDealAmount(Invalid):
    """Amounts are whole cents, and none is below nothing."""

    code = "bad_deal_amount"
    sentence = "{amount} is no amount that can be paid."


class DealOutOfRange(Invalid):
    """Too little is not worth a deal, too much is signed by hand."""

    code = "deal_out_of_range"
    sentence = "In all this comes to {total}; a deal is worth {least} to {most}."


class NothingToStayFor(Invalid):
    """What is paid for staying needs days, and the other way round."""

    code = "nothing_to_stay_for"
    sentence = "Say for how many days a video stays and what that is worth, or neither."


class DealerTooYoung(Forbidden):
    """Who signs a deal makes a contract."""

    code = "dealer_too_young"
    sentence = "Deals with brands are for creators of {age} and older."


class DealerAgeUnknown(Forbidden):
    """Without an age nobody knows whether somebody is old enough."""

    code = "dealer_age_unknown"
    sentence = "Say on the page of coins in which year you were born; deals are for adults."


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of an offer.

    ``signed`` is for the whole deal, the other amounts are for each of ``videos``. Days count from
    the money (draft), the approval (publication) and the publication (staying). ``usage`` and its
    term and place are the brand's rights; ``product`` is what the creator gets besides, with its
    stated value.
    """

    title: str
    show: str
    signed: Money
    approved: Money
    published: Money
    stayed: Money
    avoid: str = ""
    link: str = ""
    videos: int = 1
    revisions: int = 1
    draft_days: int = 7
    publish_days: int = 7
    live_days: int = 0
    usage: Usage = Usage.NONE
    usage_days: int = 0
    usage_where: str = ""
    product: str = ""
    product_value: Money | None = None

    @property
    def total(self) -> Money:
        """What the brand pays in."""
        return sum((amount for _, _, amount in self.parts()), self.signed * 0)

    def amount_of(self, kind: Kind) -> Money:
        """Return what one milestone of a kind is worth."""
        amounts = {
            Kind.SIGNED: self.signed,
            Kind.APPROVED: self.approved,
            Kind.PUBLISHED: self.published,
            Kind.STAYED: self.stayed,
        }
        return amounts[kind]

    def parts(self) -> Iterator[tuple[Kind, int, Money]]:
        """Yield each milestone that is worth something: kind, number of the video, amount."""
        if self.signed:
            yield Kind.SIGNED, WHOLE_DEAL, self.signed
        for number in range(1, self.videos + 1):
            for kind in PER_VIDEO:
                if amount := self.amount_of(kind):
                    yield kind, number, amount


def check_terms(terms: Terms, *, rule: DealRule) -> None:
    """Refuse what cannot be agreed on.

    Refuses: TermsNeedWords, BadDealLink, BadDealNumber, BadDealAmount, NothingToStayFor,
    DealOutOfRange.
    """
    _check_words(terms)
    for what, number, least, most in (
        ("Number of videos", terms.videos, 1, rule.most_videos),
        ("Revisions", terms.revisions, 0, rule.most_revisions),
        ("Days for a draft", terms.draft_days, 1, rule.most_days),
        ("Days to publish", terms.publish_days, 1, rule.most_days),
        ("Days to stay", terms.live_days, 0, rule.most_days),
        ("Days of usage", terms.usage_days, *_usage_span(terms, rule=rule)),
    ):
        if not least <= number <= most:
            raise BadDealNumber(what=what, least=least, most=most)
    _check_amounts(terms, rule=rule)


def _usage_span(terms: Terms, *, rule: DealRule) -> tuple[int, int]:
    return (0, 0) if terms.usage is Usage.NONE else (1, rule.most_usage_days)


def _check_words(terms: Terms) -> None:
    for what, text, least, most in (
        ("what it is called", terms.title, 1, LONGEST_TITLE),
        ("what to show", terms.show, 1, LONGEST_TEXT),
        ("what to avoid", terms.avoid, 0, LONGEST_TEXT),
        ("where the brand may use it", terms.usage_where, 0, LONGEST_PLACE),
        ("which product it is", terms.product, 0, LONGEST_PLACE),
    ):
        if not least <= len(text.strip()) or len(text) > most:
            raise TermsNeedWords(what=what, most=most)
    parts = urlsplit(terms.link)
    is_link = parts.scheme == "https" and parts.hostname and len(terms.link) <= LONGEST_URL
    if terms.link and not is_link:
        raise BadDealLink(most=LONGEST_URL)


def _check_amounts(terms: Terms, *, rule: DealRule) -> None:
    nothing = terms.signed * 0
    amounts = [terms.signed, *(terms.amount_of(kind) for kind in PER_VIDEO)]
    for amount in [*amounts, terms.product_value or nothing]:
        if amount < nothing or amount.split_payable()[1]:
            raise BadDealAmount(amount=format_money(amount, exact=True))
    if bool(terms.stayed) != bool(terms.live_days):
        raise NothingToStayFor
    least, most = (
        Money(micros, nothing.currency) for micros in (rule.least_micros, rule.most_micros)
    )
    if not least <= terms.total <= most:
        told = {"total": terms.total, "least": least, "most": most}
        raise DealOutOfRange(**{name: format_money(one) for name, one in told.items()})


def check_dealer(*, born_on: dt.date | None, day: dt.date, rule: DealRule) -> None:
    """Refuse minors, and whose age is not known. Refuses: DealerAgeUnknown, DealerTooYoung."""
    if born_on is None:
        raise DealerAgeUnknown
    if age_on(born_on=born_on, day=day) < rule.age:
        raise DealerTooYoung(age=rule.age)


def written(terms: Terms) -> str:
    """Return terms as the text that is kept and sealed."""
    return msgspec.json.encode(asdict(terms), order="deterministic").decode()


def read_terms(text: str) -> Terms:
    """Return what a kept text says."""
    return msgspec.json.decode(text, type=Terms)


def seal(*, deal: object, brand: str, creator: str, terms: str) -> str:
    """Return the digest of a contract: who agreed on what, to the letter (SHA-256, hex)."""
    whole = "\n".join((str(deal), brand, creator, terms))
    return hashlib.sha256(whole.encode()).hexdigest()

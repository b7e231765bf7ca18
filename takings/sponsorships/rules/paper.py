"""The agreement as it is printed: who agreed on what, to the letter, and when."""

import datetime as dt
from dataclasses import dataclass

from takings.documents import Document
from takings.money import format_money
from takings.policies.rules import DealRule
from takings.sponsorships.rules.terms import Kind, Terms, Usage

MADE_FOR = {
    Kind.SIGNED: "Signing, as soon as it is paid in",
    Kind.APPROVED: "The approved draft",
    Kind.PUBLISHED: "Its publication",
    Kind.STAYED: "That it stays online",
}
USES = {
    Usage.NONE: "Only on the creator’s channel",
    Usage.CHANNELS: "On the brand’s own channels",
    Usage.ADS: "On the brand’s channels and in its ads",
}


@dataclass(frozen=True, slots=True)
class Agreed:
    """An agreement: its number, both sides, what they agreed on, and its seal (SHA-256, hex)."""

    number: str
    brand: str
    creator: str
    handle: str
    terms: Terms
    version: int
    at: dt.datetime
    digest: str


def agreement_of(agreed: Agreed, *, rule: DealRule) -> Document:
    """Return an agreement to be printed; the same one gives the same document."""
    terms, name = agreed.terms, f"Agreement: {agreed.terms.title}"
    return Document(
        layout="agreement",
        title=name,
        keywords=(agreed.digest,),
        made_at=agreed.at,
        values={
            "heading": terms.title,
            "lede": f"What {agreed.brand} and @{agreed.handle} agreed on. It is not changed.",
            "brand": agreed.brand,
            "creator": agreed.creator,
            "handle": f"@{agreed.handle}",
            "agreed": f"{agreed.at.astimezone(dt.UTC):%-d %B %Y, %H:%M} UTC",
            "version": str(agreed.version),
            "total": format_money(terms.total),
            "digest": agreed.digest,
            "number": agreed.number,
            "terms": [list(row) for row in _rows(terms) if row[1]],
            "paid": [
                [MADE_FOR[kind], str(number or "All"), format_money(amount)]
                for kind, number, amount in terms.parts()
            ],
            "clocks": _clocks(rule=rule),
        },
    )


def _rows(terms: Terms) -> list[tuple[str, str]]:
    stays = f" and stays {_days(terms.live_days)}" if terms.live_days else ""
    span = f", {_days(terms.usage_days)}" if terms.usage_days else ""
    where = f", {terms.usage_where}" if terms.usage_where else ""
    worth = terms.product_value
    worth_words = f", worth {format_money(worth)}" if worth else ""
    return [
        ("Show", terms.show),
        ("Avoid", terms.avoid),
        ("Link", terms.link),
        ("Videos", f"{terms.videos}, each with up to {terms.revisions} revisions"),
        ("Draft", f"Within {_days(terms.draft_days)} of the money"),
        ("Publication", f"Within {_days(terms.publish_days)} of the approval{stays}"),
        ("Usage by the brand", f"{USES[terms.usage]}{span}{where}"),
        ("Product", f"{terms.product}{worth_words}" if terms.product else ""),
        ("Label", "Each video says over it, from its first frame, that the brand pays for it."),
    ]


def _clocks(*, rule: DealRule) -> list[str]:
    return [
        f"Not paid in within {_days(rule.fund.days)}, the deal is over.",
        f"A draft that the brand does not answer within {_days(rule.review.days)} is approved.",
        f"A revision is handed in within {_days(rule.revise.days)}.",
        "What is held for a video that is not handed in or not published in time goes back.",
    ]


def _days(count: int) -> str:
    """Return so many days in words.

    >>> _days(1), _days(7)
    ('1 day', '7 days')
    """
    return "1 day" if count == 1 else f"{count} days"

"""What can be agreed about a request, on which clocks, whose money it is; and reading that pack."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.money import Money, Rate
from takings.policies.rules.facts import BrokenPack, Tree, Version, read_versions, value_of
from takings.policies.rules.products import ELSEWHERE
from takings.policies.rules.values import Fact

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
PAIR = 2


@dataclass(frozen=True, slots=True)
class RequestRule:
    """From an instant on. ``share`` is the creator's part of what is paid, without tax.

    ``prices`` are the least and the most in each currency that services may be priced in;
    ``currencies`` name by country (``*`` is elsewhere) the one in which its people pay first.
    Times are how long somebody has: to ``pay``, ``quote``, ``accept`` what was paid, ``review``
    what was delivered, and open a ``case`` about it. The others are the most that can be agreed.
    """

    version: str
    effective_from: dt.datetime
    share: Rate
    ages: Mapping[str, int]
    currencies: Mapping[str, str]
    prices: Mapping[str, tuple[Money, Money]]
    open_for_fan: int
    open_at_once: int
    services: int
    revisions: int
    deliver_days: int
    valid_days: int
    pay: dt.timedelta
    quote: dt.timedelta
    accept: dt.timedelta
    review: dt.timedelta
    case: dt.timedelta
    title_chars: int
    what_chars: int
    brief_chars: int
    message_chars: int
    delivery_chars: int
    facts: tuple[Fact, ...]

    def age_in(self, country: str) -> int:
        """Return from which age on somebody of this country may ask, pay and be paid."""
        return self.ages.get(country, self.ages[ELSEWHERE])

    def currency_in(self, country: str) -> str:
        """Return in which currency people of this country pay where a service has a price in it."""
        return self.currencies.get(country, self.currencies[ELSEWHERE])


def read_request_pack(tree: Tree) -> tuple[RequestRule, ...]:
    """Return the versions of the pack, oldest first; raises ``BrokenPack``."""
    return tuple(_rule(version) for version in read_versions(tree, sections=("requests",)))


def _rule(version: Version) -> RequestRule:
    facts = version.facts

    def number(name: str) -> int:
        return value_of(facts, f"requests.{name}", int)

    def rows(name: str) -> list[str]:
        return value_of(facts, f"requests.{name}", list)

    return RequestRule(
        version=version.name,
        effective_from=version.effective_from,
        share=Rate.of_bp(number("share")),
        ages={where: _years(said) for where, said in _by_country(rows("ages")).items()},
        currencies=_by_country(rows("currencies")),
        prices=dict(_bounds(row) for row in rows("prices")),
        open_for_fan=number("open_for_fan"),
        open_at_once=number("open_at_once"),
        services=number("services"),
        revisions=number("revisions"),
        deliver_days=number("deliver_days"),
        valid_days=number("valid_days"),
        pay=number("pay_minutes") * MINUTE,
        quote=number("quote_days") * DAY,
        accept=number("accept_days") * DAY,
        review=number("review_days") * DAY,
        case=number("case_days") * DAY,
        title_chars=number("title_chars"),
        what_chars=number("what_chars"),
        brief_chars=number("brief_chars"),
        message_chars=number("message_chars"),
        delivery_chars=number("delivery_chars"),
        facts=tuple(facts.values()),
    )


def _by_country(rows: list[str]) -> dict[str, str]:
    """Read ``DE EUR``, ``KR 19``: a country (``*`` is elsewhere), and what holds there."""
    pairs = [row.split() for row in rows]
    if any(len(pair) != PAIR for pair in pairs) or [ELSEWHERE] not in [pair[:1] for pair in pairs]:
        message = f"requests: {rows} are no countries with what holds there, and “*” for elsewhere"
        raise BrokenPack(message)
    return {pair[0]: pair[1] for pair in pairs}


def _years(said: str) -> int:
    if not said.isdecimal():
        message = f"requests.ages: “{said}” are no years"
        raise BrokenPack(message)
    return int(said)


def _bounds(row: str) -> tuple[str, tuple[Money, Money]]:
    """Read ``EUR 5 2000``: the currency, the least and the most a request may cost."""
    try:
        code, *both = row.split()
        least, most = (Money.parse(one, code) for one in both)
    except (ValueError, Invalid) as wrong:
        message = f"requests.prices: “{row}” is no currency, least and most"
        raise BrokenPack(message) from wrong
    return code, (least, most)

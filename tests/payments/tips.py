"""A purpose of the tests: tips, paid as memberships are. A creator gets 80 % of what is not tax."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from takings.ledger.rules import TransferDraft
from takings.money import Money, allocate
from takings.payments.queries import (
    NoSuchPayment,
    Sale,
    Unearn,
    forget_purpose,
    purpose_of,
    register_purpose,
    register_unearn,
    unearn_of,
)
from takings.payments.rules import Plan, PurposeName, Share
from takings.people.queries import Visitor

WEIGHTS = {"creator:1:pending": 8, "platform:revenue:memberships": 2}


@dataclass
class Tips:
    """Keeps what it was told."""

    name: PurposeName = PurposeName.MEMBERSHIP
    title: str = "A tip"
    heard: list[tuple[str, Money]] = field(default_factory=list)

    def plan(self, sale: Sale) -> Plan:
        """Share it out; what the creator has spent stands in their payable as owed."""
        parts = allocate(sale.net.micros, WEIGHTS)
        bearers = {"creator:1:pending": "creator:1:payable"}
        shares = tuple(
            Share(
                account, Money(micros, sale.amount.currency), bearers.get(account, "platform:loss")
            )
            for account, micros in parts.items()
            if micros
        )
        return Plan("tip_given", f"tip:{sale.payment_id}", "A tip", shares)

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Hear of it."""
        assert at.tzinfo
        self.heard.append(("paid", sale.amount))

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:
        """Move no coins."""
        assert taken <= sale.amount
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """Hear of it."""
        assert (sale.subject, at.utcoffset()) == ("creator:1", dt.timedelta())
        self.heard.append(("taken_back", amount))

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let nobody in but who paid."""
        raise NoSuchPayment(subject=subject, user=user)

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say what for."""
        return (f"Given: a tip to {sale.subject}",)


@contextmanager
def tips(purpose: Tips | None = None, *, unearn: Unearn | None = None) -> Iterator[Tips]:
    """Let tips be given for a while, in the place of memberships.

    ``unearn`` lets them wait again before they are taken back.
    """
    real, unearns = purpose_of(PurposeName.MEMBERSHIP), unearn_of(PurposeName.MEMBERSHIP)
    assert unearns is not None
    forget_purpose(real.name)
    purpose = purpose or Tips()
    register_purpose(purpose)
    if unearn is not None:
        register_unearn(purpose.name, unearn)
    try:
        yield purpose
    finally:
        forget_purpose(purpose.name)
        register_purpose(real)
        register_unearn(real.name, unearns)

"""The money one ad server holds for one line item, between two looks at the database."""

import datetime as dt
import threading
import uuid
from collections import deque
from dataclasses import dataclass

from takings.ads.models import Lease
from takings.ads.rules.leases import expected_use, is_low
from takings.money import Money


@dataclass(slots=True)
class HeldLease:
    """A lease in this server's hands: ``promised`` of ``amount`` is decided away."""

    lease_id: uuid.UUID
    amount: Money
    expires_at: dt.datetime
    promised_micros: int = 0
    first_at: dt.datetime | None = None
    used_within: dt.timedelta = dt.timedelta(0)

    @property
    def promised(self) -> Money:
        """What decisions were taken on."""
        return Money(self.promised_micros, self.amount.currency)

    def promise(self, price: Money, *, at: dt.datetime) -> None:
        """Decide the price of one view away."""
        self.promised_micros += price.micros
        self.first_at = self.first_at or at
        self.used_within = at - self.first_at

    def pays_for(self, price: Money, *, at: dt.datetime) -> bool:
        """Tell whether one more view at this price can be promised now."""
        return at < self.expires_at and self.promised_micros + price.micros <= self.amount.micros


class Purse:
    """Leases of one line item. Deciding and refilling happen in two threads, so it has a lock."""

    def __init__(self, price: Money) -> None:
        """Begin empty; ``price`` is the most that one view holds."""
        self.price = price
        self._held: deque[HeldLease] = deque()
        self._lock = threading.Lock()
        self._used_before = 0

    def reserve(self, price: Money, *, at: dt.datetime) -> uuid.UUID | None:
        """Promise what one decision holds; return the lease that pays, or None without room."""
        with self._lock:
            for lease in self._held:
                if lease.pays_for(price, at=at):
                    lease.promise(price, at=at)
                    return lease.lease_id
        return None

    def add(self, lease: Lease) -> None:
        """Take a new lease in."""
        amount = Money(lease.amount_micros, self.price.currency)
        with self._lock:
            self._held.append(HeldLease(lease.pk, amount, lease.expires_at))

    def is_low(self, at: dt.datetime) -> bool:
        """Tell whether it is time to lease more."""
        with self._lock:
            live = [lease for lease in self._held if at < lease.expires_at]
            if not live:
                return True
            left = sum(lease.amount.micros - lease.promised_micros for lease in live)
            return is_low(left=Money(left, self.price.currency), leased=live[-1].amount)

    def is_empty(self, at: dt.datetime) -> bool:
        """Tell whether not even one more view could be promised."""
        with self._lock:
            return not any(lease.pays_for(self.price, at=at) for lease in self._held)

    @property
    def used_before(self) -> int:
        """How many views the newest lease promised, or soon would have: it measures the next."""
        with self._lock:
            return self._use(self._held[-1]) if self._held else self._used_before

    def idle(self, at: dt.datetime) -> list[HeldLease]:
        """Return leases that expired without a single promise: they may be renewed."""
        with self._lock:
            return self._idle(at)

    def drop_idle(self, at: dt.datetime) -> None:
        """Forget those of them that were not renewed."""
        with self._lock:
            self._forget(self._idle(at))

    def renew(self, lease: Lease) -> None:
        """Keep an idle lease for longer."""
        with self._lock:
            for held in self._held:
                if held.lease_id == lease.pk:
                    held.expires_at = lease.expires_at

    def take_finished(self, at: dt.datetime) -> list[HeldLease]:
        """Take out the leases that can promise nothing more: spent, or expired and not idle."""
        with self._lock:
            idle = self._idle(at)
            spent = [one for one in self._held if not one.pays_for(self.price, at=at)]
            finished = [one for one in spent if one not in idle]
            self._forget(finished)
        return finished

    def put_back(self, lease: HeldLease) -> None:
        """Take a lease in again that could not be given back."""
        with self._lock:
            self._held.appendleft(lease)

    def take_all(self) -> list[HeldLease]:
        """Take out every lease: the line item stopped, or the server does."""
        with self._lock:
            finished = list(self._held)
            self._forget(finished)
        return finished

    def _idle(self, at: dt.datetime) -> list[HeldLease]:
        return [one for one in self._held if one.expires_at <= at and not one.promised_micros]

    def _forget(self, finished: list[HeldLease]) -> None:
        for lease in finished:
            self._used_before = self._use(lease)
            self._held.remove(lease)

    def _use(self, lease: HeldLease) -> int:
        if not self.price:
            return 0
        promised = lease.promised_micros // self.price.micros
        left = Money(lease.amount.micros - lease.promised_micros, self.price.currency)
        if is_low(left=left, leased=lease.amount):
            return expected_use(promised=promised, within=lease.used_within)
        return promised

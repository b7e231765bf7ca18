"""Opening and locking wallets, and putting a lot into one."""

import datetime as dt

from takings.coins.models import Wallet
from takings.people.models import User


def lock_wallet(*, user: User, at: dt.datetime) -> Wallet:
    """Return somebody's wallet, locked: whatever changes what is in it takes turns.

    The first time it is opened.
    """
    Wallet.objects.get_or_create(user=user, defaults={"opened_at": at})
    return Wallet.objects.select_for_update(no_key=True).get(pk=user.pk)

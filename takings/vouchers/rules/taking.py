"""Who may take a voucher of a kind, and why not."""

import datetime as dt

from takings.core.errors import Conflict, Forbidden, Refusal
from takings.people.rules import age_on


class OutOfStock(Conflict):
    """Every code of this kind is somebody's already."""

    code = "voucher_out_of_stock"
    sentence = "The last of these vouchers is gone. Choose another one."


class VouchersExpired(Conflict):
    """Nobody is sold what ends today."""

    code = "vouchers_expired"
    sentence = "These vouchers ended on {day}. Choose another one."


class NotInTheirCountry(Forbidden):
    """The shop takes its vouchers in some countries alone."""

    code = "voucher_of_another_country"
    sentence = "The shop does not take these vouchers in your country. Choose another one."


class TooYoungForVouchers(Forbidden):
    """Shops sell to adults; the age is that of coins."""

    code = "too_young_for_vouchers"
    sentence = "You must be {age} to take vouchers. Earnings can be paid out to you."


class AgeNotKnown(Forbidden):
    """Without an age nobody knows whether somebody is old enough."""

    code = "age_not_known_for_vouchers"
    sentence = "Say on the page of coins in which year you were born; vouchers are for adults."


def obstacle_of(
    *, countries: str, expires_on: dt.date, has_stock: bool, country: str, day: dt.date
) -> Refusal | None:
    """Return why nobody in a country can take a voucher of a kind on a day."""
    if countries and country not in countries.split():
        return NotInTheirCountry()
    if expires_on <= day:
        return VouchersExpired(day=expires_on)
    return None if has_stock else OutOfStock()


def check_age(*, born_on: dt.date | None, least: int, day: dt.date) -> None:
    """Refuse with AgeNotKnown or TooYoungForVouchers."""
    if born_on is None:
        raise AgeNotKnown
    if age_on(born_on=born_on, day=day) < least:
        raise TooYoungForVouchers(age=least)

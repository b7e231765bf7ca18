"""Vouchers of the demo world: a file that an operator loaded, so that there is one to take."""

import datetime as dt

from takings.core import ids
from takings.demo.rules.vouchers import codes_csv
from takings.people.models import User
from takings.vouchers.actions import VoucherFile, load_vouchers


def stock_vouchers(*, operator: User, at: dt.datetime) -> None:
    """Let a shop's codes lie in the stock; again changes nothing."""
    content = codes_csv(on=at.astimezone(dt.UTC).date())
    file = VoucherFile(ids.derived("demo vouchers"), "threadhouse.csv", content)
    load_vouchers(operator=operator, file=file, at=at)

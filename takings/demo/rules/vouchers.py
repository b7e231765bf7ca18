"""The vouchers of the demo world: a file of codes as a shop of merchandise would send it."""

import datetime as dt

from takings.vouchers.rules.files import COLUMNS

SHOP, TERMS = "Threadhouse", "https://threadhouse.example/terms"
KINDS = (("10", "EUR", ""), ("25", "EUR", "AT DE"), ("10", "USD", ""), ("25", "USD", "US"))
"""Value, currency, and the countries in which the shop takes it; none means everywhere."""
EACH, LASTS = 5, dt.timedelta(days=400)


def codes_csv(*, on: dt.date) -> bytes:
    """Return the file of a day: five codes of each kind, which end in a year and a month."""
    lines = [",".join(COLUMNS)]
    for value, currency, countries in KINDS:
        for number in range(1, EACH + 1):
            code = f"DEMO-{currency}{value}-{number:04}"
            lines.append(f"{code},{value},{currency},{countries},{SHOP},{TERMS},{on + LASTS}")
    return "\n".join(lines).encode()

"""Direct deposits in the United States: a file in the format of NACHA (PPD credits).

Records are 94 characters, blocks ten records; amounts are cents.
"""

from collections.abc import Iterator, Sequence

from takings.money import Money, currency
from takings.payouts.rules.files.transfers import Message, Payer, Transfer, plain

WIDTH, BLOCK = 94, 10
CREDITS, CHECKING = "220", "22"
HASH_DIGITS, ODFI_DIGITS = 10**10, 8


def write_nacha(*, payer: Payer, message: Message, transfers: Sequence[Transfer]) -> bytes:
    """Return the file: one batch of credits, its entries in this order.

    The same arguments give the same bytes.
    """
    records = list(_records(payer, message, transfers))
    records += ["9" * WIDTH] * (-len(records) % BLOCK)
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def _records(payer: Payer, message: Message, transfers: Sequence[Transfer]) -> Iterator[str]:
    name, odfi = _text(payer.name, 23), payer.routing[:ODFI_DIGITS]
    stamp = f"{message.made_at:%y%m%d%H%M}"
    yield (
        f"101 {payer.routing:>9} {payer.routing:>9}{stamp}A094101{name}{name}{_text(message.id, 8)}"
    )
    yield (
        f"5{CREDITS}{_text(payer.name, 16)}{'':20}{_text(payer.account, 10)}PPD"
        f"{_text('PAYOUT', 10)}{message.pay_on:%y%m%d}{message.pay_on:%y%m%d}   1{odfi}{1:07}"
    )
    for number, one in enumerate(transfers, start=1):
        routing = one.details.routing
        yield (
            f"6{CHECKING}{routing}{_text(one.details.account, 17)}{_cents(one.amount):010}"
            f"{_text(one.key, 15)}{_text(one.details.holder, 22)}  0{odfi}{number:07}"
        )
    total = sum(_cents(one.amount) for one in transfers)
    digest = sum(int(one.details.routing[:ODFI_DIGITS]) for one in transfers) % HASH_DIGITS
    sums = f"{digest:010}{0:012}{total:012}"
    count = len(transfers)
    yield f"8{CREDITS}{count:06}{sums}{_text(payer.account, 10)}{'':25}{odfi}{1:07}"
    blocks = -(-(count + 4) // BLOCK)
    yield f"9{1:06}{blocks:06}{count:08}{sums}{'':39}"


def _text(text: str, width: int) -> str:
    return f"{plain(text, longest=width).upper():<{width}}"


def _cents(amount: Money) -> int:
    return amount.micros // currency(amount.currency).unit_micros

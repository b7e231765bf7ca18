"""Files of voucher codes, loaded."""

from uuid import uuid4

from takings.core import clock
from takings.people.models import User
from takings.vouchers.actions import VoucherFile, load_vouchers
from takings.vouchers.models import Load
from tests.make.people import make_operator

HEAD = "code,value,currency,countries,shop,terms_url,expires_on,price"


def voucher_file(*lines: str) -> VoucherFile:
    """Return a file of these lines below its head."""
    return VoucherFile(uuid4(), "codes.csv", "\n".join((HEAD, *lines)).encode())


def voucher_line(
    code: str,
    *,
    value: str = "20",
    countries: str = "DE AT",
    expires_on: str = "2027-12-31",
    price: str = "",
) -> str:
    """Return a line of a file: a voucher of Threadhouse, in euros."""
    terms = "https://threadhouse.example/terms"
    return f"{code},{value},EUR,{countries},Threadhouse,{terms},{expires_on},{price}"


def make_vouchers(*codes: str, operator: User | None = None, **terms: str) -> Load:
    """Load these codes, all on the same terms."""
    file = voucher_file(*(voucher_line(code, **terms) for code in codes))
    return load_vouchers(operator=operator or make_operator(), file=file, at=clock.now())

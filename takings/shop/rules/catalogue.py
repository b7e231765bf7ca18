"""What a seller says of a shop and its goods, and what is wrong with it."""

import io
import warnings
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps

from takings.core.errors import Invalid, TooMuch
from takings.money import Money

LONGEST_TITLE, LONGEST_ABOUT, LONGEST_NAME, LONGEST_SKU = 80, 2_000, 60, 40
MOST_VARIANTS, MOST_PIECES, MOST_STOCK = 50, 99, 100_000
MOST_PICTURE_BYTES, MOST_FILE_BYTES = 10 * 2**20, 200 * 2**20
MOST_PIXELS, PICTURE_SIDE = 40_000_000, 1_200


class Kind(StrEnum):
    """What goods are: they are sent, or downloaded. Each is taxed by rates of its own."""

    PHYSICAL = "physical"
    DIGITAL = "digital"


class ProductNeedsWords(Invalid):
    """Nobody buys what has no name."""

    code = "product_needs_words"
    sentence = "Give it a title of up to 80 characters and say in up to 2,000 what it is."


class BadPrice(Invalid):
    """Cards are charged in whole cents, and nothing is given away through a checkout."""

    code = "bad_goods_price"
    sentence = "A price is above zero, at most 10,000, and in whole payable units of {currency}."


class BadStock(Invalid):
    """A negative stock would be sold for nothing."""

    code = "bad_stock"
    sentence = "A stock is a whole number from 0 to 100,000, or empty where it never ends."


class BadPicture(Invalid):
    """Whatever is uploaded is decoded and drawn anew; what cannot be is refused."""

    code = "bad_picture"
    sentence = "This is no picture we can read. Send a JPEG, PNG or WebP of up to 40 megapixels."


class PictureTooLarge(TooMuch):
    """A shelf shows small pictures."""

    code = "picture_too_large"
    sentence = "A picture has at most 10 MB."


MOST_PRICE_MICROS = 10_000 * 10**6


@dataclass(frozen=True, slots=True)
class ShippingPrices:
    """What shipping a parcel costs by where it goes; ``None``: nothing is shipped there."""

    home: Money | None
    eu: Money | None
    world: Money | None

    def to(self, country: str, *, from_country: str, eu: Collection[str]) -> Money | None:
        """Return the price of a parcel to a country.

        >>> one, two = Money(1_000_000, "EUR"), Money(2_000_000, "EUR")
        >>> prices = ShippingPrices(home=one, eu=two, world=None)
        >>> [prices.to(to, from_country="DE", eu={"DE", "FR"}) for to in ("DE", "FR", "US")]
        [Money(micros=1000000, currency='EUR'), Money(micros=2000000, currency='EUR'), None]
        """
        if country == from_country:
            return self.home
        return self.eu if country in eu and from_country in eu else self.world


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """What a seller says of goods; ``affiliate_bp`` above zero opens them to other creators."""

    title: str
    about: str
    kind: Kind
    affiliate_bp: int = 0

    def check(self) -> None:
        """Refuse what nobody could read. Refuses: ProductNeedsWords."""
        title, about = self.title.strip(), self.about.strip()
        if not title or not about or len(title) > LONGEST_TITLE or len(about) > LONGEST_ABOUT:
            raise ProductNeedsWords


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """One of the sizes or colours: a price, taxes included, and how many there are (``None``: any).

    ``name`` is empty where goods have only one.
    """

    name: str
    sku: str
    price: Money
    stock: int | None

    def check(self) -> None:
        """Refuse what cannot be sold. Refuses: BadPrice, BadStock."""
        whole, beyond = self.price.split_payable()
        if beyond or not 0 < whole.micros <= MOST_PRICE_MICROS:
            raise BadPrice(currency=self.price.currency)
        if self.stock is not None and not 0 <= self.stock <= MOST_STOCK:
            raise BadStock


def redraw(content: bytes) -> bytes:
    """Return a picture drawn anew as WebP, small, upright and without anything else in it.

    Refuses: PictureTooLarge, BadPicture.
    """
    if len(content) > MOST_PICTURE_BYTES:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise BadPicture
                upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
        drawn = io.BytesIO()
        upright.save(drawn, format="WEBP", quality=80, method=4)
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as wrong:
        raise BadPicture from wrong
    return drawn.getvalue()

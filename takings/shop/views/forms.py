"""What people fill in about goods and orders. Forms read text; the actions decide."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from takings.core.errors import Invalid
from takings.money import Money
from takings.people.rules import country_names
from takings.shop.actions import ShopDraft
from takings.shop.actions.catalogue import LONGEST_TRADER
from takings.shop.actions.ordering import LONGEST_ADDRESS
from takings.shop.models import Product, Shop
from takings.shop.rules.catalogue import (
    LONGEST_ABOUT,
    LONGEST_NAME,
    LONGEST_SKU,
    LONGEST_TITLE,
    MOST_PIECES,
    BadPrice,
    Kind,
    ProductDraft,
    ShippingPrices,
    VariantDraft,
)
from takings.shop.rules.discounts import DiscountDraft

CURRENCIES = ("EUR", "USD", "GBP")
PERCENT, DAY = 100, dt.timedelta(days=1)


def countries() -> list[tuple[str, str]]:
    """Return all countries, by name."""
    return sorted(country_names().items(), key=lambda one: one[1])


def money_of(amount: Decimal, code: str) -> Money:
    """Return an amount that somebody typed. Refuses: BadPrice."""
    try:
        return Money.parse(amount, code)
    except Invalid as wrong:
        raise BadPrice(currency=code) from wrong


class _Price(forms.DecimalField):
    """An amount of money, which may be empty."""

    def __init__(self, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(
            label=label,
            required=required,
            min_value=Decimal(0),
            max_digits=8,
            decimal_places=2,
            help_text=help_text,
        )


class ShopForm(forms.Form):
    """What all goods of a seller have in common."""

    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    country = forms.ChoiceField(label="Parcels come from", choices=countries)
    trader = forms.CharField(
        label="Name and address of who sells",
        max_length=LONGEST_TRADER,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Buyers see it; the law asks for it.",
    )
    home = _Price("Shipping within your country", help_text="Empty: you do not send there.")
    eu = _Price("Shipping in the EU", help_text="From a country of the EU to another one.")
    world = _Price("Shipping elsewhere", help_text="0 is free, empty is not at all.")
    born_on = forms.DateField(
        label="When you were born",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Who sells makes contracts. You say it once; nobody else sees it.",
    )

    def __init__(self, *args: Any, asks_birth: bool, **said: Any) -> None:
        """Ask for the day of birth only who has not said it."""
        super().__init__(*args, **said)
        if not asks_birth:
            del self.fields["born_on"]

    def draft(self) -> ShopDraft:
        """Return what was filled in. Refuses: BadPrice."""
        said, code = self.cleaned_data, self.cleaned_data["currency"]
        home, eu, world = (
            None if said[name] is None else money_of(said[name], code)
            for name in ("home", "eu", "world")
        )
        return ShopDraft(code, said["country"], said["trader"], ShippingPrices(home, eu, world))

    @staticmethod
    def of(shop: Shop) -> dict[str, object]:
        """Return what a shop says of itself, to begin with."""
        prices = shop.shipping
        return {
            "currency": shop.currency,
            "country": shop.country,
            "trader": shop.trader,
            **{
                name: None if price is None else price.decimal()
                for name, price in (
                    ("home", prices.home),
                    ("eu", prices.eu),
                    ("world", prices.world),
                )
            },
        }


class ProductForm(forms.Form):
    """Goods, in words."""

    title = forms.CharField(max_length=LONGEST_TITLE)
    about = forms.CharField(
        label="What it is", max_length=LONGEST_ABOUT, widget=forms.Textarea(attrs={"rows": 5})
    )
    kind = forms.ChoiceField(choices=Product.KINDS)
    affiliate = forms.DecimalField(
        label="Part of a sale for other creators who show it, in %",
        min_value=Decimal(0),
        max_digits=4,
        decimal_places=2,
        initial=0,
        help_text="0: only your own videos show it. It is locked for a buyer when they click.",
    )

    def draft(self) -> ProductDraft:
        """Return what was filled in."""
        said = self.cleaned_data
        part = int(said["affiliate"] * PERCENT)
        return ProductDraft(said["title"], said["about"], Kind(said["kind"]), part)

    @staticmethod
    def of(product: Product) -> dict[str, object]:
        """Return what is said of goods, to begin with."""
        return {
            "title": product.title,
            "about": product.about,
            "kind": product.kind,
            "affiliate": Decimal(product.affiliate_bp) / PERCENT,
        }


class VariantForm(forms.Form):
    """One of the sizes or colours."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label="Size, colour",
        required=False,
        max_length=LONGEST_NAME,
        help_text="Empty where there is only one.",
    )
    sku = forms.CharField(label="Your own number", required=False, max_length=LONGEST_SKU)
    price = _Price("Price, taxes included", required=True)
    stock = forms.IntegerField(
        label="Pieces in stock", required=False, min_value=0, help_text="Empty: it never ends."
    )

    def draft(self, *, currency: str) -> VariantDraft:
        """Return what was filled in. Refuses: BadPrice."""
        said = self.cleaned_data
        price = money_of(said["price"], currency)
        return VariantDraft(said["name"], said["sku"], price, said["stock"])


class PictureForm(forms.Form):
    """A picture of goods."""

    picture = forms.FileField(
        help_text="JPEG, PNG or WebP, up to 10 MB. It is drawn anew, without what a camera adds.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class SoldFileForm(forms.Form):
    """What buyers download."""

    file = forms.FileField(label="File to download", help_text="Up to 200 MB.")


class CartForm(forms.Form):
    """So many of a variant."""

    variant = forms.UUIDField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(min_value=0, max_value=MOST_PIECES)
    click = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)


class CheckoutForm(forms.Form):
    """Where a parcel goes."""

    name = forms.CharField(max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    address = forms.CharField(
        label="Street, postcode and city",
        max_length=LONGEST_ADDRESS - 101,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(required=False, max_length=300, strip=True)


class ShipForm(forms.Form):
    """With whom a parcel went, and under which number."""

    carrier = forms.CharField(max_length=40)
    tracking = forms.CharField(label="Tracking number", max_length=60)


class TrackingFileForm(forms.Form):
    """Numbers of many parcels."""

    file = forms.FileField(
        label="CSV file",
        help_text="The file from here, with carrier and tracking filled in.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class ReviewForm(forms.Form):
    """How goods are."""

    stars = forms.IntegerField(min_value=1, max_value=5)
    words = forms.CharField(required=False, max_length=600)


class DiscountForm(forms.Form):
    """A code, what it takes off, and when it counts."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(
        max_length=24,
        help_text="3 to 24 letters from A to Z, digits or hyphens, such as SPRING-10.",
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    percent = forms.DecimalField(
        label="Per cent off",
        required=False,
        min_value=Decimal(1),
        max_value=Decimal(90),
        max_digits=4,
        decimal_places=2,
    )
    amount = _Price("Or an amount off", help_text="Off all of your goods in an order together.")
    starts_on = forms.DateField(
        label="First day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: from now on.",
    )
    ends_on = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: until you end it.",
    )
    most_uses = forms.IntegerField(
        label="For the first … orders", required=False, min_value=1, help_text="Empty: for all."
    )

    def draft(self, *, currency: str, zone: str, at: dt.datetime) -> DiscountDraft:
        """Return what was filled in; days are those of a time zone. Refuses: BadPrice."""
        said, place = self.cleaned_data, ZoneInfo(zone)
        first, last = said["starts_on"], said["ends_on"]
        percent, amount = said["percent"], said["amount"]
        return DiscountDraft(
            code=said["code"],
            starts_at=dt.datetime.combine(first, dt.time(), place) if first else at,
            percent_bp=None if percent is None else int(percent * PERCENT),
            amount=None if amount is None else money_of(amount, currency),
            ends_at=dt.datetime.combine(last + DAY, dt.time(), place) if last else None,
            most_uses=said["most_uses"],
        )

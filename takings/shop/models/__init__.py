"""The tables of the shop, one file per concern."""

from takings.shop.models.catalogue import Product, ProductState, Shop, Tag, Variant
from takings.shop.models.discounts import Discount
from takings.shop.models.keys import LicenceKey
from takings.shop.models.orders import (
    CartLine,
    Download,
    Order,
    OrderLine,
    Parcel,
    ParcelState,
    Review,
    Step,
)
from takings.shop.models.returns import OPEN_RETURNS, Return, ReturnLine, ReturnState

__all__ = [
    "OPEN_RETURNS",
    "CartLine",
    "Discount",
    "Download",
    "LicenceKey",
    "Order",
    "OrderLine",
    "Parcel",
    "ParcelState",
    "Product",
    "ProductState",
    "Return",
    "ReturnLine",
    "ReturnState",
    "Review",
    "Shop",
    "Step",
    "Tag",
    "Variant",
]

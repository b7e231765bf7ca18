"""Everything that changes the shop, one file per concern; import the verbs from here."""

from takings.shop.actions.catalogue import (
    ShopDraft,
    archive_product,
    offer_product,
    open_shop,
    review_product,
    save_product,
    save_variant,
    set_file,
    set_picture,
    tag_product,
    untag_product,
    withdraw_variant,
)
from takings.shop.actions.discounts import make_discount, stop_discount
from takings.shop.actions.fetching import fetch_file, review_goods
from takings.shop.actions.keys import add_keys
from takings.shop.actions.ordering import Checkout, place_order, put_into_cart, take_from_cart
from takings.shop.actions.paying import OrderByCard, unearn_order
from takings.shop.actions.returning import (
    answer_return,
    ask_return,
    cancel_parcel,
    contest_return,
    decide_return,
    pay_back,
    take_return,
)
from takings.shop.actions.sending import (
    confirm_arrival,
    run_parcels,
    ship_by_file,
    ship_parcel,
)
from takings.shop.actions.telling import tell_step

__all__ = [
    "Checkout",
    "OrderByCard",
    "ShopDraft",
    "add_keys",
    "answer_return",
    "archive_product",
    "ask_return",
    "cancel_parcel",
    "confirm_arrival",
    "contest_return",
    "decide_return",
    "fetch_file",
    "make_discount",
    "offer_product",
    "open_shop",
    "pay_back",
    "place_order",
    "put_into_cart",
    "review_goods",
    "review_product",
    "run_parcels",
    "save_product",
    "save_variant",
    "set_file",
    "set_picture",
    "ship_by_file",
    "ship_parcel",
    "stop_discount",
    "tag_product",
    "take_from_cart",
    "take_return",
    "tell_step",
    "unearn_order",
    "untag_product",
    "withdraw_variant",
]

"""A seller's pages: the shop, goods with their variants, and videos that show them."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.actions import tell_birth
from takings.people.queries import access_own_creator
from takings.policies.queries import shop_rule_at
from takings.shop import actions, queries
from takings.shop.models import Product, Shop, Tag
from takings.shop.queries.sums import sold_by
from takings.shop.views.forms import (
    PictureForm,
    ProductForm,
    ShopForm,
    SoldFileForm,
    VariantForm,
)
from takings.videos.queries import access_own_video, own_videos

PAGE = 24


@require_safe
def goods(request: HttpRequest) -> HttpResponse:
    """Show what a creator sells and what it brought, or lead to opening a shop."""
    seller = access_own_creator(user=request.user)
    if not Shop.objects.filter(pk=seller.pk).exists():
        return redirect("shop:settings")
    found = queries.products_of(seller=seller)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "shop": queries.shop_of(seller=seller),
        "sums": sold_by(seller=seller),
        "seller": seller,
        "videos": list(own_videos(user=request.user).filter(purpose="post")[:PAGE]),
    }
    return render(request, "shop/studio/goods.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Open a shop, or change where it sends and for how much."""
    seller, now = access_own_creator(user=request.user), clock.now()
    shop = Shop.objects.filter(pk=seller.pk).first()
    begin = ShopForm.of(shop) if shop else {"country": seller.user.country, "currency": "EUR"}
    asks = seller.user.born_on is None
    form = ShopForm(request.POST or None, initial=begin, asks_birth=asks)

    def act() -> str:
        if asks and form.cleaned_data["born_on"]:
            tell_birth(user=seller.user, born_on=form.cleaned_data["born_on"], at=now)
        actions.open_shop(seller=seller, draft=form.draft(), at=now)
        return "Your shop is open." if shop is None else "Changed; orders keep what they had."

    if request.method == "POST" and _done(request, form, act):
        return redirect("shop:studio")
    context = {"form": form, "shop": shop, "rule": shop_rule_at(at=now)}
    status = 422 if form.errors else 200
    return render(request, "shop/studio/shop.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write new goods down."""
    seller, now = access_own_creator(user=request.user), clock.now()
    shop, form = queries.shop_of(seller=seller), ProductForm(request.POST or None)
    given = _given_id(request)

    def act() -> str:
        actions.save_product(shop=shop, product_id=given, draft=form.draft(), at=now)
        return "Now give it a price and a picture."

    if request.method == "POST" and _done(request, form, act):
        return redirect("shop:edit", given)
    context = {"form": form, "given_id": given}
    status = 422 if form.errors else 200
    return render(request, "shop/studio/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Show goods to their seller, and change their words."""
    product = queries.access_own_product(user=request.user, product_id=product_id)
    form = ProductForm(request.POST or None, initial=ProductForm.of(product))

    def act() -> str:
        one = actions.save_product(
            shop=product.shop, product_id=product.pk, draft=form.draft(), at=clock.now()
        )
        return "Changed." if one.state == product.state else "Changed; offer it once more."

    if request.method == "POST" and _done(request, form, act):
        return redirect("shop:edit", product.pk)
    status = 422 if form.errors else 200
    return _edit(request, product, form=form, status=status)


@require_POST
def variant(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Add a variant, change it, or offer it no more."""
    product = queries.access_own_product(user=request.user, product_id=product_id)
    form = VariantForm(request.POST)
    if "withdraw" in request.POST:
        one = get_object_or_404(product.variants, pk=_given_id(request))
        actions.withdraw_variant(variant=one)
        messages.success(request, "It is not offered any more; orders of it go on.")
        return redirect("shop:edit", product.pk)

    def act() -> str:
        draft = form.draft(currency=product.shop.currency)
        actions.save_variant(product=product, variant_id=form.cleaned_data["id"], draft=draft)
        return "Saved."

    if _done(request, form, act):
        return redirect("shop:edit", product.pk)
    return _edit(request, product, variant_form=form, status=422)


@require_POST
def keys(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Fill the pool of licence keys of a variant."""
    product = queries.access_own_product(user=request.user, product_id=product_id)
    one = get_object_or_404(product.variants, pk=_given_id(request))
    text = request.POST.get("keys", "")
    try:
        count = actions.add_keys(variant=one, text=text)
    except Refusal as refusal:
        said = {"keys_of": one.pk, "keys": text, "keys_problem": str(refusal)}
        return _edit(request, product, status=422, **said)
    messages.success(request, f"{count:,} more to sell.")
    return redirect("shop:edit", product.pk)


@require_POST
def picture(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Give goods a picture, or the file that buyers download."""
    product = queries.access_own_product(user=request.user, product_id=product_id)
    is_file = "file" in request.FILES
    form = (SoldFileForm if is_file else PictureForm)(request.POST, request.FILES)

    def act() -> str:
        if is_file:
            given = form.cleaned_data["file"]
            actions.set_file(
                product=product, name=given.name, chunks=given.chunks(), size=given.size
            )
            return "Buyers download this from now on. Offer it once more."
        actions.set_picture(product=product, content=form.cleaned_data["picture"].read())
        return "A new picture. Offer it once more."

    if _done(request, form, act):
        return redirect("shop:edit", product.pk)
    shown = {"file_form" if is_file else "picture_form": form}
    return _edit(request, product, status=422, **shown)


@require_POST
def offer(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Ask an operator to put goods on sale, or take them from it."""
    product = queries.access_own_product(user=request.user, product_id=product_id)
    try:
        if "archive" in request.POST:
            actions.archive_product(product=product)
            messages.success(request, "It is not on sale any more; orders of it go on.")
        else:
            actions.offer_product(product=product)
            messages.success(request, "An operator looks at it, then it is on sale.")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("shop:edit", product.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def tags(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Choose what a video shows of goods: the own ones, and others' for a part of the sale."""
    video = access_own_video(user=request.user, video_id=video_id)
    creator, now = access_own_creator(user=request.user), clock.now()
    if request.method == "POST":
        product = queries.access_product(user=request.user, product_id=_given_id(request))
        try:
            if "remove" in request.POST:
                actions.untag_product(video=video, product=product)
                messages.success(request, f"The video shows “{product}” no more.")
            else:
                actions.tag_product(video=video, product=product, at=now)
                messages.success(request, f"The video shows “{product}”.")
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("shop:tags", video.pk)
    shown = list(Tag.objects.filter(video=video).select_related("product__shop", "video"))
    found = queries.may_tag(creator=creator).exclude(pk__in=[tag.product_id for tag in shown])
    context = {
        "video": video,
        "shown": shown,
        "creator": creator,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "rule": shop_rule_at(at=now),
    }
    return render(request, "shop/studio/tags.html", context)


def _edit(
    request: HttpRequest, product: Product, *, status: int = 200, **shown: object
) -> HttpResponse:
    product.refresh_from_db()
    code = product.shop.currency
    rows = [
        (one, VariantForm(auto_id=f"{one.pk}-%s", initial=_said(one)))
        for one in queries.offered(product)
    ]
    empty = VariantForm(initial={"id": ids.uuid7(at=clock.now())})
    context = {
        "product": product,
        "currency": code,
        "rows": rows,
        "form": ProductForm(initial=ProductForm.of(product)),
        "variant_form": empty,
        "picture_form": PictureForm(),
        "file_form": SoldFileForm(),
        **shown,
    }
    return render(request, "shop/studio/edit.html", context, status=status)


def _said(one: object) -> dict[str, object]:
    names = ("name", "sku", "stock")
    said: dict[str, object] = {name: getattr(one, name) for name in names}
    return said | {"id": one.pk, "price": one.price.decimal()}  # type: ignore[attr-defined]


def _done(request: HttpRequest, form: Form, act: Callable[[], str]) -> bool:
    """Do it if the form is whole; what is refused stands in the form, and nothing is lost."""
    if not form.is_valid():
        return False
    try:
        messages.success(request, act())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _given_id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return ids.uuid7(at=clock.now())

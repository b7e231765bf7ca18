"""Goods as buyers see them: all, those of a channel, one of them, its picture, and the shelf."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from takings.core import clock
from takings.people.queries import creator_by_handle
from takings.policies.queries import shop_rule_at
from takings.shop import queries
from takings.shop.models import Tag
from takings.shop.queries.catalogue import NoSuchProduct
from takings.shop.rules.clicks import Click

PAGE, REVIEWS = 24, 20
FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def everything(request: HttpRequest) -> HttpResponse:
    """Show all goods that are on sale, the newest first."""
    page = Paginator(queries.on_sale(), PAGE).get_page(request.GET.get("page"))
    return render(request, "shop/goods.html", {"page": page, "title": "Shop"})


@require_safe
def channel(request: HttpRequest, handle: str) -> HttpResponse:
    """Show what a creator sells, and who that is by law."""
    creator = creator_by_handle(handle=handle)
    goods = queries.on_sale().filter(shop=creator.pk)
    context = {
        "page": Paginator(goods, PAGE).get_page(request.GET.get("page")),
        "title": f"Shop of {creator.name}",
        "creator": creator,
        "shop": getattr(creator, "shop", None),
    }
    return render(request, "shop/goods.html", context)


@require_safe
def product(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Show goods with their variants, who sells them, and what buyers say."""
    one, now = queries.access_product(user=request.user, product_id=product_id), clock.now()
    token = request.GET.get("from", "")
    variants = queries.offered(one)
    context = {
        "product": one,
        "variants": variants,
        "is_buyable": any(not variant.is_sold_out for variant in variants),
        "click": token if queries.clicked(token, product=one, at=now) else "",
        "reviews": list(one.reviews.select_related("line")[:REVIEWS]),
        "stars": queries.stars_of(one),
        "rule": shop_rule_at(at=now),
        "places": queries.places_of(one.shop),
    }
    return render(request, "shop/product.html", context)


@require_safe
def click(
    request: HttpRequest,  # noqa: ARG001 - of anybody
    video_id: uuid.UUID,
    product_id: uuid.UUID,
) -> HttpResponse:
    """Lead from a video to the goods it shows; whose part of a sale it is, is locked now."""
    tag = queries.tag_of(video_id=video_id, product_id=product_id)
    if tag is None:
        return redirect("shop:product", product_id)
    part = 0 if tag.is_own else tag.product.affiliate_bp
    token = queries.sign(Click(product_id, video_id, part, clock.now()))
    return redirect(f"{reverse('shop:product', args=[product_id])}?from={token}")


@require_safe
def shelf(request: HttpRequest, video_id: uuid.UUID) -> JsonResponse:  # noqa: ARG001 - of anybody
    """Tell the player what a video shows of goods."""
    rows = [_told(tag) for tag in queries.shelf(video_id=video_id)]
    return JsonResponse({"goods": rows}, headers={"Cache-Control": "private, max-age=60"})


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:  # noqa: ARG001 - of anybody
    """Show a picture that we drew; its name is its content, so it never changes."""
    path = queries.picture_path(digest)
    if not path.is_file():
        raise NoSuchProduct
    headers = {"Cache-Control": FOR_EVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(path.read_bytes(), content_type="image/webp", headers=headers)


def _told(tag: Tag) -> dict[str, object]:
    one = tag.product
    return {
        "id": str(one.pk),
        "title": one.title,
        "picture": reverse("shop:picture", args=[one.picture]) if one.picture else "",
        "price": one.price_words,
        "seller": one.shop.seller.name,
        "url": reverse("shop:click", args=[tag.video_id, one.pk]),
        "is_ad": not tag.is_own,
    }

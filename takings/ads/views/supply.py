"""The files in which buyers of ads read who may sell our places."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from takings.ads.rules.supply import Seller, ads_txt, domain_of, sellers_json

KEPT_S = 86_400
"""Buyers ask about once a day."""


@require_safe
@cache_control(public=True, max_age=KEPT_S)
def authorized(request: HttpRequest) -> HttpResponse:
    """Tell who may sell."""
    del request
    text = ads_txt(_seller(), systems=settings.AD_SYSTEMS)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=KEPT_S)
def sellers(request: HttpRequest) -> JsonResponse:
    """Tell who is paid."""
    del request
    return JsonResponse(sellers_json(_seller()))


def _seller() -> Seller:
    return Seller(
        id=settings.AD_SELLER_ID,
        name=settings.ENTITY["name"],
        domain=domain_of(settings.PUBLIC_URL),
        contact=settings.AD_CONTACT,
    )

"""Every page and endpoint that Django answers; the edge routes are in ``config/asgi.py``."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from takings.ads.urls import supply_patterns
from takings.memberships.urls import fan_patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("takings.audience.urls")),
    path("", include("takings.events.urls")),
    path("", include("takings.web.urls")),
    path("", include("takings.payouts.urls")),
    path("", include("takings.insights.urls")),
    path("", include("takings.videos.urls")),
    path("", include((supply_patterns, "supply"))),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("ads/", include("takings.ads.urls")),
    path("api/", include("takings.api.urls")),
    path("gifts/", include("takings.gifts.urls")),
    path("live/", include("takings.live.urls")),
    path("pass/", include("takings.memberships.urls")),
    path("memberships/", include((fan_patterns, "fans"))),
    path("coins/", include("takings.coins.urls")),
    path("deals/", include("takings.sponsorships.urls")),
    path("vouchers/", include("takings.vouchers.urls")),
    path("requests/", include("takings.requests.urls")),
    path("payments/", include("takings.payments.urls")),
    path("shop/", include("takings.shop.urls")),
    path("sandbox/", include("takings.sandbox.urls")),
]

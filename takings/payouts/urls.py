"""Pages of payouts: the creator's in the studio, the operator's at the desk."""

from django.urls import path

from takings.payouts.views import desk, studio

app_name = "payouts"
urlpatterns = [
    path("studio/payouts/", studio.overview, name="overview"),
    path("studio/payouts/profile/", studio.profile, name="profile"),
    path("studio/payouts/account/", studio.method, name="method"),
    path("desk/payouts/profiles/", desk.profiles, name="profiles"),
    path("desk/payouts/profiles/<uuid:profile_id>/", desk.review, name="review"),
]

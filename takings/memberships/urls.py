"""The pages of passes: a member's own, and the operators' desk."""

from django.urls import path

from takings.memberships import views

app_name = "memberships"
urlpatterns = [
    path("", views.own, name="own"),
    path("buy/", views.buy, name="buy"),
    path("cancel/", views.cancel, name="cancel"),
    path("resume/", views.resume, name="resume"),
    path("withdraw/", views.withdraw, name="withdraw"),
    path("desk/", views.desk, name="desk"),
]

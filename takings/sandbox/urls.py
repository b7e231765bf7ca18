"""Pages of the sandbox: where a test card is typed in, and where its owner confirms."""

from django.urls import path

from takings.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("pay/<slug:checkout_id>/", views.pay, name="pay"),
    path("pay/<slug:checkout_id>/confirm/", views.confirm, name="confirm"),
    path("pay/<slug:checkout_id>/cancel/", views.cancel, name="cancel"),
]

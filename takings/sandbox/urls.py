"""Pages of the sandbox: where a test card or a test account is typed in."""

from django.urls import path

from takings.sandbox import views

app_name = "sandbox"
urlpatterns = [
    path("pay/<slug:checkout_id>/", views.pay, name="pay"),
    path("pay/<slug:checkout_id>/confirm/", views.confirm, name="confirm"),
    path("pay/<slug:checkout_id>/cancel/", views.cancel, name="cancel"),
    path("payees/<slug:payee_id>/", views.payee, name="payee"),
]

"""Pages of the shell; every other page is its app's own."""

from django.urls import path

from takings.web import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("studio/open/", views.open_studio, name="open_studio"),
    path("design/", views.design, name="design"),
]

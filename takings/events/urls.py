"""Pages of events."""

from django.urls import path

from takings.events import views

app_name = "events"
urlpatterns = [path("watching/", views.watching, name="watching")]

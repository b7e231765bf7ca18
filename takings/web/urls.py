"""Pages of the shell; every other page is its app's own."""

from django.urls import path

from takings.web import views

urlpatterns = [
    path("", views.feed, name="feed"),
    path("v/<uuid:video_id>", views.feed, name="video"),
    path("design/", views.design, name="design"),
]

"""Pages of the audience."""

from django.urls import path

from takings.audience import views

app_name = "audience"
urlpatterns = [
    path("", views.feed, name="feed"),
    path("v/<uuid:video_id>", views.video, name="video"),
    path("@<slug:handle>", views.profile, name="profile"),
    path("@<slug:handle>/follow", views.follow, name="follow"),
]

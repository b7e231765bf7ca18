"""Addresses of the studio's video pages."""

from django.urls import path

from takings.videos.views import pages

app_name = "videos"
urlpatterns = [
    path("studio/upload/", pages.upload_page, name="upload"),
    path("studio/videos/", pages.videos_page, name="videos"),
    path("studio/videos/<uuid:video_id>/", pages.video_page, name="video"),
    path("studio/videos/<uuid:video_id>/captions/", pages.set_captions, name="captions"),
    path(
        "studio/videos/<uuid:video_id>/captions/remove/",
        pages.remove_captions,
        name="remove_captions",
    ),
    path("studio/videos/<uuid:video_id>/members/", pages.keep_for_members, name="for_members"),
    path("studio/videos/<uuid:video_id>/disclosure/", pages.disclose, name="disclose"),
    path("studio/videos/<uuid:video_id>/again/", pages.prepare_again, name="again"),
    path("studio/videos/<uuid:video_id>/remove/", pages.remove, name="remove"),
]

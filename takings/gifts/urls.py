"""The pages of gifts; ``/gifts/send`` is an edge route (``config/asgi.py``)."""

from django.urls import path

from takings.gifts.views import desk, own, received

app_name = "gifts"
urlpatterns = [
    path("", own.sent, name="sent"),
    path("for/<uuid:video_id>/", own.send, name="send"),
    path("<uuid:gift_id>/undo/", own.undo, name="undo"),
    path("received/", received.received, name="received"),
    path("received/welcome/", received.welcome, name="welcome"),
    path("received/<uuid:gift_id>/block/", received.block, name="block"),
    path("desk/", desk.desk, name="desk"),
    path("desk/new/", desk.new_kind, name="new_kind"),
    path("desk/kinds/<slug:slug>/", desk.kind, name="kind"),
    path("desk/kinds/<slug:slug>/retire/", desk.retire, name="retire"),
    path("desk/<uuid:gift_id>/", desk.gift, name="gift"),
    path("desk/<uuid:gift_id>/take-back/", desk.take_back, name="take_back"),
    path("desk/<uuid:gift_id>/release/", desk.release, name="release"),
]

"""The pages of gifts; ``/gifts/send`` is an edge route (``config/asgi.py``)."""

from django.urls import path

from takings.gifts.views import desk, fans, goals, own, received, rewards, studio

app_name = "gifts"
urlpatterns = [
    path("", own.sent, name="sent"),
    path("for/<uuid:video_id>/", own.send, name="send"),
    path("<uuid:gift_id>/undo/", own.undo, name="undo"),
    path("name/", own.hide_name, name="hide_name"),
    path("of/<slug:handle>/", fans.board_page, name="board"),
    path("rooms/<uuid:room_id>/", fans.room_page, name="room"),
    path("studio/", studio.studio, name="insights"),
    path("studio/now/", studio.now, name="insights_now"),
    path("studio/csv/", studio.gifts_csv, name="insights_csv"),
    path("studio/videos/<uuid:video_id>/", studio.video, name="insights_video"),
    path("studio/fans/", fans.fans, name="fans"),
    path("studio/fans/levels/", fans.name_levels, name="name_levels"),
    path("studio/fans/thank/", fans.thank, name="thank"),
    path("studio/rewards/", rewards.rewards, name="rewards"),
    path("studio/goals/", goals.goals, name="goals"),
    path("studio/goals/<uuid:goal_id>/stop/", goals.stop, name="stop_goal"),
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

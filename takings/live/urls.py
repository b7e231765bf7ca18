"""The pages of rooms: a guest's, a creator's, and the operators' desk."""

from django.urls import path, re_path

from takings.live.views import desk, pages, studio

app_name = "live"
urlpatterns = [
    path("", pages.rooms, name="rooms"),
    path("<uuid:room_id>/", pages.room, name="room"),
    path("<uuid:room_id>/say/", pages.say, name="say"),
    path("<uuid:room_id>/reminder/", pages.remind, name="remind"),
    re_path(
        r"^lines/(?P<line_id>[0-9a-f-]{36})/(?P<verb>remove|restore|mute|ban|report)/$",
        pages.act_on_line,
        name="act_on_line",
    ),
    path("studio/", studio.rooms, name="studio"),
    path("studio/new/", studio.new_room, name="new_room"),
    path("studio/<uuid:room_id>/", studio.own_room, name="own_room"),
    path("studio/<uuid:room_id>/begin/", studio.begin, name="begin"),
    path("studio/<uuid:room_id>/end/", studio.end, name="end"),
    path("studio/restraints/<int:restraint_id>/lift/", studio.lift, name="lift"),
    path("desk/", desk.reports, name="desk"),
    path("desk/lines/<uuid:line_id>/", desk.answer, name="answer"),
    path("desk/rooms/<uuid:room_id>/end/", desk.end_room, name="end_room"),
]

"""The pages of requests."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from takings.requests.views import desk, public, rooms, studio


class Plain(StringConverter):
    """What is done to a request with no more than a word."""

    regex = "accepted|declined|cancelled|given_up|revised|taken|case_opened"


register_converter(Plain, "plain_act")

app_name = "requests"
urlpatterns = [
    path("", rooms.own, name="own"),
    path("of/<slug:handle>/", public.services, name="of"),
    path("for/<uuid:service_id>/", public.ask, name="ask"),
    path("studio/", studio.studio, name="studio"),
    path("studio/services/", studio.services, name="services"),
    path("studio/services/new/", studio.service, name="new_service"),
    path("studio/services/<uuid:service_id>/", studio.service, name="service"),
    path("studio/services/<uuid:service_id>/<slug:to>/", studio.switch, name="switch"),
    path("desk/", desk.desk, name="desk"),
    path("<uuid:request_id>/", rooms.room, name="room"),
    path("<uuid:request_id>/pay/", rooms.pay, name="pay"),
    path("<uuid:request_id>/write/", rooms.write, name="write"),
    path("<uuid:request_id>/quote/", rooms.quote, name="quote"),
    path("<uuid:request_id>/deliver/", rooms.deliver, name="deliver"),
    path("<uuid:request_id>/rate/", rooms.rate, name="rate"),
    path("<uuid:request_id>/decide/", rooms.decide, name="decide"),
    path("<uuid:request_id>/<plain_act:name>/", rooms.act, name="act"),
]

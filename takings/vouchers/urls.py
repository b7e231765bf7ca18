"""The pages of vouchers: one's own, and the operators' stock."""

from django.urls import path

from takings.vouchers.views import desk, own

app_name = "vouchers"
urlpatterns = [
    path("", own.own, name="own"),
    path("<uuid:voucher_id>/fault/", own.report, name="report"),
    path("desk/", desk.desk, name="desk"),
    path("desk/loads/<uuid:load_id>/withdraw/", desk.withdraw, name="withdraw"),
    path("desk/faults/<uuid:fault_id>/", desk.answer, name="answer"),
]

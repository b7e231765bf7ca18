"""The pages of deals."""

from django.urls import path

from takings.sponsorships.views import lists, offers, papers, records, room, steps

app_name = "sponsorships"
urlpatterns = [
    path("", lists.deals, name="deals"),
    path("studio/", lists.inbox, name="inbox"),
    path("new/", lists.find, name="find"),
    path("new/<slug:handle>/", offers.offer, name="offer"),
    path("desk/", lists.desk, name="desk"),
    path("desk/fees.csv", lists.fees_csv, name="fees_csv"),
    path("<uuid:deal_id>/", room.room, name="room"),
    path("<uuid:deal_id>/counter/", offers.counter, name="counter"),
    path("<uuid:deal_id>/pay/", room.pay, name="pay"),
    path("<uuid:deal_id>/agreement.pdf", papers.agreement, name="agreement"),
    path("<uuid:deal_id>/report.csv", room.report, name="report"),
    path("<uuid:deal_id>/decide/", room.decide, name="decide"),
    path("brands/<int:brand_id>/", records.record, name="record"),
    path("<uuid:deal_id>/rate/", records.rate, name="rate"),
    path("<uuid:deal_id>/<slug:name>/", steps.step, name="step"),
]

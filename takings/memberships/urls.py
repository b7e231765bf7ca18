"""The pages of passes, and of creators' tiers and members (``fans``)."""

from django.urls import path

from takings.memberships.views import desk, members, passes, studio

app_name = "memberships"
urlpatterns = [
    path("", passes.own, name="own"),
    path("buy/", passes.buy, name="buy"),
    path("cancel/", passes.cancel, name="cancel"),
    path("resume/", passes.resume, name="resume"),
    path("withdraw/", passes.withdraw, name="withdraw"),
    path("desk/", passes.desk, name="desk"),
]
fan_patterns = [
    path("", members.mine, name="mine"),
    path("at/<slug:handle>/", members.join, name="join"),
    path("at/<slug:handle>/buy/", members.buy, name="buy"),
    path("<int:member_id>/", members.own, name="own"),
    path("<int:member_id>/cancel/", members.cancel, name="cancel"),
    path("<int:member_id>/resume/", members.resume, name="resume"),
    path("<int:member_id>/change/", members.change, name="change"),
    path("<int:member_id>/rise/", members.rise, name="rise"),
    path("<int:member_id>/leave/", members.leave, name="leave"),
    path("studio/", studio.overview, name="studio"),
    path("studio/tiers/new/", studio.new_tier, name="new_tier"),
    path("studio/tiers/<int:tier_id>/", studio.tier, name="tier"),
    path("studio/tiers/<int:tier_id>/archive/", studio.archive, name="archive"),
    path("studio/members/", studio.members, name="members"),
    path("studio/members.csv", studio.members_csv, name="members_csv"),
    path("desk/", desk.overview, name="desk"),
]

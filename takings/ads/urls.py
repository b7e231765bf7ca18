"""Pages of advertising. ``/ads/next`` and ``/ads/click/`` are raw routes, see ``edge``."""

from django.urls import path

from takings.ads.views import (
    breakdowns,
    cards,
    console,
    conversions,
    creatives,
    desk,
    invoices,
    line_items,
    members,
    reports,
    review,
    showings,
    supply,
    tags,
    terms,
)

supply_patterns = [  # where buyers look for them: at the root
    path("ads.txt", supply.authorized, name="ads_txt"),
    path("app-ads.txt", supply.authorized, name="app_ads_txt"),
    path("sellers.json", supply.sellers, name="sellers"),
]
app_name = "ads"
urlpatterns = [
    path("", console.overview, name="overview"),
    path("pay/", cards.pay, name="pay"),
    path("payments/", cards.payments, name="payments"),
    path("brands/new/", console.open_brand, name="open_brand"),
    path("tags/", tags.tags, name="tags"),
    path("members/", members.members, name="members"),
    path("members/<int:brand_id>/<int:member_id>/", members.change_member, name="change_member"),
    path(
        "invitations/<int:brand_id>/<uuid:invitation_id>/withdraw/",
        members.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("invitations/<uuid:invitation_id>/", members.answer_invitation, name="answer_invitation"),
    path("reports/", breakdowns.breakdown, name="reports"),
    path("reports.csv", breakdowns.breakdown_csv, name="reports_csv"),
    path("campaigns/", console.campaigns, name="campaigns"),
    path("campaigns/new/", console.new_campaign, name="new_campaign"),
    path("campaigns/<uuid:campaign_id>/", console.campaign, name="campaign"),
    path("campaigns/<uuid:campaign_id>/edit/", terms.edit_campaign, name="edit_campaign"),
    path("campaigns/<uuid:campaign_id>/duplicate/", terms.duplicate_campaign, name="duplicate"),
    path("campaigns/<uuid:campaign_id>/report.csv", reports.report, name="report"),
    path("campaigns/<uuid:campaign_id>/viewers.csv", showings.showings, name="showings"),
    path("campaigns/<uuid:campaign_id>/history/", creatives.history, name="history"),
    path(
        "campaigns/<uuid:campaign_id>/creatives/new/", creatives.new_creative, name="new_creative"
    ),
    path("campaigns/<uuid:campaign_id>/line-items/new/", line_items.new, name="new_line_item"),
    path("line-items/<uuid:line_item_id>/", line_items.line_item, name="line_item"),
    path("line-items/<uuid:line_item_id>/edit/", line_items.edit, name="edit_line_item"),
    path("line-items/<uuid:line_item_id>/copy/", line_items.duplicate, name="copy_line_item"),
    path("line-items/<uuid:line_item_id>/<slug:step>/", line_items.change, name="change_line_item"),
    path("creatives/<uuid:creative_id>/", creatives.creative, name="creative"),
    path("creatives/<uuid:creative_id>/edit/", creatives.edit_creative, name="edit_creative"),
    path("creatives/<uuid:creative_id>/pause/", creatives.pause_creative, name="pause_creative"),
    path("creatives/<uuid:creative_id>/resume/", creatives.resume_creative, name="resume_creative"),
    path("campaigns/<uuid:campaign_id>/<slug:step>/", console.change_campaign, name="change"),
    path("conversions/", conversions.goals, name="goals"),
    path("conversions/<uuid:goal_id>/", conversions.goal, name="goal"),
    path("conversions/<uuid:goal_id>/report/", conversions.report, name="report_conversion"),
    path("conversions/<uuid:goal_id>/pixel.gif", conversions.pixel, name="pixel"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:brand_id>/<uuid:invoice_id>.pdf", invoices.invoice_pdf, name="invoice"),
    path("invoices/<int:brand_id>/<uuid:invoice_id>/", invoices.invoice, name="invoice_page"),
    path("desk/invoices/", invoices.desk, name="desk_invoices"),
    path("desk/invoices/<uuid:invoice_id>/credit/", invoices.credit, name="credit"),
    path("desk/review/", review.queue, name="review"),
    path("desk/review/<uuid:creative_id>/", review.review, name="review_creative"),
    path("desk/deposits/", desk.deposits, name="deposits"),
    path("desk/players/", desk.players, name="players"),
]

"""Pages of payouts, the creator's and the operator's, and where providers send their messages."""

from django.urls import path

from takings.payouts.views import (
    batches,
    desk,
    documents,
    escheat,
    files,
    remitting,
    reports,
    self_billing,
    studio,
    transfers,
    webhooks,
)

app_name = "payouts"
urlpatterns = [
    path("studio/payouts/", studio.overview, name="overview"),
    path("studio/payouts/profile/", studio.profile, name="profile"),
    path("studio/payouts/documents/", documents.documents, name="documents"),
    path("studio/payouts/account/", studio.method, name="method"),
    path("studio/payouts/keep/", escheat.keep, name="keep"),
    path("studio/payouts/unclaimed/<uuid:line_id>/", escheat.claim, name="claim"),
    path("studio/payouts/account/go/", studio.go, name="go"),
    path("studio/payouts/account/back/", studio.back, name="back"),
    path("studio/payouts/<uuid:payout_id>/", studio.payout, name="payout"),
    path("desk/payouts/", batches.batches, name="batches"),
    path("desk/payouts/new/", batches.new_batch, name="new_batch"),
    path("desk/payouts/batches/<uuid:batch_id>/", batches.batch, name="batch"),
    path(
        "desk/payouts/batches/<uuid:batch_id>/<slug:step>/",
        batches.change_batch,
        name="change_batch",
    ),
    path("desk/payouts/files/<uuid:file_id>/bank.file", files.download, name="download"),
    path("desk/payouts/answers/", files.answers, name="answers"),
    path("desk/payouts/taxes/", remitting.taxes, name="taxes"),
    path("desk/payouts/taxes/<uuid:remittance_id>/", remitting.remittance, name="remittance"),
    path("desk/payouts/unclaimed/", escheat.unclaimed, name="unclaimed"),
    path("desk/payouts/unclaimed/<uuid:escheat_id>/", escheat.proposal, name="escheat"),
    path(
        "desk/payouts/taxes/<uuid:remittance_id>/balances.csv",
        escheat.report,
        name="unclaimed_report",
    ),
    path("desk/payouts/transfers/", transfers.transfers, name="transfers"),
    path("desk/payouts/transfers/<uuid:payout_id>/", transfers.ask, name="ask"),
    path("studio/payouts/invoices/<uuid:invoice_id>.pdf", self_billing.bill, name="bill"),
    path("desk/payouts/self-billed/", self_billing.bills, name="bills"),
    path("desk/payouts/reports/", reports.reports, name="reports"),
    path("desk/payouts/reports/<int:year>/", reports.review, name="report_review"),
    path("desk/payouts/reports/<int:year>/<slug:name>/", reports.report, name="report"),
    path("desk/payouts/profiles/", desk.profiles, name="profiles"),
    path("desk/payouts/profiles/<uuid:profile_id>/", desk.review, name="review"),
    path(
        "desk/payouts/documents/<uuid:document_id>/", documents.open_document, name="open_document"
    ),
    path("payouts/webhooks/<slug:provider>/", webhooks.receive, name="webhook"),
]

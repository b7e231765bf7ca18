"""Pages of payments, the operators' part of them, and where providers send their messages."""

from django.urls import path

from takings.payments.views import desk, pages, webhooks

app_name = "payments"
urlpatterns = [
    path("", pages.mine, name="mine"),
    path("terms/", pages.terms, name="terms"),
    path("<uuid:payment_id>/", pages.payment, name="payment"),
    path("<uuid:payment_id>/go/", pages.go, name="go"),
    path("<uuid:payment_id>/receipts/<uuid:paper_id>/", pages.receipt, name="receipt"),
    path("<uuid:payment_id>/receipts/<uuid:paper_id>.pdf", pages.receipt_pdf, name="receipt_pdf"),
    path("<uuid:payment_id>/back/", pages.back, name="back"),
    path("desk/", desk.payments, name="desk"),
    path("desk/cases/", desk.cases, name="cases"),
    path("desk/refunds/", desk.refunds, name="refunds"),
    path("desk/cases/<int:case_id>/", desk.case, name="case"),
    path("desk/<uuid:payment_id>/refund/", desk.refund, name="refund"),
    path("desk/<uuid:payment_id>/evidence.txt", desk.evidence, name="evidence"),
    path("desk/<uuid:payment_id>/dispute/", desk.dispute, name="dispute"),
    path("webhooks/<slug:provider>/", webhooks.receive, name="webhook"),
]

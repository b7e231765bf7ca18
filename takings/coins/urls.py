"""The pages of coins: one's own, and the operators' desk."""

from django.urls import path

from takings.coins.views import desk, own

app_name = "coins"
urlpatterns = [
    path("", own.own, name="own"),
    path("buy/", own.buy, name="buy"),
    path("age/", own.age, name="age"),
    path("wallet/", own.wallet, name="wallet"),
    path("wallet/csv/", own.wallet_csv, name="wallet_csv"),
    path("wallet/<uuid:purchase_id>/give-back/", own.give_back, name="give_back"),
    path("limits/", own.limits, name="limits"),
    path("limits/<str:kind>/", own.set_limit, name="set_limit"),
    path("desk/", desk.desk, name="desk"),
    path("desk/<int:user_id>/", desk.person, name="person"),
    path("desk/<int:user_id>/grant/", desk.grant, name="grant"),
    path("desk/grants/<uuid:proposal_id>/", desk.answer_grant, name="answer_grant"),
    path("desk/<int:user_id>/minor/", desk.refund_minor, name="refund_minor"),
    path("desk/lots/<uuid:lot_id>/hold/", desk.hold, name="hold"),
    path("desk/purchases/<uuid:purchase_id>/return/", desk.return_for, name="return_for"),
]

"""Addresses of the answers: the studio's numbers, traces, the operator's desk."""

from django.urls import URLPattern, path

from takings.insights.views import (
    accounts,
    desk,
    entries,
    holds,
    statements,
    studio,
    traces,
    verify,
)

app_name = "insights"
urlpatterns: list[URLPattern] = [
    path("studio/", studio.overview_page, name="overview"),
    path("studio/terms/", studio.terms_page, name="terms"),
    path("studio/earnings/", studio.earnings_page, name="earnings"),
    path("studio/earnings/lines/", studio.lines_page, name="lines"),
    path("studio/earnings/lines.csv", studio.earnings_csv, name="earnings_csv"),
    path("studio/statements/", statements.statements_page, name="statements"),
    path("studio/statements/<str:period>/", statements.statement_page, name="statement"),
    path(
        "studio/statements/<str:period>/<str:currency>.json",
        statements.statement_content,
        name="statement_content",
    ),
    path(
        "studio/statements/<str:period>/<str:currency>/statement.<str:form>",
        statements.statement_file,
        name="statement_file",
    ),
    path("verify/", verify.verify_page, name="verify"),
    path("trace/", traces.find_page, name="find_trace"),
    path("trace/line/<int:line>/", traces.trace_page, {"kind": "line"}, name="trace_line"),
    path(
        "trace/estimate/<str:period>/<str:country>/<uuid:video>/<str:day>/",
        traces.trace_page,
        {"kind": "estimate"},
        name="trace_estimate",
    ),
    path("trace/entry/<uuid:entry>/", traces.trace_page, {"kind": "entry"}, name="trace_entry"),
    path(
        "trace/impression/<uuid:decision>/",
        traces.trace_page,
        {"kind": "impression"},
        name="trace_impression",
    ),
    path("trace/view/<uuid:view>/", traces.trace_page, {"kind": "view"}, name="trace_view"),
    path("trace/video/<uuid:video>/", traces.trace_page, {"kind": "video"}, name="trace_video"),
    path(
        "trace/statement/<str:period>/<int:creator>/<str:currency>/",
        traces.trace_page,
        {"kind": "statement"},
        name="trace_statement",
    ),
    path("desk/", desk.desk_page, name="desk"),
    path("desk/check/", desk.check_books, name="check_books"),
    path("desk/tree-head.json", desk.tree_head, name="tree_head"),
    path("desk/entries/<uuid:entry>/proof.json", desk.entry_proof, name="entry_proof"),
    path("desk/entries/", entries.entries_page, name="entries"),
    path("desk/entries.csv", entries.entries_csv, name="entries_csv"),
    path("desk/entries/<uuid:entry>/", entries.entry_page, name="entry"),
    path("desk/entries/<uuid:entry>.csv", entries.entry_csv, name="entry_csv"),
    path("desk/accounts/", accounts.accounts_page, name="accounts"),
    path("desk/accounts.csv", accounts.balances_csv, name="balances_csv"),
    path("desk/accounts/branch/", accounts.branch_part, name="branch"),
    path("desk/accounts/<str:name>.csv", accounts.account_csv, name="account_csv"),
    path("desk/accounts/<str:name>/", accounts.account_page, name="account"),
    path("desk/accounts/<str:name>/periods.csv", accounts.periods_csv, name="periods_csv"),
    path("desk/holds/", holds.holds_page, name="holds"),
    path("desk/holds/<uuid:hold>/lift/", holds.lift_page, name="lift_hold"),
    path("desk/periods/", desk.periods_page, name="periods"),
    path("desk/periods/<str:name>/close/", desk.close_page, name="close"),
]

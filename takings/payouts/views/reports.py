"""The operator's page of year-end reports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.core.errors import NotFound
from takings.payouts import actions, queries
from takings.payouts.rules.year_end import Report
from takings.people.queries import access_operator

XML = "dac7-xml"
WORDS = {
    Report.K.value: "1099-K: creators with a W-9 whose sales are over both thresholds",
    Report.NEC.value: "1099-NEC: creators with a W-9 whom we paid more than the threshold",
    Report.FOREIGN.value: "1042-S: all others with pay from the United States",
    Report.DAC7.value: "DAC7: creators in the European Union",
    XML: "DAC7 as XML",
}


class NoSuchReport(NotFound):
    """There are four reports, one of them also as XML."""

    code = "no_such_report"
    sentence = "There is no such report."


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List the years and their reports."""
    access_operator(user=request.user)
    context = {"years": queries.report_years(at=clock.now()), "reports": WORDS.items()}
    return render(request, "payouts/reports.html", context)


@require_safe
def review(request: HttpRequest, year: int) -> HttpResponse:
    """Show whom no report of a year can hold as they are, and what came back after it."""
    access_operator(user=request.user)
    now = clock.now()
    context = {
        "year": year,
        "gaps": queries.gaps(year=year, at=now),
        "returns": queries.late_returns(year=year, at=now),
    }
    return render(request, "payouts/report_review.html", context)


@require_POST
def report(request: HttpRequest, year: int, name: str) -> HttpResponse:
    """Give a report away: it holds what is encrypted otherwise, so each time is written down."""
    operator = access_operator(user=request.user)
    now = clock.now()
    if name not in WORDS:
        raise NoSuchReport
    if name == XML:
        content, suffix = queries.dac7_xml(year=year, at=now), "xml"
    else:
        content, suffix = queries.report_csv(report=Report(name), year=year, at=now), "csv"
    actions.note_report(operator=operator, name=name, year=year, at=now)
    headers = {"Content-Disposition": f'attachment; filename="{name}-{year}.{suffix}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)

"""Lists of deals: a brand's, a creator's, and the operators' desk."""

import csv
import io
from collections.abc import Iterable

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core.errors import Refusal
from takings.people.models import Brand, Creator, User
from takings.people.queries import (
    access_brand,
    access_operator,
    access_own_creator,
    access_self,
    creator_by_handle,
)
from takings.sponsorships import queries
from takings.sponsorships.models import Deal
from takings.sponsorships.queries.fees import FEE_HEAD, fee_rows
from takings.sponsorships.rules import Side, Status, Terms
from takings.sponsorships.views.forms import HandleForm

PAGE = 20


@require_safe
def deals(request: HttpRequest) -> HttpResponse:
    """Show a brand's deals; who has a studio and no brand is led to its own."""
    user = access_self(user=request.user)
    brand = brand_asked_for(request, user)
    if brand is None and Creator.objects.filter(user=user).exists():
        return redirect("sponsorships:inbox")
    context: dict[str, object] = {"brand": brand, "brands": queries.brands_for_deals(user=user)}
    rows = queries.deals_of(brand=brand) if brand else Deal.objects.none()
    return _list(request, rows, side=Side.BRAND, context=context)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what brands offered the own channel."""
    creator = access_own_creator(user=request.user)
    rows = queries.deals_of(creator=creator)
    return _list(request, rows, side=Side.CREATOR, context={"creator": creator})


@require_http_methods(["GET", "HEAD"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask whom a brand wants to hire, then lead to the offer."""
    user = access_self(user=request.user)
    brand = brand_asked_for(request, user)
    form = HandleForm(request.GET if "handle" in request.GET else None)
    if form.is_bound and form.is_valid() and brand is not None:
        try:
            creator = creator_by_handle(handle=form.cleaned_data["handle"].strip().lstrip("@"))
        except Refusal as refusal:
            form.add_error("handle", str(refusal))
        else:
            return redirect(f"/deals/new/{creator.handle}/?brand={brand.pk}")
    context = {"form": form, "brand": brand, "brands": queries.brands_for_deals(user=user)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "sponsorships/find.html", context, status=status)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show operators the disputes, those that wait in front, and the newest deals."""
    access_operator(user=request.user)
    newest = Deal.objects.select_related("brand", "creator").order_by("-opened_at", "-pk")
    page = Paginator(newest, PAGE).get_page(request.GET.get("page"))
    waiting = queries.disputes().filter(answer="")
    context = {
        "disputes": [(one, queries.picture(one.deal)) for one in waiting[:PAGE]],
        "page": page,
        "rows": rows_of(page),
    }
    return render(request, "sponsorships/desk.html", context)


@require_safe
def fees_csv(request: HttpRequest) -> HttpResponse:
    """Give operators what we kept of each milestone, for an accountant, as a file."""
    access_operator(user=request.user)
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(FEE_HEAD)
    writer.writerows(fee_rows())
    headers = {"Content-Disposition": 'attachment; filename="deal-fees.csv"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def brand_asked_for(request: HttpRequest, user: User) -> Brand | None:
    """Return the brand asked for, else the first of this person's own. Refuses: NoSuchBrand."""
    asked = request.GET.get("brand", "")
    if asked.isdecimal():
        return access_brand(user=user, brand_id=int(asked))
    own = [one for one in queries.brands_for_deals(user=user) if not user.is_staff]
    return own[0] if own else None


def _list(
    request: HttpRequest, rows: QuerySet[Deal], *, side: Side, context: dict[str, object]
) -> HttpResponse:
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    waiting = rows.filter(status__in=[Status.OFFERED, Status.AGREED], turn=side)
    context |= {"page": page, "rows": rows_of(page), "waiting": waiting.count()}
    return render(request, "sponsorships/deals.html", context)


def rows_of(deals: Iterable[Deal]) -> list[tuple[Deal, Terms, queries.Picture]]:
    """Return what a list says of deals."""
    return [(deal, deal.terms, queries.picture(deal)) for deal in deals]

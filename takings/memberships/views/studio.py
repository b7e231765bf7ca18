"""Creators: tiers, who is a member, what members bring, and the list as a file."""

import csv
import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock
from takings.core.cells import cell
from takings.core.errors import Refusal
from takings.memberships.actions import fans
from takings.memberships.models import Tier
from takings.memberships.queries.fans import income as ask
from takings.memberships.queries.fans import tiers
from takings.memberships.views.forms import TierForm
from takings.people.queries import access_own_creator
from takings.policies.queries import member_rule_at

PAGE = 50
HEAD = ("name", "since_utc", "tier", "is_member", "paid_until_utc", "goes_on", "months", "paid")


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show a creator's tiers, how many members there are, and what they bring by month."""
    creator, at = access_own_creator(user=request.user), clock.now()
    rule = member_rule_at(at=at)
    context = {
        "creator": creator,
        "offers": [(one.tier, sorted(one.prices.items())) for one in tiers.offers_of(creator)],
        "archived": tiers.archived_tiers(creator),
        "now": ask.membership_of(creator=creator, at=at),
        "months": ask.months_of_members(creator=creator),
        "rule": rule,
        "percent": rule.share.ratio * 100,
    }
    return render(request, "memberships/fans/studio.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_tier(request: HttpRequest) -> HttpResponse:
    """Offer a new tier."""
    access_own_creator(user=request.user)
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def tier(request: HttpRequest, tier_id: int) -> HttpResponse:
    """Describe a tier anew, or say another price."""
    return _edit(request, tiers.access_own_tier(user=request.user, tier_id=tier_id))


def _edit(request: HttpRequest, known: Tier | None) -> HttpResponse:
    creator, at = access_own_creator(user=request.user), clock.now()
    rule, offer = member_rule_at(at=at), tiers.offer_of(known) if known else None
    form = TierForm(request.POST if request.method == "POST" else None, rule=rule, offer=offer)
    wish = form.wish() if form.is_bound and form.is_valid() else None
    if wish is not None:
        try:
            if known is None:
                fans.offer_tier(creator=creator, wish=wish, at=at)
            else:
                fans.change_tier(tier=known, wish=wish, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept. It is on your channel’s page of tiers.")
            return redirect("fans:studio")
    context = {"form": form, "tier": known, "rule": rule, "creator": creator}
    status = 422 if form.is_bound else 200
    return render(request, "memberships/fans/tier.html", context, status=status)


@require_POST
def archive(request: HttpRequest, tier_id: int) -> HttpResponse:
    """Offer a tier no more."""
    found = tiers.access_own_tier(user=request.user, tier_id=tier_id)
    fans.archive_tier(tier=found, at=clock.now())
    messages.success(request, "Nobody new joins it. Its members stay, and so does what they see.")
    return redirect("fans:studio")


@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """Show who is a member, since when, of which tier, and what they paid."""
    creator, at = access_own_creator(user=request.user), clock.now()
    page = Paginator(ask.member_rows(creator=creator), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": ask.told_of(list(page), at=at), "creator": creator}
    return render(request, "memberships/fans/members.html", context)


@require_safe
def members_csv(request: HttpRequest) -> HttpResponse:
    """Give all members as a file for a spreadsheet; amounts are without tax."""
    creator, written = access_own_creator(user=request.user), io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEAD)
    for row in ask.told_of(list(ask.member_rows(creator=creator)), at=clock.now()):
        one = row.member
        paid = "; ".join(f"{money.decimal().normalize():f} {money.currency}" for money in row.paid)
        values = (one.user, one.joined_at, one.tier.name, row.is_member, one.ends_at, one.renews)
        writer.writerow([cell(str(value)) for value in (*values, row.months, paid)])
    headers = {"Content-Disposition": 'attachment; filename="members.csv"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)

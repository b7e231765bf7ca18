"""The room of a deal: what was agreed, where the money is, the videos, and what was said."""

import csv
import uuid
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock, ids
from takings.core.cells import text_cell
from takings.core.errors import Refusal
from takings.money import Money
from takings.payments.providers import takes_cards
from takings.payments.queries import accepted_terms, show_terms
from takings.payments.rules import VERSION
from takings.people.queries import access_operator
from takings.policies.queries import deal_rule
from takings.sponsorships import actions, queries
from takings.sponsorships.actions.sending import RECEIVED, SENT
from takings.sponsorships.models import Deal, Milestone, Work
from takings.sponsorships.queries import Seat
from takings.sponsorships.queries.records import may_read
from takings.sponsorships.queries.reports import view_rows, views_by_number
from takings.sponsorships.rules import TO_HAND_IN, Kind, Side, Stage, Status
from takings.sponsorships.views.forms import DraftForm, RulingForm, WordsForm
from takings.videos.models import Purpose
from takings.videos.models import Status as VideoStatus
from takings.videos.queries import own_videos

WORDS = {
    Kind.SIGNED: "Signing",
    Kind.APPROVED: "Approved draft",
    Kind.PUBLISHED: "Published",
    Kind.STAYED: "Stayed online",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A video of a deal, and what this person may do with it now."""

    work: Work
    hands_in: bool
    looks: bool
    publishes: bool
    left: int
    views: int


@require_safe
def room(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Show a deal to both sides and to operators."""
    return show(request, queries.access_deal(user=request.user, deal_id=deal_id))


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Let a brand pay an agreed deal in: from its prepaid balance, or by card."""
    seat, now = queries.access_seat(user=request.user, deal_id=deal_id), clock.now()
    if request.method == "POST":
        try:
            if "prepaid" in request.POST:
                actions.fund_from_prepaid(seat=seat, at=now)
                messages.success(request, "Paid in. The creator begins now.")
                return redirect("sponsorships:room", deal_id=deal_id)
            payment = actions.fund_by_card(
                seat=seat,
                payment_id=_key(request.POST.get("id", "")),
                accepted=accepted_terms(request.POST.get("terms", ""), at=now),
                at=now,
            )
            return redirect("payments:go", payment_id=payment.pk)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("sponsorships:pay", deal_id=deal_id)
    context = {
        "deal": seat.deal,
        "terms": seat.deal.terms,
        "payment_id": ids.uuid7(at=now),
        "shown": show_terms(at=now),
        "version": VERSION,
        "takes_cards": takes_cards(country=seat.user.country, currency=seat.deal.currency),
    }
    return render(request, "sponsorships/pay.html", context)


@require_safe
def report(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Give the counted views of a deal's videos as a file."""
    seat = queries.access_deal(user=request.user, deal_id=deal_id)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["content-disposition"] = f'attachment; filename="deal-{deal_id}.csv"'
    rows = csv.writer(answer)
    rows.writerow(["video", "title", "day", "country", "views"])
    for one in view_rows(seat.deal):
        rows.writerow([one.number, text_cell(one.title), one.day, one.country, one.views])
    return answer


@require_http_methods(["POST"])
def decide(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Let an operator split what is held."""
    operator = access_operator(user=request.user)
    seat, form = queries.access_deal(user=operator, deal_id=deal_id), RulingForm(request.POST)
    if form.is_valid():
        try:
            actions.decide_dispute(
                operator=operator,
                deal_id=deal_id,
                creator=Money.parse(form.cleaned_data["creator"], seat.deal.currency),
                words=form.cleaned_data["words"],
                at=clock.now(),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Decided. Both sides read it.")
            return redirect("sponsorships:room", deal_id=deal_id)
    return show(request, seat, ruling=form)


def show(request: HttpRequest, seat: Seat, *, ruling: RulingForm | None = None) -> HttpResponse:
    """Return the page of a room."""
    deal = seat.deal
    terms, rule = deal.terms, deal_rule(deal.rule_version)
    dispute = queries.open_dispute_of(deal)
    context = {
        "deal": deal,
        "seat": seat,
        "terms": terms,
        "rule": rule,
        "side": seat.side,
        "picture": queries.picture(deal),
        "funding": queries.funding_of(deal),
        "milestones": _milestones(deal),
        "rows": _rows(seat, revisions=terms.revisions),
        "draft": _draft_form(seat),
        "steps": queries.steps_of(deal),
        "versions": list(deal.versions.select_related("made_by")),
        "dispute": dispute,
        "disputes": list(deal.disputes.exclude(answer="")),
        "payments": queries.payments_for(deal),
        "answers": seat.acts and deal.status == Status.OFFERED and deal.turn == seat.side,
        "pays": seat.acts and deal.status == Status.AGREED and seat.side is Side.BRAND,
        "may_withdraw": seat.acts and _may_withdraw(seat),
        "product": _product(seat) if terms.product else "",
        "runs": deal.status == Status.RUNNING,
        "words": WordsForm(),
        "ruling": ruling or (RulingForm() if dispute and seat.user.is_staff else None),
        "dispute_id": ids.uuid7(at=clock.now()),
        "rates": seat.acts and _may_rate(seat),
        "ratings": list(deal.ratings.all()) if may_read(deal, at=clock.now()) else [],
    }
    status = 422 if ruling is not None else 200
    return render(request, "sponsorships/room.html", context, status=status)


def _product(seat: Seat) -> str:
    """Return what this person may say now of the product: that it was sent, or is there."""
    if not seat.acts or seat.deal.status != Status.RUNNING:
        return ""
    kinds = set(seat.deal.steps.values_list("kind", flat=True))
    if seat.side is Side.BRAND:
        return "" if SENT in kinds else "send"
    return "receive" if SENT in kinds and RECEIVED not in kinds else ""


def _may_withdraw(seat: Seat) -> bool:
    deal = seat.deal
    return deal.status == Status.AGREED or (
        deal.status == Status.OFFERED and deal.turn != seat.side
    )


def _may_rate(seat: Seat) -> bool:
    deal, now = seat.deal, clock.now()
    if deal.status not in {Status.DONE, Status.ENDED} or deal.ended_at is None:
        return False
    is_in_time = now < deal.ended_at + deal_rule(deal.rule_version).rating
    return is_in_time and not deal.ratings.filter(side=seat.side).exists()


def _rows(seat: Seat, *, revisions: int) -> list[Row]:
    views = views_by_number(seat.deal)
    rows = [_row(seat, one, revisions=revisions) for one in queries.works_of(seat.deal)]
    return [replace(row, views=views[row.work.number]) for row in rows]


def _row(seat: Seat, work: Work, *, revisions: int) -> Row:
    runs = seat.acts and seat.deal.status == Status.RUNNING
    is_creator, stage = seat.side is Side.CREATOR, work.stage
    return Row(
        work=work,
        hands_in=runs and is_creator and stage in TO_HAND_IN,
        looks=runs and not is_creator and stage == Stage.REVIEW,
        publishes=runs and is_creator and stage == Stage.APPROVED,
        left=revisions - work.revisions,
        views=0,
    )


def _draft_form(seat: Seat) -> DraftForm | None:
    if seat.side is not Side.CREATOR or not seat.acts:
        return None
    form = DraftForm(auto_id=False)
    mine = own_videos(user=seat.user)
    form.offer_videos(mine.filter(purpose=Purpose.POST, status=VideoStatus.READY))
    return form


def _milestones(deal: Deal) -> list[tuple[str, Milestone]]:
    found = deal.milestones.select_related("settled", "deal")
    return [(WORDS[Kind(one.kind)], one) for one in found]


def _key(text: str) -> uuid.UUID:
    """Return the form's id; what is none gets one of its own, and is a payment of its own."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()

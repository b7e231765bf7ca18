"""One's own coins: buying them, every movement, giving some back, and limits."""

import csv
import io
import uuid

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.coins import actions
from takings.coins.queries import purchases as bought
from takings.coins.queries import standing as queries
from takings.coins.rules import LimitKind, coins
from takings.coins.rules.limits import NoSuchLimit
from takings.coins.views.forms import AgeForm, ExclusionForm, LimitForm, PauseForm
from takings.core import clock, ids
from takings.core.cells import cell
from takings.core.errors import Invalid, Refusal
from takings.money import format_money
from takings.payments.queries import accepted_terms, show_terms
from takings.payments.rules import VERSION
from takings.people.actions import tell_birth
from takings.people.queries import access_self
from takings.policies.queries import coin_rule_at

HEAD = ("when", "kind", "why", "coins", "change", "balance after", "entry")


class BadPaymentId(Invalid):
    """The form brings the id of the payment, so that sending it twice is once."""

    code = "bad_payment_id_of_coins"
    sentence = "The form is broken; open the page again and send it once more."


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show the packs that are sold, and what is in the wallet."""
    user, now = access_self(user=request.user), clock.now()
    context = {
        "standing": queries.standing(user=user, at=now),
        "offers": queries.offers(user=user, at=now),
        "rule": coin_rule_at(at=now),
        "age_form": AgeForm() if user.born_on is None else None,
        "payment_id": ids.uuid7(at=now),
        "terms": show_terms(at=now),
        "version": VERSION,
        "takes_cards": bool(settings.PAYMENT_ROUTES),
        "refused": _refused(request),
    }
    return render(request, "coins/own.html", context)


@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    """Lead to the card page; the form's id makes sending it twice the same as once."""
    user, now = access_self(user=request.user), clock.now()
    try:
        payment = actions.buy_coins(
            order=actions.CoinOrder(
                id=_id(request.POST.get("id", "")),
                user=user,
                pack=request.POST.get("pack", ""),
                accepted=accepted_terms(request.POST.get("terms", ""), at=now),
            ),
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("coins:own")
    return redirect("payments:go", payment_id=payment.pk)


@require_POST
def age(request: HttpRequest) -> HttpResponse:
    """Keep in which year somebody was born who never said so."""
    user, form = access_self(user=request.user), AgeForm(request.POST)
    if form.is_valid():
        try:
            tell_birth(user=user, born_on=form.cleaned_data["birth_year"], at=clock.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
    else:
        messages.error(request, _first_error(form))
    return redirect("coins:own")


@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Show what is in the wallet, what was bought, and every movement."""
    user, now = access_self(user=request.user), clock.now()
    rows = queries.purchases_of(user=user)
    context = {
        "standing": queries.standing(user=user, at=now),
        "purchases": [(row, row.can_return(at=now)) for row in rows],
        "movements": queries.newest_movements(user=user),
        "listed": queries.payments_for(user=user),
        "page_length": queries.PAGE,
        "rule": coin_rule_at(at=now),
    }
    return render(request, "coins/wallet.html", context)


@require_safe
def wallet_csv(request: HttpRequest) -> HttpResponse:
    """Give every movement as a file for a spreadsheet, newest first."""
    user, written = access_self(user=request.user), io.StringIO()
    writer = csv.writer(written)
    writer.writerow(HEAD)
    for one in queries.movements(user=user):
        line, kind = one.line, "bonus" if one.is_bonus else "bought"
        amounts = (money.decimal().normalize() for money in (line.change, one.balance))
        row = (line.occurred_at, line.kind, line.memo, kind, *amounts, str(line.id))
        writer.writerow([cell(value) for value in row])
    headers = {"Content-Disposition": 'attachment; filename="coins.csv"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, purchase_id: uuid.UUID) -> HttpResponse:
    """Ask once more, then give what is left of a purchase back to its card."""
    user, now = access_self(user=request.user), clock.now()
    purchase = bought.access_purchase(user=user, purchase_id=purchase_id)
    [row] = [one for one in queries.purchases_of(user=user) if one.purchase == purchase]
    if request.method == "POST":
        try:
            one = actions.return_coins(purchase=purchase, at=now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            told = f"{format_money(one.coins)} go back; {format_money(one.money)} to your card."
            messages.success(request, told)
        return redirect("coins:wallet")
    return render(request, "coins/give_back.html", {"row": row, "can": row.can_return(at=now)})


@require_safe
def limits(request: HttpRequest) -> HttpResponse:
    """Show the limits of one's own, and the forms that change them."""
    user, now = access_self(user=request.user), clock.now()
    found = queries.limits_for(user=user, at=now)
    forms = [
        (kind, words, LimitForm(initial=_initial(found, kind), prefix=kind.value))
        for kind, words in ((LimitKind.DAY, "a day"), (LimitKind.MONTH, "a month"))
    ]
    context = {
        "found": found,
        "forms": forms,
        "pause": PauseForm(),
        "exclusion": ExclusionForm(),
        "rule": coin_rule_at(at=now),
        "zone": user.time_zone,
    }
    return render(request, "coins/limits.html", context)


@require_POST
def set_limit(request: HttpRequest, kind: str) -> HttpResponse:
    """Set a limit, or a pause."""
    user, now = access_self(user=request.user), clock.now()
    try:
        if kind not in set(LimitKind):
            raise NoSuchLimit
        wanted = LimitKind(kind)
        if wanted in {LimitKind.PAUSE, LimitKind.EXCLUSION}:
            form: Form = (PauseForm if wanted is LimitKind.PAUSE else ExclusionForm)(request.POST)
            days = form.cleaned_data["days"] if form.is_valid() else 0
            until = actions.pause_spending(user=user, kind=wanted, days=days, at=now).until
            messages.success(
                request, f"You buy and spend no coins until {until:%Y-%m-%d %H:%M} UTC."
            )
        else:
            form = LimitForm(request.POST, prefix=wanted.value)
            if not form.is_valid():
                raise NoSuchLimit
            count = form.cleaned_data["coins"]
            most = actions.Most(wanted, None if count is None else coins(count))
            one = actions.set_limit(user=user, most=most, at=now)
            told = "Your limit holds from now on."
            if one.holds_from > now:
                told = f"It is looser, so it holds from {one.holds_from:%Y-%m-%d %H:%M} UTC on."
            messages.success(request, told)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("coins:limits")


def _initial(found: queries.Limits, kind: LimitKind) -> dict[str, int]:
    now = found.now.get(kind)
    micros = now.coins_micros if now is not None else None
    return {} if micros is None else {"coins": micros // 10**6}


def _refused(request: HttpRequest) -> str:
    """Return why this person may not have coins at all, if so."""
    user, now = access_self(user=request.user), clock.now()
    if user.born_on is None:
        return ""
    try:
        bought.check_may_hold(user=user, at=now)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _first_error(form: Form) -> str:
    return str(next(iter(form.errors.values()))[0])


def _id(given: str) -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except ValueError:
        raise BadPaymentId from None

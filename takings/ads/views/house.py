"""The operator's part: what the platform shows of itself where no ad is that is paid for."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.ads import actions, queries
from takings.ads.views.forms import BrandForm
from takings.core import clock
from takings.core.errors import Refusal
from takings.people.queries import access_operator


class HouseForm(BrandForm):
    """Under which name the platform speaks of itself."""

    name = forms.CharField(
        label="Name of the platform",
        max_length=80,
        help_text="Viewers read it beside every such ad: “From …”.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def house(request: HttpRequest) -> HttpResponse:
    """Show what the platform's campaigns got; before there are any, open its brand."""
    operator = access_operator(user=request.user)
    now = clock.now()
    form = HouseForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            opened = actions.open_house(
                operator=operator, name=data["name"], website=data["website"], at=now
            )
        except Refusal as refusal:
            if queries.house_brand():  # its form is not shown any more
                messages.error(request, str(refusal))
                return redirect("ads:house")
            form.refuse(refusal)
        else:
            messages.success(request, f"{opened} is open. Make its first campaign.")
            return redirect("ads:house")
    brand = queries.house_brand()
    rows = queries.house_rows(brand=brand, at=now) if brand else []
    return render(request, "ads/house.html", {"brand": brand, "rows": rows, "form": form})

"""What is asked of the entries. Days are UTC; what is left empty does not matter."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from typing_extensions import override

from takings.core.errors import Refusal
from takings.ledger.queries.search import EntryFilter, Instants
from takings.ledger.queries.tree import check_prefix
from takings.ledger.rules.chart import LONGEST_NAME
from takings.money import Money, currency

BEGINNING = "*"
_Found = TypeVar("_Found")
_TYPED = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
_KIND = re.compile(r"[a-z_]*")
_NO_CURRENCY = "XXX"  # ISO 4217: the amount is compared with those of any currency


class DayInput(forms.DateInput):
    """A day to pick; what is no day is shown as it was written, for a picker would lose it."""

    @override
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        context["widget"]["type"] = "date" if shown is None or _is_day(shown) else "text"
        return context


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=DayInput(format="%Y-%m-%d"),
        error_messages={"invalid": "This is no day; write it like 2026-11-30."},
    )


def _text(label: str, *, longest: int, hint: str = "", **attributes: str) -> forms.CharField:
    field = forms.TextInput(attrs=_TYPED | attributes)
    return forms.CharField(
        label=label, required=False, max_length=longest, help_text=hint, widget=field
    )


class EntryFilterForm(forms.Form):
    """The filter of the entries, as an address holds it."""

    kind = _text("Kind", longest=40, list="kinds", placeholder="pool_shared")
    reference = _text(
        "Reference", longest=200, hint="The whole of it, or its beginning and a *: campaign:*"
    )
    account = _text(
        "Account begins with", longest=LONGEST_NAME, hint="creator:7: is all that creator 7 has"
    )
    policy = _text("Policy version", longest=40, list="policies")
    currency = _text("Currency", longest=4, placeholder="EUR")
    amount = _text("Amount at least", longest=24, inputmode="decimal", placeholder="25")
    occurred_from = _day("Happened from")
    occurred_to = _day("Happened up to")
    posted_from = _day("Posted from")
    posted_to = _day("Posted up to")

    def clean_kind(self) -> str:
        """Refuse what no kind is written like."""
        kind: str = self.cleaned_data["kind"]
        if _KIND.fullmatch(kind) is None:
            raise forms.ValidationError("A kind has small letters and “_”, such as pool_shared.")
        return kind

    def clean_account(self) -> str:
        """Refuse what begins no account's name."""
        return _checked(check_prefix, self.cleaned_data["account"])

    def clean_currency(self) -> str:
        """Refuse currencies that nobody knows; small letters will do."""
        code: str = self.cleaned_data["currency"].upper()
        return _checked(currency, code).code if code else ""

    def clean_amount(self) -> int:
        """Return micro-units; refuse what is no amount, or less than nothing."""
        text: str = self.cleaned_data["amount"]
        if not text:
            return 0
        micros = _checked(lambda typed: Money.parse(typed, _NO_CURRENCY), text).micros
        if micros < 0:
            raise forms.ValidationError("Every transfer moves more than nothing; leave out the −.")
        return micros

    @override
    def clean(self) -> dict[str, Any]:
        """Refuse stretches of time that end before they begin."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for which in ("occurred", "posted"):
            first, last = data.get(f"{which}_from"), data.get(f"{which}_to")
            if first and last and last < first:
                self.add_error(f"{which}_to", f"This is before {first:%Y-%m-%d}.")
        return data

    def wanted(self) -> EntryFilter:
        """Return the filter; call it on a valid form only."""
        data = self.cleaned_data
        reference = data["reference"]
        is_beginning = reference.endswith(BEGINNING)
        return EntryFilter(
            kind=data["kind"],
            reference="" if is_beginning else reference,
            reference_prefix=reference.removesuffix(BEGINNING) if is_beginning else "",
            policy_version=data["policy"],
            occurred=_instants(data["occurred_from"], data["occurred_to"]),
            posted=_instants(data["posted_from"], data["posted_to"]),
            account_prefix=data["account"],
            currency=data["currency"],
            at_least_micros=data["amount"],
        )


def _checked(check: Callable[[str], _Found], given: str) -> _Found:
    """Return what the check returns; its refusal becomes the field's error."""
    try:
        return check(given)
    except Refusal as refusal:
        raise forms.ValidationError(str(refusal)) from refusal


def _instants(first: dt.date | None, last: dt.date | None) -> Instants:
    """Return all of these days, from the first midnight to the last microsecond."""
    return Instants(
        first=None if first is None else dt.datetime.combine(first, dt.time.min, tzinfo=dt.UTC),
        last=None if last is None else dt.datetime.combine(last, dt.time.max, tzinfo=dt.UTC),
    )

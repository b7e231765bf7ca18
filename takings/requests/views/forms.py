"""What people fill in about requests. Forms read text; the actions decide and say why not."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from typing_extensions import override

from takings.core.errors import Invalid
from takings.money import Money
from takings.people.models import User
from takings.policies.rules import RequestRule
from takings.requests.actions import Made, Quote
from takings.requests.models import Request, Service
from takings.requests.rules import MOST_STARS, Offer
from takings.videos.models import Purpose, Status, Video

LONG = {"rows": 4}


def read_money(text: str, code: str) -> Money:
    """Return an amount as a person writes it. Raises ``ValidationError``."""
    try:
        return Money.parse(text.strip(), code)
    except (Invalid, ValueError) as wrong:
        message = f"Write an amount in {code}, such as 25 or 25.50."
        raise forms.ValidationError(message) from wrong


class ServiceForm(forms.Form):
    """A service: what it is, how long it takes, and what it costs in each currency."""

    title = forms.CharField(label="What you make", max_length=200, strip=True)
    what = forms.CharField(
        label="What one gets",
        max_length=2_000,
        strip=True,
        widget=forms.Textarea(attrs=LONG),
        help_text="How long it is, in which form, and what you need to know for it.",
    )
    deliver_days = forms.IntegerField(label="Days to deliver", min_value=1, initial=7)
    revisions = forms.IntegerField(label="Revisions included", min_value=0, initial=1)
    most_open = forms.IntegerField(
        label="Most at once",
        min_value=1,
        initial=3,
        help_text="So many can wait for you or for payment; then nobody else can ask.",
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        rule: RequestRule,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        """Ask for a price in each currency of the policy."""
        super().__init__(data, initial=dict(initial or {}))
        self.codes = sorted(rule.prices)
        for code in self.codes:
            least, most = rule.prices[code]
            self.fields[f"price_{code}"] = forms.CharField(
                label=f"Price in {code}",
                required=False,
                max_length=20,
                help_text=f"{least.decimal():.0f} to {most.decimal():,.0f}, tax inside.",
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )

    @override
    def clean(self) -> dict[str, object]:
        """Read the prices."""
        data = dict(self.cleaned_data)
        for code in self.codes:
            text = str(data.get(f"price_{code}", ""))
            if text:
                try:
                    data[f"price_{code}"] = read_money(text, code)
                except forms.ValidationError as wrong:
                    self.add_error(f"price_{code}", wrong)
        return data

    def offer(self) -> Offer:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        prices = {code: data[f"price_{code}"] for code in self.codes if data[f"price_{code}"]}
        return Offer(
            title=data["title"],
            what=data["what"],
            deliver_days=data["deliver_days"],
            revisions=data["revisions"],
            most_open=data["most_open"],
            prices=prices,
        )


def said_service(service: Service) -> dict[str, object]:
    """Return a service as its form shows it."""
    offer = service.as_offer()
    prices = {f"price_{code}": f"{price.decimal():.2f}" for code, price in offer.prices.items()}
    return {
        "title": offer.title,
        "what": offer.what,
        "deliver_days": offer.deliver_days,
        "revisions": offer.revisions,
        "most_open": offer.most_open,
        **prices,
    }


class AskForm(forms.Form):
    """What a fan wishes; ``price`` is what they were shown."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    price = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    brief = forms.CharField(
        label="What you wish for",
        max_length=4_000,
        strip=True,
        widget=forms.Textarea(attrs=LONG),
        help_text="For whom it is, what must be in it, and how names are said.",
    )
    link = forms.CharField(
        label="A link",
        required=False,
        max_length=600,
        help_text="To your clip or song, if the creator needs it. It begins with https://",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )

    def shown(self) -> Money | None:
        """Return the price that was shown, as the page had written it: ``25000000 EUR``."""
        micros, _, code = str(self.cleaned_data["price"]).partition(" ")
        return Money(int(micros), code) if micros.isdecimal() and len(code) == len("EUR") else None


class WordsForm(forms.Form):
    """A message to the other side, or why."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Your words", max_length=2_000, strip=True, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    """Words that may be left out."""

    text = forms.CharField(required=False, max_length=2_000, strip=True)


class QuoteForm(forms.Form):
    """A price for one request."""

    price = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    deliver_days = forms.IntegerField(label="Days to deliver", min_value=1)
    valid_days = forms.IntegerField(label="Days the price holds", min_value=1, initial=7)
    note = forms.CharField(label="A word to it", required=False, max_length=2_000, strip=True)

    def __init__(self, data: QueryDict | None = None, *, one: Request) -> None:
        """Ask in the currency of the fan."""
        super().__init__(data, initial={"deliver_days": one.deliver_days})
        self.code = one.currency
        self.fields["price"].label = f"Price in {one.currency}, tax inside"

    def clean_price(self) -> Money:
        """Read the amount."""
        return read_money(self.cleaned_data["price"], self.code)

    def quote(self) -> Quote:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        return Quote(data["price"], data["deliver_days"], data["valid_days"], data["note"])


class DeliveryForm(forms.Form):
    """What was made: words, a link, a video, or several of these."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="Words",
        required=False,
        max_length=8_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    link = forms.CharField(
        label="A link",
        required=False,
        max_length=600,
        help_text="It begins with https:// and leads to the file or the page.",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    video = forms.ModelChoiceField(
        label="A video of yours",
        queryset=Video.objects.none(),
        required=False,
        empty_label="None",
        help_text="Upload it as “Only me”: who asked for it, and nobody else, sees it with you.",
    )

    def __init__(self, data: QueryDict | None = None, *, by: User) -> None:
        """Offer the creator's own videos."""
        super().__init__(data)
        field = self.fields["video"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - what is declared above
        own = Video.objects.filter(uploader=by, status=Status.READY, purpose=Purpose.POST)
        field.queryset = own.order_by("-uploaded_at", "-pk")

    def made(self) -> Made:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        video = data["video"]
        return Made(data["id"], data["text"], data["link"], video.pk if video else None)


class RatingForm(forms.Form):
    """What a fan thinks of what was made."""

    stars = forms.TypedChoiceField(
        label="How was it?",
        coerce=int,
        choices=[(n, f"{n} star{'s' if n > 1 else ''}") for n in range(MOST_STARS, 0, -1)],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label="A word about it",
        required=False,
        max_length=500,
        help_text="Everybody reads it beside the service, without your name. It stays.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecisionForm(forms.Form):
    """How much an operator gives back, and why."""

    back = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    reason = forms.CharField(
        max_length=500,
        strip=True,
        help_text="Both sides read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: QueryDict | None = None, *, one: Request) -> None:
        """Ask for a part of the price."""
        super().__init__(data)
        self.code = one.currency
        self.fields["back"].label = f"Give back to the fan, in {one.currency}"
        price = one.price
        whole = f"{price.decimal():.2f}" if price else ""
        self.fields["back"].help_text = f"0 is all to the creator, {whole} is all back."

    def clean_back(self) -> Money:
        """Read the amount."""
        return read_money(self.cleaned_data["back"], self.code)

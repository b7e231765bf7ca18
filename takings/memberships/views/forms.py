"""What creators fill in about tiers. Forms read text; the actions decide and say why not."""

from django import forms
from django.http import QueryDict

from takings.core.errors import Invalid
from takings.memberships.queries.fans.tiers import Offer
from takings.memberships.rules.tiers import TierWish
from takings.money import Money
from takings.policies.rules import MemberRule

LONGEST = 12


class TierForm(forms.Form):
    """A tier: what it is called, gives and costs, in the currencies of the policy."""

    name = forms.CharField(max_length=80, help_text="Stands beside a member’s name in chats.")
    gives = forms.CharField(
        label="What members get",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="A line for each thing. Whoever thinks of joining reads it.",
    )
    welcome = forms.CharField(
        label="Welcome",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Whoever joined reads it. Empty: nothing.",
    )

    def __init__(self, data: QueryDict | None, *, rule: MemberRule, offer: Offer | None) -> None:
        """Ask for a price in each currency; of a tier that exists, show what it costs."""
        prices = offer.prices if offer else {}
        said = {f"price_{code}": _plain(price) for code, price in prices.items()}
        if offer:
            tier = offer.tier
            said |= {"name": tier.name, "gives": tier.gives, "welcome": tier.welcome}
        super().__init__(data, initial=said)
        for code, (least, most) in rule.prices.items():
            self.fields[f"price_{code}"] = forms.CharField(
                label=f"A month in {code}",
                required=False,
                max_length=LONGEST,
                help_text=f"{_plain(least)} to {_plain(most)}, taxes included. "
                f"Empty: not sold in {code}.",
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        self.codes = tuple(rule.prices)

    def wish(self) -> TierWish | None:
        """Return what was filled in; nothing, and an error beside it, where a price is none."""
        prices = {}
        for code in self.codes:
            given = self.cleaned_data[f"price_{code}"].strip()
            if given:
                try:
                    prices[code] = Money.parse(given.replace(",", "."), code)
                except Invalid as wrong:
                    self.add_error(f"price_{code}", str(wrong))
        if self.errors:
            return None
        data = self.cleaned_data
        return TierWish(
            name=data["name"], gives=data["gives"], welcome=data["welcome"], prices=prices
        )


def _plain(price: Money) -> str:
    return f"{price.decimal():.2f}" if price.currency != "JPY" else f"{price.decimal():.0f}"

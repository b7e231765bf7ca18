"""What people fill in about gifts. Forms read text; the actions decide and say why not."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict

from takings.gifts.models import GiftKind
from takings.gifts.models.catalogue import MICROS
from takings.gifts.queries.goals import giftable_videos
from takings.gifts.rules import COIN, Art, Cause, Motion, Offer
from takings.money import Money
from takings.people.models import Creator
from takings.policies.rules import FanRule
from takings.videos.models import Video

LONGEST_REASON = 300
BY_OPERATORS = {
    Cause.REFUND: "A refund that the sender asked for",
    Cause.FRAUD: "Fraud",
}


class GiftForm(forms.Form):
    """A gift, sent without the player's tray."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.CharField(max_length=32)
    message = forms.CharField(required=False, max_length=400, strip=True)
    is_anonymous = forms.BooleanField(required=False)
    room = forms.UUIDField(required=False, widget=forms.HiddenInput)


class KindForm(forms.Form):
    """A gift of the catalogue."""

    slug = forms.CharField(
        label="Short name", max_length=32, help_text="For addresses: small letters and digits."
    )
    name = forms.CharField(max_length=40)
    art = forms.ChoiceField(label="Drawing", choices=[(one, one.title()) for one in Art])
    motion = forms.ChoiceField(label="Movement", choices=[(one, one.title()) for one in Motion])
    coins = forms.IntegerField(label="Price in coins", min_value=1)
    countries = forms.CharField(
        required=False,
        max_length=1_000,
        help_text="Two letters each, such as DE, FR. Empty: everywhere.",
    )
    season_from = forms.DateField(
        label="Sold from", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    season_until = forms.DateField(
        label="Sold until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    min_age = forms.IntegerField(
        label="From the age of",
        required=False,
        min_value=0,
        help_text="Beyond the age from which people may send gifts at all.",
    )

    def looks(self) -> tuple[Art, Motion]:
        """Return drawing and movement; call it on a valid form only."""
        return Art(self.cleaned_data["art"]), Motion(self.cleaned_data["motion"])

    def offer(self) -> Offer:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        countries = str(data["countries"]).upper().replace(",", " ").split()
        return Offer(
            name=data["name"],
            price=Money(data["coins"] * MICROS, COIN),
            countries=frozenset(countries),
            season_from=data["season_from"],
            season_until=data["season_until"],
            min_age=data["min_age"] or 0,
        )


class ChangedKindForm(KindForm):
    """A gift that is in the catalogue: its short name stays."""

    slug = None  # type: ignore[assignment] # how Django takes a field away


def said_kind(kind: GiftKind) -> dict[str, object]:
    """Return a gift of the catalogue as the form shows it."""
    return {
        "name": kind.name,
        "art": kind.art,
        "motion": kind.motion,
        "coins": kind.coins,
        "countries": ", ".join(kind.countries),
        "season_from": kind.season_from,
        "season_until": kind.season_until,
        "min_age": kind.min_age or None,
    }


class TakeBackForm(forms.Form):
    """Why an operator takes a gift back."""

    cause = forms.ChoiceField(label="Because", choices=list(BY_OPERATORS.items()))
    reason = forms.CharField(
        max_length=LONGEST_REASON, help_text="Sender and creator read it.", strip=True
    )


class ReleaseForm(forms.Form):
    """Why a held gift is its creator's before its time."""

    reason = forms.CharField(max_length=LONGEST_REASON, strip=True)


class LevelNamesForm(forms.Form):
    """What a creator calls the levels of their fans."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        rule: FanRule,
        initial_names: Mapping[int, str] | None = None,
    ) -> None:
        """Ask for one name of each level, the house's beside it."""
        super().__init__(data)
        for level, name in enumerate(rule.level_names, 1):
            self.fields[f"level_{level}"] = forms.CharField(
                label=f"Level {level}",
                required=False,
                max_length=100,
                initial=(initial_names or {}).get(level, ""),
                widget=forms.TextInput(attrs={"placeholder": name}),
            )

    def names(self) -> dict[int, str]:
        """Return the names by level; call it on a valid form only."""
        return {int(key.removeprefix("level_")): name for key, name in self.cleaned_data.items()}


class ThanksForm(forms.Form):
    """Thanks for one gift, or without one for all."""

    text = forms.CharField(label="Your words", max_length=1_000, strip=True)
    gift = forms.UUIDField(required=False, widget=forms.HiddenInput)


class GoalForm(forms.Form):
    """So many coins until a time, for one video or for all."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label="What for", max_length=200, strip=True)
    coins = forms.IntegerField(label="Coins", min_value=1)
    ends_at = forms.DateTimeField(
        label="Until", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    video = forms.ModelChoiceField(
        queryset=Video.objects.none(), required=False, empty_label="All your videos"
    )

    def __init__(self, data: QueryDict | None = None, *, creator: Creator) -> None:
        """Offer the creator's own videos."""
        super().__init__(data)
        field = self.fields["video"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - what is declared above
        field.queryset = giftable_videos(creator=creator)


class ExchangeForm(forms.Form):
    """What a creator takes for earnings."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    reward = forms.CharField(max_length=20)
    choice = forms.CharField(max_length=40)

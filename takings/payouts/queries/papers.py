"""A creator's papers and account, opened for those who may read them."""

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from takings.core.errors import NotFound
from takings.core.vault import Vault
from takings.payouts.models import AccountState, Legal, Method, Profile, Review, Verdict
from takings.payouts.rules import screening
from takings.payouts.rules.deciding import Gate, ProfileState, account_words
from takings.payouts.rules.methods import Details, Kind
from takings.payouts.rules.papers import Papers, expires_on
from takings.payouts.rules.screening import SanctionsList, read_list
from takings.payouts.rules.withholding import TaxForm, TaxStatus
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator

EXAMPLE_LIST = Path(screening.__file__).parent / "sanctions.csv"


class NoSuchProfile(NotFound):
    """No profile has this id."""

    code = "no_such_profile"
    sentence = "There is no such profile."


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a creator is: their newest profile with its review, and their newest account."""

    creator_id: int
    profile: Profile | None
    review: Review | None
    method: Method | None

    def state(self, *, on: dt.date) -> ProfileState:
        """Say where the profile stands on a day."""
        if self.profile is None:
            return ProfileState.MISSING
        if self.review is None:
            return ProfileState.SUBMITTED
        if self.review.verdict == Verdict.REJECTED:
            return ProfileState.REJECTED
        form, signed_on = TaxForm(self.profile.tax_form), self.profile.submitted_at.date()
        last = expires_on(tax_form=form, signed_on=signed_on)
        return ProfileState.EXPIRED if last and last < on else ProfileState.VERIFIED

    def tax_status(self) -> TaxStatus | None:
        """Return what the tax needs to know; a verified country is a known residence."""
        if self.profile is None:
            return None
        return TaxStatus(
            form=TaxForm(self.profile.tax_form),
            residence=self.profile.country,
            claims_treaty=self.profile.claims_treaty,
        )

    def gate(self, *, hit_count: int, at: dt.datetime) -> Gate:
        """Return what decides whether they may be paid at all.

        Whoever an operator has told from those on the list stays told from so many of them.
        """
        cleared = 0
        if self.review is not None and self.review.verdict == Verdict.CLEARED:
            cleared = self.review.hit_count
        return Gate(
            profile=self.state(on=at.date()),
            is_listed=hit_count > cleared,
            has_method=self.method is not None,
            usable_from=self.method.usable_from if self.method else None,
            account=self._account(),
        )

    def _account(self) -> str:
        """Say what an account at a provider lacks before money can go there, if it is one."""
        account = self.method.account if self.method else None
        if account is None or account.state == AccountState.READY:
            return ""
        return account_words(
            provider=account.provider, state=account.state, missing=account.missing
        )


def vault() -> Vault:
    """Return what opens sealed fields with this installation's secrets."""
    return _vault(settings.VAULT_KEY)


@cache
def _vault(secrets: str) -> Vault:
    return Vault(secrets)


def sanctions() -> SanctionsList:
    """Return the list of today: the file of the settings, else the example. Refuses: BadList."""
    path = Path(settings.SANCTIONS_FILE or EXAMPLE_LIST)
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed_ns: int) -> SanctionsList:
    return read_list(path.read_bytes())


def standings(*, creator_ids: Collection[int]) -> dict[int, Standing]:
    """Return the standing of each of these creators, in two looks at the database."""
    newest = Profile.objects.filter(creator_id__in=creator_ids).select_related("review")
    profiles = {
        row.creator_id: row for row in newest.order_by("creator_id", "-number").distinct("creator")
    }
    accounts = Method.objects.filter(creator_id__in=creator_ids).select_related("account")
    methods = {
        row.creator_id: row
        for row in accounts.order_by("creator_id", "-number").distinct("creator")
    }
    return {
        key: Standing(key, profiles.get(key), _review(profiles.get(key)), methods.get(key))
        for key in creator_ids
    }


def standing(*, creator: Creator) -> Standing:
    """Return one creator's standing."""
    return standings(creator_ids=[creator.pk])[creator.pk]


def papers_of(profile: Profile) -> Papers:
    """Return a profile's papers. Refuses: SealedWithOtherKey."""
    opened = vault()
    found = json.loads(opened.open(profile.papers))
    born = found.pop("born_on")
    return Papers(
        legal_name=opened.open(profile.legal_name),
        is_company=profile.legal == Legal.COMPANY,
        born_on=dt.date.fromisoformat(born) if born else None,
        country=profile.country,
        tax_form=TaxForm(profile.tax_form),
        claims_treaty=profile.claims_treaty,
        self_billing=profile.self_billing,
        **found,
    )


def details_of(method: Method) -> Details:
    """Return where a method leads. Refuses: SealedWithOtherKey."""
    found = json.loads(vault().open(method.details))
    return Details(kind=Kind(method.kind), currency=method.currency, **found)


def hits_of(papers: Papers) -> tuple[screening.Listed, ...]:
    """Return the rows of today's list that may mean this person. Refuses: BadList."""
    return sanctions().hits(name=papers.legal_name, born_on=papers.born_on)


def others_with(*, method: Method) -> list[Creator]:
    """Return the other creators who are, or once were, paid to the same account."""
    shared = Method.objects.filter(fingerprint=method.fingerprint)
    others = shared.exclude(creator_id=method.creator_id).values("creator_id")
    return list(Creator.objects.filter(pk__in=others).order_by("handle"))


def waiting_profiles() -> list[Profile]:
    """Return the newest profile of each creator, where nobody has looked at it, oldest first."""
    newest = Profile.objects.order_by("creator_id", "-number").distinct("creator").values("pk")
    rows = Profile.objects.filter(pk__in=newest, review__isnull=True)
    return list(rows.select_related("creator").order_by("submitted_at", "pk"))


def recent_reviews(*, limit: int = 20) -> list[Review]:
    """Return the newest verdicts."""
    rows = Review.objects.select_related("profile__creator", "reviewed_by")
    return list(rows.order_by("-reviewed_at", "-pk")[:limit])


def access_profile(*, user: Visitor, profile_id: UUID) -> Profile:
    """Return a profile to an operator. Refuses: OperatorsOnly, NoSuchProfile."""
    access_operator(user=user)
    rows: Iterable[Profile] = Profile.objects.select_related("creator", "review").filter(
        pk=profile_id
    )
    for found in rows:
        return found
    raise NoSuchProfile


def _review(profile: Profile | None) -> Review | None:
    found: Review | None = getattr(profile, "review", None)
    return found

"""Who is paid and where to: submitted, looked at by an operator, changed by a new version."""

import datetime as dt
import json
from dataclasses import asdict
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.payouts import queries
from takings.payouts.models import Legal, Method, Profile, ProviderAccount, Review, Verdict
from takings.payouts.rules.methods import Details, check_details
from takings.payouts.rules.names import check_holder
from takings.payouts.rules.papers import Papers, check_papers
from takings.people.actions import record_staff_act
from takings.people.models import Creator, User
from takings.policies.queries import payout_policy_at

SEALED = ("born_on", "street", "postcode", "town", "tax_number", "vat_number")


class NoPapersYet(Conflict):
    """An account is compared with the name on the papers, so papers come first."""

    code = "no_papers_yet"
    sentence = "Tell first who you are; the bank account has to be in the same name."


class PaperIdTaken(Conflict):
    """The id of a version is its idempotency key."""

    code = "paper_id_taken"
    sentence = "This form was sent before with other content; open it again."


class LookedAtBefore(Conflict):
    """A version gets one verdict."""

    code = "looked_at_before"
    sentence = "This profile was looked at already: {verdict}."


class NewerProfile(Conflict):
    """An older version is not worth a verdict any more."""

    code = "newer_profile"
    sentence = "There is a newer version of this profile; look at that one."


class OnTheList(Conflict):
    """Somebody whose name is on a sanctions list is not verified by a mere yes."""

    code = "on_the_list"
    sentence = "{count} rows of the list name this person; reject them, or say why it is another."


class NotOnTheList(Conflict):
    """Nobody needs to be told from a list that does not name them."""

    code = "not_on_the_list"
    sentence = "No row of the list names this person; verify them."


@transaction.atomic
def submit_profile(
    *,
    creator: Creator,
    papers: Papers,
    signature: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Profile:
    """Keep a new version of a creator's papers; an operator looks at it next.

    The same id again changes nothing. Refuses: PaperIdTaken, and what ``check_papers`` refuses.
    """
    check_papers(papers, signature=signature)
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)  # versions are numbered
    known = Profile.objects.filter(pk=id).first()
    if known is not None:
        if known.creator_id != creator.pk or queries.papers_of(known) != papers:
            raise PaperIdTaken
        return known
    vault = queries.vault()
    told = asdict(papers) | {"born_on": papers.born_on.isoformat() if papers.born_on else ""}
    return Profile.objects.create(
        id=id,
        creator=creator,
        number=Profile.objects.filter(creator=creator).count() + 1,
        legal=Legal.COMPANY if papers.is_company else Legal.PERSON,
        country=papers.country,
        tax_form=papers.tax_form.value,
        claims_treaty=papers.claims_treaty,
        self_billing=papers.self_billing,
        legal_name=vault.lock(papers.legal_name),
        papers=vault.lock(json.dumps({name: told[name] for name in SEALED})),
        submitted_at=at,
    )


@transaction.atomic
def review_profile(
    *, operator: User, profile: Profile, verdict: Verdict, reason: str, at: dt.datetime
) -> Review:
    """Write down an operator's verdict and its reason; a rejected creator reads the reason.

    The list is asked again at this moment. Refuses: LookedAtBefore, NewerProfile, OnTheList,
    NotOnTheList, BadList.
    """
    Creator.objects.select_for_update(no_key=True).get(pk=profile.creator_id)
    known = Review.objects.filter(profile=profile).first()
    if known is not None:
        raise LookedAtBefore(verdict=known.get_verdict_display())
    if Profile.objects.filter(creator_id=profile.creator_id, number__gt=profile.number).exists():
        raise NewerProfile
    hits = queries.hits_of(queries.papers_of(profile))
    if hits and verdict == Verdict.VERIFIED:
        raise OnTheList(count=len(hits))
    if not hits and verdict == Verdict.CLEARED:
        raise NotOnTheList
    record_staff_act(
        operator=operator,
        act=f"payouts.profile_{verdict.value}",
        target=f"profile:{profile.pk}",
        reason=reason,
        at=at,
    )
    return Review.objects.create(
        profile=profile,
        verdict=verdict,
        reason=reason,
        hit_count=len(hits),
        list_digest=queries.sanctions().digest,
        reviewed_by=operator,
        reviewed_at=at,
    )


@transaction.atomic
def choose_method(
    *,
    creator: Creator,
    details: Details,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Method:
    """Keep a new account to pay to; a change is paid to only after the policy's cool-off.

    Whoever steals a password cannot redirect money before its owner notices. The same id again
    changes nothing. Refuses: NoPapersYet, PaperIdTaken, NameMismatch, and what ``check_details``
    refuses.
    """
    return keep_method(creator=creator, details=check_details(details), account=None, id=id, at=at)


@transaction.atomic
def keep_method(
    *,
    creator: Creator,
    details: Details,
    account: ProviderAccount | None,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Method:
    """Keep what was checked as the newest account, under the policy's cool-off.

    The owner's name of an account at a provider is verified there, others are compared here.
    Refuses: NoPapersYet, PaperIdTaken, NameMismatch.
    """
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    known = Method.objects.filter(pk=id).first()
    if known is not None:
        if known.creator_id != creator.pk or queries.details_of(known) != details:
            raise PaperIdTaken
        return known
    profile = queries.standing(creator=creator).profile
    if profile is None:
        raise NoPapersYet
    if account is None:
        check_holder(holder=details.holder, legal=queries.papers_of(profile).legal_name)
    vault = queries.vault()
    before = Method.objects.filter(creator=creator).count()
    cool_off = dt.timedelta(days=payout_policy_at(at=at).schedule.cool_off_days)
    told = asdict(details)
    kind, currency = told.pop("kind"), told.pop("currency")
    return Method.objects.create(
        id=id,
        creator=creator,
        number=before + 1,
        kind=kind.value,
        currency=currency,
        masked=details.masked,
        fingerprint=vault.fingerprint(
            [details.iban, details.routing, details.account, details.reference]
        ),
        account=account,
        details=vault.lock(json.dumps(told)),
        added_at=at,
        usable_from=at + cool_off if before else at,
    )

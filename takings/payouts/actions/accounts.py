"""A creator's account at a provider who pays them: opened, completed there, and asked for."""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Unavailable
from takings.payments.rules import ProviderRefused, ProviderSilent
from takings.payouts import queries
from takings.payouts.actions.papers import NoPapersYet, keep_method
from takings.payouts.models import AccountState, Method, ProviderAccount
from takings.payouts.providers import provider_for, provider_named
from takings.payouts.rules.methods import Details, Kind
from takings.payouts.rules.port import AccountAsk, AccountTold
from takings.people.models import Creator

DAY = dt.timedelta(days=1)
ASK_NO_MORE = dt.timedelta(days=90)


class NoAccountThere(Conflict):
    """The provider opens no account for this creator."""

    code = "no_account_there"
    sentence = "{provider} opens no account: {why}"


class ProviderDoesNotAnswer(Unavailable):
    """Nothing is chosen before the provider has answered."""

    code = "provider_does_not_answer"
    sentence = "{provider} does not answer just now. Nothing was changed; try again in a minute."


class AccountIsComplete(Conflict):
    """Our password must not be enough to have a ready account paid to another bank."""

    code = "account_is_complete"
    sentence = "Your account at {provider} is complete. To change it, sign in there."


def open_account(
    *,
    creator: Creator,
    currency: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Method:
    """Open an account at the provider of the creator's country, and have them paid to it.

    They complete it on the provider's pages, where their name is verified. There is one account of
    a creator at a provider, and its key is stored before it is asked for. As any other change it is
    paid to after the policy's cool-off. Refuses: NoPapersYet, NobodyPaysThere, NoAccountThere,
    ProviderDoesNotAnswer, PaperIdTaken.
    """
    profile = queries.standing(creator=creator).profile
    if profile is None:
        raise NoPapersYet
    name = provider_for(country=profile.country, currency=currency)
    account, _ = ProviderAccount.objects.get_or_create(
        creator=creator,
        provider=name,
        defaults={
            "key": ids.derived("an account at a provider", creator.pk, name),
            "country": profile.country,
            "currency": currency,
            "opened_at": at,
        },
    )
    if not account.ref:
        account = _ask_for(account, at=at)
    holder = queries.papers_of(profile).legal_name
    details = Details(
        Kind.PROVIDER, currency, holder, account=account.ref, reference=account.provider
    )
    return keep_method(creator=creator, details=details, account=account, id=id, at=at)


def onboarding_url(account: ProviderAccount) -> str:
    """Return the provider's page for this account.

    Refuses: AccountIsComplete, NoAccountThere, ProviderDoesNotAnswer.
    """
    if account.state == AccountState.READY:
        raise AccountIsComplete(provider=account.provider)
    provider = provider_named(account.provider)
    try:
        return provider.onboarding_url(ref=account.ref, return_url=_back())
    except ProviderSilent as silent:
        raise ProviderDoesNotAnswer(provider=account.provider) from silent
    except ProviderRefused as refusal:
        raise _not_there(account, refusal) from refusal


def ask_account(*, account_id: int, at: dt.datetime) -> bool:
    """Ask how far an account is, and keep it; tell whether there was an answer."""
    account = ProviderAccount.objects.get(pk=account_id)
    try:
        told = provider_named(account.provider).look_up_account(account.ref)
    except (ProviderSilent, ProviderRefused):
        ProviderAccount.objects.filter(pk=account_id).update(ask_at=at + DAY)
        return False
    _keep(account_id, told, at=at)
    return True


def _ask_for(account: ProviderAccount, *, at: dt.datetime) -> ProviderAccount:
    ask = AccountAsk(
        key=account.key,
        email=account.creator.user.email,
        country=account.country,
        currency=account.currency,
        return_url=_back(),
    )
    try:
        told = provider_named(account.provider).open_account(ask)
    except ProviderSilent as silent:
        raise ProviderDoesNotAnswer(provider=account.provider) from silent
    except ProviderRefused as refusal:
        raise _not_there(account, refusal) from refusal
    return _keep(account.pk, told, at=at)


@transaction.atomic
def _keep(account_id: int, told: AccountTold, *, at: dt.datetime) -> ProviderAccount:
    """Write down what the provider says; what is not ready is asked for every day."""
    account = ProviderAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    account.ref, account.state = told.ref, AccountState(told.state.value)
    account.missing = told.missing
    is_done = account.state == AccountState.READY or at - account.opened_at > ASK_NO_MORE
    account.ask_at = None if is_done else at + DAY
    account.save(update_fields=["ref", "state", "missing", "ask_at"])
    return account


def _not_there(account: ProviderAccount, refusal: ProviderRefused) -> NoAccountThere:
    return NoAccountThere(provider=account.provider, why=refusal.facts["why"])


def _back() -> str:
    return f"{settings.PUBLIC_URL}/studio/payouts/account/back/"

"""How allauth makes people here: by the one action that signs someone up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.forms import Form
from django.http import HttpRequest
from typing_extensions import override

from takings.core import clock
from takings.people.actions import Profile, sign_up
from takings.people.models import User
from takings.web.actions import keep_address
from takings.web.forms import youngest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Joins allauth's forms to :func:`takings.people.actions.sign_up`."""

    @override
    def clean_email(self, email: str) -> str:
        """Keep the address of who asks for another one until that is confirmed."""
        user = getattr(self.request, "user", None)
        if isinstance(user, User):
            keep_address(user=user)
        cleaned: str = super().clean_email(email)
        return cleaned

    @override
    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Sign the person up with what the form says; ``user`` is allauth's empty draft."""
        told = form.cleaned_data
        return sign_up(
            email=told["email"],
            password=told["password1"],
            profile=Profile(
                display_name=told["display_name"],
                country=told["country"],
                time_zone=told["time_zone"] or "UTC",
                born_on=youngest(told["birth_year"]),
            ),
            at=clock.now(),
        )

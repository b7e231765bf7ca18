"""How an account changes its address; apart, as allauth reads the forms of joining first."""

from allauth.account.forms import AddEmailForm
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from typing_extensions import override


class NewAddressForm(AddEmailForm):  # type: ignore[misc]  # allauth ships no types
    """An address instead of the one in use, which stays until the link sent there is opened."""

    @override
    def save(self, request: HttpRequest) -> EmailAddress:
        """Count the address in use as confirmed: allauth would drop one that is not."""
        in_use = EmailAddress.objects.filter(user=self.user, email=self.user.email)
        in_use.update(verified=True)
        return super().save(request)

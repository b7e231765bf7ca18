"""What the shell writes: the state of addresses that allauth keeps."""

from allauth.account.models import EmailAddress

from takings.people.models import User


def keep_address(*, user: User) -> None:
    """Count the address in use as confirmed: allauth drops one that is not as another is asked for.

    Where addresses are confirmed, nobody is signed in by one that is not.
    """
    EmailAddress.objects.filter(user=user, email=user.email).update(verified=True)

"""Who asks: what a signed-in person may see follows from their studio, brands and role."""

from takings.coins.queries import coin_accounts
from takings.core.errors import NotFound
from takings.insights.rules.reader import Reader
from takings.memberships.queries import waiting_accounts
from takings.people.models import Brand, Creator
from takings.people.queries import Visitor, access_self
from takings.requests.queries import escrows_of


class NothingHere(NotFound):
    """The thing does not exist, or it is somebody else's: the answer is the same."""

    code = "nothing_here"
    sentence = "There is nothing with the id {id} that you may see."


def reader_of(*, user: Visitor) -> Reader:
    """Return what this person may see. Refuses NotSignedIn."""
    person = access_self(user=user)
    creator = Creator.objects.filter(user=person).values_list("pk", flat=True).first()
    brands = Brand.objects.filter(members=person).values_list("pk", flat=True)
    return Reader(
        creator_id=creator,
        brand_ids=frozenset(brands),
        is_operator=person.is_staff,
        accounts=waiting_accounts(user=person)
        | coin_accounts(user=person)
        | escrows_of(user=person),
    )

"""What the books owe to the policies: every entry names a version that exists."""

from collections.abc import Callable, Iterator

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.policies.queries.packs import policy
from takings.policies.rules import UnknownPolicy


def _find(_: Callable[[int, int], None]) -> Iterator[Finding]:
    for version, entry_id in ledger.policy_versions().items():
        try:
            policy(version)
        except UnknownPolicy as refusal:
            yield Finding(ENTRIES_NAME_POLICIES.invariant, f"entry:{entry_id}", str(refusal))


ENTRIES_NAME_POLICIES = Check("every entry names a policy version that exists", _find)

"""How much of payouts waits for somebody."""

from collections.abc import Mapping

from takings.payouts.models import Batch, BatchState, Escheat, Remittance
from takings.payouts.queries.papers import waiting_profiles
from takings.payouts.queries.transfers import open_transfer_count


def waiting_counts() -> Mapping[str, int]:
    """Return how many of each wait, by the page on which they are answered."""
    return {
        "batches": Batch.objects.filter(state=BatchState.DRAFTED).count(),
        "transfers": open_transfer_count(),
        "profiles": len(waiting_profiles()),
        "taxes": Remittance.objects.filter(is_approved=None).count(),
        "unclaimed": Escheat.objects.filter(is_approved=None).count(),
    }

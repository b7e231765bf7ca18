"""What the finance desk answers for: money that is others', and what waits for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from takings.coins.queries.standing import waiting_grants
from takings.insights.queries.desk import TrialSheet
from takings.ledger.queries import TrialRow
from takings.money import Money
from takings.payments.queries import open_case_count, open_refund_cases
from takings.payouts.queries import waiting_counts
from takings.requests.queries.income import open_cases
from takings.settlement.queries import waiting_closes, waiting_corrections, waiting_fundings
from takings.shop.queries.sums import waiting_in_shop
from takings.sponsorships.queries import disputes
from takings.vouchers.queries import waiting_faults

KINDS = (
    ("Prepaid by advertisers", "advertiser:"),
    ("Coins in wallets", "coins:issued"),
    ("Received for coins not given yet", "coins:liability"),
    ("Due to shops for vouchers", "vouchers:"),
    ("In escrow", "escrow:"),
    ("Tax for authorities", "tax:"),
    ("Unclaimed", "unclaimed:"),
)
WORDS = {
    "insights:pools": ("funding of a pool waits for a second person", "fundings of pools wait"),
    "insights:periods": (
        "close or correction waits for a second person",
        "closes or corrections wait for a second person",
    ),
    "coins:desk": (
        "gift of bonus coins waits for a second person",
        "gifts of bonus coins wait for a second person",
    ),
    "shop:desk": ("thing of the shop waits for a word", "things of the shop wait for a word"),
    "sponsorships:desk": (
        "dispute about a deal waits for a ruling",
        "disputes about deals wait for a ruling",
    ),
    "vouchers:desk": ("voucher does not work", "vouchers do not work"),
    "requests:desk": ("request waits for a decision", "requests wait for a decision"),
    "payments:cases": ("case where a provider disagrees", "cases where a provider disagrees"),
    "payments:refunds": ("refund did not go through", "refunds did not go through"),
    "payouts:batches": ("batch waits for a second person", "batches wait for a second person"),
    "payouts:transfers": ("transfer has no answer", "transfers have no answer"),
    "payouts:profiles": ("creator waits for a verdict", "creators wait for a verdict"),
    "payouts:taxes": ("payment to an authority waits", "payments to authorities wait"),
    "payouts:unclaimed": ("proposal for a state waits", "proposals for states wait"),
}


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Money that is not ours: of whom, how much in each currency, and where its accounts are."""

    title: str
    prefix: str
    amounts: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a person, and the page where it is answered."""

    count: int
    words: str
    page: str


def entrusted(sheets: Sequence[TrialSheet]) -> list[Entrusted]:
    """Return what the platform holds for others, from the trial balance."""
    rows = [row for sheet in sheets for row in sheet.rows]
    return [Entrusted(title, prefix, tuple(_amounts(rows, prefix))) for title, prefix in KINDS]


def waiting() -> list[Waiting]:
    """Return what waits for somebody."""
    counts = {f"payouts:{page}": count for page, count in waiting_counts().items()}
    counts["coins:desk"] = len(waiting_grants())
    counts["vouchers:desk"] = waiting_faults()
    counts["requests:desk"] = open_cases().count()
    counts["shop:desk"] = waiting_in_shop()
    counts["sponsorships:desk"] = disputes().filter(answer="").count()
    counts["payments:cases"] = open_case_count()
    counts["payments:refunds"] = len(open_refund_cases())
    counts["insights:pools"] = len(waiting_fundings())
    counts["insights:periods"] = waiting_closes() + waiting_corrections()
    return [
        Waiting(counts[page], one if counts[page] == 1 else many, page)
        for page, (one, many) in WORDS.items()
        if counts[page]
    ]


def _amounts(rows: Sequence[TrialRow], prefix: str) -> Iterator[Money]:
    """Add up what stands in the accounts of these kinds, by currency."""
    sums: dict[str, Money] = {}
    for row in rows:
        if row.kind.pattern.startswith(prefix):
            for money in (row.debit, row.credit):
                code = money.currency
                sums[code] = sums.get(code, Money.zero(code)) + money
    return (sums[code] for code in sorted(sums) if sums[code])

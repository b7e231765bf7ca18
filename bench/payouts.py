"""One batch of 100 000 payouts: drafted, approved, posted, written to files, and the books proved.

Value: payouts a second from the order to pay to the last file, `execute_batch`. Baseline: the same
code with each payout posted in a transaction of its own. Memory is the most that the process ever
held. Creators, papers, accounts and balances are made before, set-based, and not timed.
"""

from bench import _world

SERVER = _world.start(settings=_world.ROOMY)

import datetime as dt  # noqa: E402 - Django's settings are read from here on
import json  # noqa: E402
import resource  # noqa: E402
import time  # noqa: E402
from dataclasses import asdict  # noqa: E402
from uuid import UUID  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from bench._shape import QUICK, Stopwatch, check, report  # noqa: E402
from takings.ledger.actions import post  # noqa: E402
from takings.ledger.queries import balance, check_books  # noqa: E402
from takings.ledger.rules import EntryDraft, TransferDraft  # noqa: E402
from takings.money import Money  # noqa: E402
from takings.payouts import actions, queries  # noqa: E402
from takings.payouts.actions import executing  # noqa: E402
from takings.payouts.models import (  # noqa: E402
    Batch,
    BatchState,
    Method,
    Payout,
    PayoutState,
    Profile,
    Review,
)
from takings.payouts.rules.methods import Details, Kind  # noqa: E402
from takings.people.actions import Profile as Person  # noqa: E402
from takings.people.actions import appoint_operator, sign_up  # noqa: E402
from takings.people.models import Creator, User  # noqa: E402
from takings.policies.queries import policy_at  # noqa: E402

COUNT = 5_000 if QUICK else 100_000
ALONE = 200 if QUICK else 2_000
BEFORE = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
PAY_DAY = dt.datetime(2026, 12, 22, tzinfo=dt.UTC)
NEXT_PAY_DAY = dt.datetime(2027, 1, 22, tzinfo=dt.UTC)
AMOUNT = Money.parse("123.45", "USD")
CHUNK = 5_000
SEALED = {
    "born_on": "1990-12-10",
    "street": "Main Street 1",
    "postcode": "10115",
    "town": "Springfield",
    "tax_number": "536-90-4399",
    "vat_number": "",
}


def make_operator(name: str) -> User:
    """Sign somebody up and appoint them."""
    profile = Person(display_name=name, country="US")
    user = sign_up(email=f"{name}@example.org", password=None, profile=profile, at=BEFORE)
    appoint_operator(user=user)
    return user


def make_people(operator: User) -> list[int]:
    """Make creators who may be paid: verified, with an account in the United States."""
    numbers = range(1, COUNT + 1)
    users = User.objects.bulk_create(
        [
            User(
                viewer_id=UUID(int=n),
                email=f"c{n}@example.org",
                display_name=f"C {n}",
                country="US",
                joined_at=BEFORE,
            )
            for n in numbers
        ],
        batch_size=CHUNK,
    )
    creators = Creator.objects.bulk_create(
        [
            Creator(user=user, handle=f"c-{n}", name=f"C {n}", opened_at=BEFORE)
            for n, user in zip(numbers, users, strict=True)
        ],
        batch_size=CHUNK,
    )
    _papers(creators, operator)
    return [creator.pk for creator in creators]


def _papers(creators: list[Creator], operator: User) -> None:
    vault = queries.vault()
    papers = vault.lock(json.dumps(SEALED))
    profiles = [
        Profile(
            id=UUID(int=creator.pk),
            creator=creator,
            number=1,
            legal="person",
            country="US",
            tax_form="w9",
            claims_treaty=False,
            self_billing=False,
            legal_name=vault.lock(f"Casey Number {creator.pk}"),
            papers=papers,
            submitted_at=BEFORE,
        )
        for creator in creators
    ]
    Profile.objects.bulk_create(profiles, batch_size=CHUNK)
    Review.objects.bulk_create(
        [
            Review(
                profile=profile,
                verdict="verified",
                reason="Seen.",
                hit_count=0,
                list_digest="",
                reviewed_by=operator,
                reviewed_at=BEFORE,
            )
            for profile in profiles
        ],
        batch_size=CHUNK,
    )
    Method.objects.bulk_create([_method(creator) for creator in creators], batch_size=CHUNK)


def _method(creator: Creator) -> Method:
    name = f"Casey Number {creator.pk}"
    details = Details(Kind.US_BANK, "USD", name, routing="021000021", account=f"{creator.pk:09}")
    told = asdict(details)
    del told["kind"], told["currency"]
    return Method(
        id=UUID(int=creator.pk),
        creator=creator,
        number=1,
        kind="us_bank",
        currency="USD",
        masked=details.masked,
        fingerprint=f"{creator.pk:064}",
        details=queries.vault().lock(json.dumps(told)),
        added_at=BEFORE,
        usable_from=BEFORE,
    )


def make_payable(creator_ids: list[int], *, at: dt.datetime, run: str) -> None:
    """Let everybody be owed the same amount, and the bank hold it."""
    version = policy_at(at=at).version
    for first in range(0, len(creator_ids), CHUNK):
        moves = tuple(
            TransferDraft("bank", queries.account_of(key), AMOUNT)
            for key in creator_ids[first : first + CHUNK]
        )
        draft = EntryDraft(
            id=UUID(int=hash((run, first)) & (1 << 128) - 1),
            kind="opening_posted",
            reference=run,
            policy_version=version,
            occurred_at=at,
            memo="",
            transfers=moves,
        )
        post(drafts=[draft], at=at)


def draft_and_approve(maker: User, checker: User, *, number: int, at: dt.datetime) -> Batch:
    """Keep a draft, and let a second person approve it."""
    batch = actions.draft_batch(operator=maker, id=UUID(int=number), at=at)
    return actions.approve_batch(
        operator=checker, batch_id=batch.pk, reason="For the benchmark.", at=at
    )


def paid_alone(maker: User, checker: User, creator_ids: list[int]) -> float:
    """Return payouts a second when each is a transaction of its own."""
    make_payable(creator_ids[:ALONE], at=PAY_DAY, run="alone")
    batch = draft_and_approve(maker, checker, number=2, at=NEXT_PAY_DAY)
    executing.CHUNK = 1
    began = time.perf_counter()
    actions.execute_batch(operator=maker, batch_id=batch.pk, at=NEXT_PAY_DAY)
    took = time.perf_counter() - began
    check("alone, all were sent", found=_sent(batch), expected=ALONE)
    return ALONE / took


def _sent(batch: Batch) -> int:
    return Payout.objects.filter(batch=batch, state=PayoutState.SENT).count()


def main() -> None:
    """Run the benchmark."""
    settings.PAYER = {"name": "Takings", "routing": "021000021", "account": "000123456"}
    watch = Stopwatch()
    maker, checker = make_operator("max"), make_operator("zoe")
    creator_ids = make_people(maker)
    make_payable(creator_ids, at=BEFORE, run="first")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with watch.stage("dry run", units=COUNT):
        seen = queries.preview(at=PAY_DAY)
    check("the dry run pays everybody", found=seen.totals[0].count, expected=COUNT)
    with watch.stage("draft and approve", units=COUNT):
        batch = draft_and_approve(maker, checker, number=1, at=PAY_DAY)
    with watch.stage("post and write files", units=COUNT):
        done = actions.execute_batch(operator=maker, batch_id=batch.pk, at=PAY_DAY)
    check("the batch was sent", found=done.state, expected=BatchState.SENT)
    check("everybody was paid", found=_sent(batch), expected=COUNT)
    check("the bank is empty", found=balance(name="bank", currency="USD"), expected=AMOUNT * 0)
    with watch.stage("pay again: nothing is left to do"):
        actions.execute_batch(operator=maker, batch_id=batch.pk, at=PAY_DAY)
    check("and nobody twice", found=_sent(batch), expected=COUNT)
    alone = paid_alone(maker, checker, creator_ids)
    print(f"each in a transaction of its own: {alone:,.0f} a second", flush=True)
    with watch.stage("check-books"):
        check("the books are right", found=check_books(), expected=[])
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"most memory: {most_mb:,} MB", flush=True)
    rate = COUNT / watch.total("post and write files")
    report("payouts", "payouts_executed", value=rate, unit="1/s", baseline=alone)


main()

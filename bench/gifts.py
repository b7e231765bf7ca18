"""Gifts over HTTP: many viewers give to one creator, and to many; every gift durable and counted.

Each request is another gift, of a viewer of its own among 512, to `POST /gifts/send`: the gifts
that come while the process commits are sent together. Baseline: the same gift, each in a
transaction of its own that locks the creator's row, eight threads. Then the books are checked:
every gift that was answered is there once, and no coin is missing.
"""

from bench import _world

_world.start()

import os  # noqa: E402 - Django's settings are read from here on
import uuid  # noqa: E402
from pathlib import Path  # noqa: E402

from django.conf import settings  # noqa: E402

from bench._http import CONNECTIONS, Load, Request, load, serving, write_requests  # noqa: E402
from bench._shape import QUICK, check, report  # noqa: E402
from takings.coins.models import CoinLot, Source, Wallet  # noqa: E402
from takings.coins.rules import lot_account, wallet_account  # noqa: E402
from takings.core import clock, ids  # noqa: E402
from takings.gifts.models import Gift  # noqa: E402
from takings.gifts.rules import sign_sender  # noqa: E402
from takings.ledger.actions import post  # noqa: E402
from takings.ledger.queries import check_books  # noqa: E402
from takings.ledger.rules import EntryDraft, TransferDraft  # noqa: E402
from takings.money import Money  # noqa: E402
from takings.people.models import User  # noqa: E402
from tests.make.coins import make_fan  # noqa: E402
from tests.make.gifts import coins, make_gift_kind  # noqa: E402
from tests.make.settlement import Act, make_act  # noqa: E402

VIEWERS, CREATORS = 512, 64
SECONDS = 5 if QUICK else 15
MOST_PER_SECOND = 4_000
RICH = 1_000_000


def make_viewers() -> list[User]:
    """Let viewers have coins that were paid for. They share a password, which is slow to hash."""
    first, now = make_fan(), clock.now()
    users = User.objects.bulk_create(
        User(
            viewer_id=uuid.uuid4(),
            email=f"viewer-{number}@example.org",
            password=first.password,
            display_name=f"Viewer {number}",
            country="DE",
            born_on=first.born_on,
            joined_at=first.joined_at,
        )
        for number in range(VIEWERS)
    )
    Wallet.objects.bulk_create(Wallet(user=user, opened_at=now) for user in users)
    lots = CoinLot.objects.bulk_create(
        CoinLot(
            id=uuid.uuid4(),
            wallet_id=user.pk,
            source=Source.PURCHASE,
            is_bonus=False,
            purchase=uuid.uuid4(),
            coins_micros=coins(RICH).micros,
            left_micros=coins(RICH).micros,
            currency="EUR",
            value_micros=coins(RICH // 100).micros,
            value_left_micros=coins(RICH // 100).micros,
            opened_at=now,
        )
        for user in users
    )
    post(drafts=[_bought(lot) for lot in lots], at=now)
    return users


def _bought(lot: CoinLot) -> EntryDraft:
    wallet = wallet_account(lot.wallet_id, is_bonus=False)
    return EntryDraft(
        id=ids.uuid7(at=lot.opened_at),
        kind="coins_bought",
        reference=f"lot:{lot.pk}",
        policy_version="house@2026-01-01",
        occurred_at=lot.opened_at,
        memo="Bought before the benchmark",
        transfers=(
            TransferDraft("bank", lot_account(lot.pk), Money(lot.value_micros, "EUR")),
            TransferDraft("coins:issued", wallet, lot.coins),
        ),
    )


def requests_of(folder: Path, name: str, *, users: list[User], acts: list[Act]) -> Path:
    """Write down more gifts than can be sent, each with an id of its own."""
    now = clock.now()
    kind, count = "rose-10", MOST_PER_SECOND * SECONDS
    tokens = [sign_sender(user_id=user.pk, key=settings.SECRET_KEY, at=now) for user in users]
    return write_requests(
        folder / f"{name}.tsv",
        [
            Request(
                "POST",
                "/gifts/send",
                "",
                f'{{"id":"{ids.uuid7(at=now)}","token":"{tokens[number % VIEWERS]}",'
                f'"video":"{acts[number % len(acts)].video_id}","kind":"{kind}",'
                f'"moment_ms":{number % 9_000}}}',
            )
            for number in range(count)
        ],
    )


def send(target: str, file: Path) -> Load:
    """Send for some seconds; every gift that was answered is there, and nothing else."""
    before = Gift.objects.count()
    with serving(target) as port:
        done = load(port, file=file, seconds=SECONDS)
    sent = Gift.objects.count() - before
    check(
        f"{done.requests:,} answers are as many gifts, but for those on their way at the end",
        found=done.requests <= sent <= done.requests + CONNECTIONS,
        expected=True,
    )
    return done


def main() -> None:
    """Send to one creator, to many, and to one with the locks of each gift; check the books."""
    folder = Path(os.environ["TAKINGS_HOME"])
    users = make_viewers()
    make_gift_kind(10)
    acts = [make_act(f"Act{number}") for number in range(1, 3 if QUICK else CREATORS)]
    loads = {
        name: send(target, requests_of(folder, name, users=users, acts=whom))
        for name, target, whom in (
            ("one creator", "giving", acts[:1]),
            ("many creators", "giving", acts),
            ("row locks", "giving_by_locks", acts[:1]),
        )
    }
    check("the books", found=check_books(), expected=[])
    for name, done in loads.items():
        waits = f"p50 {done.p50_ms:.1f} ms, p99 {done.p99_ms:.1f} ms"
        print(f"{name:<14}{done.per_second:>8,.0f} gifts/s, {waits}")
    for name in ("many creators", "one creator"):
        report(
            "gifts",
            name.replace(" ", "_"),
            value=loads[name].per_second,
            unit="/s",
            baseline=loads["row locks"].per_second,
        )


main()

"""The seed: a whole world in one call, true to the last micro-dollar, the same every time."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Count, Sum
from django.test import override_settings

from takings.ads.models import BilledImpression, Campaign, Charge, Click, RejectedImpression, Served
from takings.ads.queries import creatives_in_review
from takings.demo import actions, queries
from takings.demo.rules.cast import CHANNELS, PASSWORD, VIEWERS
from takings.events.models import Segment
from takings.events.queries import Outcome
from takings.insights.models import IssuedAdvice, Showings
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payments.models import Payment
from takings.payouts.models import Batch, BatchState, Payout
from takings.people.models import Brand, User
from takings.settlement.models import EstimateLine, PoolResult, ShareLine, Statement
from takings.videos.models import Purpose, Status, Video
from tests.make.events import own_lake
from tests.make.payments import cards_taken
from tests.payouts.conftest import PAYER

NOW = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=5)


class Interrupted(Exception):  # noqa: N818 - somebody pressed Ctrl-C
    """The seed was stopped."""


@pytest.fixture
def world(tmp_path: Path, db: None) -> Iterator[None]:  # noqa: ARG001 - the seed writes there
    """Give demo mode and an empty lake."""
    with override_settings(DEMO=True, PAYER=PAYER), cards_taken(), own_lake(tmp_path):
        yield


Story = dict[str, list[tuple[object, ...]]]


def _story() -> Story:
    """Return what must be the same in every world seeded at one instant."""
    lines = ShareLine.objects.order_by("country", "video", "day")
    return {
        "videos": list(Video.objects.order_by("pk").values_list("pk", "published_at")),
        "events": list(Segment.objects.order_by("name").values_list("name", "row_count")),
        "charges": list(Charge.objects.order_by("pk").values_list("pk", "amount_micros")),
        "billed": list(BilledImpression.objects.order_by("pk").values_list("pk", "price_micros")),
        "lines": list(lines.values_list("country", "video", "day", "views", "amount_micros")),
        "statements": sorted(Statement.objects.values_list("creator__handle", "amount_micros")),
    }


@pytest.mark.usefixtures("world")
def test_the_demo_world_is_whole_and_its_interrupted_twin_is_the_same(tmp_path: Path) -> None:
    with transaction.atomic():
        actions.seed_world(at=NOW)
        assert queries.is_seeded()
        _check_people()
        _check_closed()

        actions.live_on(at=NOW)
        _check_posts()
        _check_money()
        _check_views()
        _check_paydays()
        story = _story()
        actions.seed_world(at=LATER)
        actions.live_on(at=LATER)
        assert _story() == story
        _check_paydays()
        assert ledger.check_books() == []
        transaction.set_rollback(True)  # away with the first world
    with own_lake(tmp_path / "second"):
        with pytest.raises(Interrupted):
            actions.seed_world(at=NOW, progress=_stop_in_the_middle)
        assert not queries.is_seeded()
        assert 0 < Segment.objects.count() < len(story["events"])
        actions.seed_world(at=LATER)
        with override_settings(SANDBOX_ON=False):  # where others take the cards
            actions.live_on(at=LATER)

        assert queries.is_seeded()
        assert _story() == story
        assert ledger.check_books() == []


def _stop_in_the_middle(step: str, done: int, total: int) -> None:
    if step == "A month of viewing" and done == total // 2:
        raise Interrupted


def _check_people() -> None:
    for login in queries.demo_logins():
        user = User.objects.get(email=login["email"])
        assert user.check_password(PASSWORD)
        assert user.is_staff == (login["landing"] == "/desk/")
    assert {login["role"] for login in queries.demo_logins()} == {
        "Viewer",
        "Member",
        "Creator",
        "Brand",
        "Operator",
        "Second operator",
    }
    assert User.objects.count() == len(CHANNELS) + len(VIEWERS) + 3
    others = User.objects.exclude(email__in=[one["email"] for one in queries.demo_logins()])
    assert not any(user.has_usable_password() for user in others)
    assert Brand.objects.get().members.get().email == "brand@takings.example"


def _check_closed() -> None:
    closed = PoolResult.objects.aggregate(sum=Sum("total_micros"))["sum"]
    assert closed == Charge.objects.filter(period="2026-10").aggregate(s=Sum("amount_micros"))["s"]
    paid = Statement.objects.aggregate(sum=Sum("amount_micros"))["sum"]
    assert paid == ShareLine.objects.aggregate(sum=Sum("amount_micros"))["sum"] > 0
    assert Statement.objects.count() == len(CHANNELS)


def _check_posts() -> None:
    waiting = Video.objects.filter(status=Status.UPLOADING)
    assert Counter(waiting.values_list("purpose", flat=True)) == {
        Purpose.POST: 12,
        Purpose.CREATIVE: 2,
    }
    music = waiting.filter(purpose=Purpose.POST).annotate(pieces=Count("tracks"))
    assert Counter(music.values_list("pieces", flat=True)).keys() == {0, 1, 2}
    for video in waiting:
        assert video.published_at is not None
        assert video.published_at < NOW
        assert video.duration_ms >= 6_000  # stated beforehand; the probe finds the same


def _check_money() -> None:
    [waiting] = creatives_in_review()
    assert waiting.headline == "Two teas, one evening"
    assert set(Campaign.objects.values_list("status", flat=True)) == {"active"}
    billed = BilledImpression.objects.aggregate(sum=Sum("price_micros"), count=Count("pk"))
    charged = Charge.objects.aggregate(sum=Sum("amount_micros"), count=Sum("impression_count"))
    assert billed == charged
    assert billed["count"] > 1_000
    assert not RejectedImpression.objects.exists()
    assert Click.objects.count() > 5
    assert Served.objects.aggregate(sum=Sum("decision_count"))["sum"] > billed["count"]
    for charge in Charge.objects.all():
        entry = ledger.entry(id=charge.entry_id)
        assert entry.kind == "ad_charged"
        assert sum(move.amount.micros for move in entry.transfers) == charge.amount_micros


def _check_paydays() -> None:
    paid, waiting = Batch.objects.order_by("drafted_at")
    assert (paid.state, waiting.state) == (BatchState.SENT, BatchState.DRAFTED)
    assert {
        (one.creator.handle, one.state, one.net.decimal(), one.currency)
        for one in Payout.objects.select_related("creator")
    } == {
        ("mara-lights", "settled", Decimal("868.35"), "EUR"),  # 30 % of 1,240.50 withheld
        ("night-line", "returned", Decimal("655.40"), "USD"),
        ("adaeze-moves", "drafted", Decimal("568.61"), "USD"),
    }
    assert ledger.balance(name="tax:US:withheld", currency="EUR") == Money(372_150_000, "EUR")
    assert IssuedAdvice.objects.count() == 3  # two were sent, and one came back
    cards = Payment.objects.order_by("amount_micros").values_list("purpose", "status")
    assert sorted(cards) == [
        ("advertiser_balance", "disputed"),
        ("advertiser_balance", "partly_refunded"),
        *[("order", "succeeded")] * 3,  # memberships and requests began to be sold later
    ]


def _check_views() -> None:
    assert EstimateLine.objects.aggregate(sum=Sum("amount_micros"))["sum"] > 0
    outcomes = Showings.objects.values_list("outcome").annotate(n=Sum("showing_count"))
    counted = dict(outcomes)
    assert set(counted) == {
        Outcome.QUALIFIED,
        "too_short",
        "own_view",
        "repeat",
        "bot",
        "late",
    }
    assert counted["qualified"] > 5_000
    late_joiner = ShareLine.objects.filter(creator__handle="night-line")
    assert min(late_joiner.values_list("day", flat=True)) >= dt.date(2026, 10, 12)


@pytest.mark.usefixtures("world")
def test_outside_of_demo_mode_nothing_is_invented() -> None:
    with override_settings(DEMO=False):
        for act in (actions.seed_world, actions.live_on):
            with pytest.raises(actions.NotADemo):
                act(at=NOW)
    assert not User.objects.exists()
    assert not queries.is_seeded()


@pytest.mark.usefixtures("world")
def test_life_does_not_go_on_before_it_began() -> None:
    actions.live_on(at=NOW)
    assert not User.objects.exists()
    assert not Segment.objects.exists()

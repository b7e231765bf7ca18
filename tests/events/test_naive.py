"""A hundred thousand events become money: by engine and product, and by plain Python alike."""

import uuid
from collections.abc import Mapping

import pytest

from takings.events.queries import Counts, Outcome
from takings.money import Money
from takings.settlement.rules import CountedViews, share_pool
from tests.events import month
from tests.events.naive import Post, money, outcomes, totals

POOL = 987_654_321
pytestmark = pytest.mark.usefixtures("lake")


def shared(counts: Counts, posts: Mapping[uuid.UUID, Post], country: str) -> dict[str, int]:
    """Share one country's pool by these counts; returns who is paid what."""
    shares = share_pool(
        total=Money(POOL, "USD"),
        counted=[
            CountedViews(
                creator_id=posts[row.video_id].creator_id,
                video_id=row.video_id,
                day=row.day,
                views=row.views,
                holders=posts[row.video_id].holders,
            )
            for row in counts.rows
            if row.country == country and row.outcome == Outcome.QUALIFIED
        ],
        rule=month.STRICT.pool,
    )
    return {
        **{f"creator {key:03}": amount.micros for key, amount in shares.creators.items()},
        **{f"holder {name}": amount.micros for name, amount in shares.holders.items()},
        "platform": shares.platform.micros,
    }


@pytest.mark.no_cover
def test_a_hundred_thousand_events_settle_as_a_naive_settlement_does() -> None:
    days, posts = month.make_lake()
    counts = month.count_lake()
    rows = [row for table in days for row in month.rows_of(table)]
    assert len(rows) > 100_000
    judged = outcomes(rows, posts=posts, policy=month.STRICT)
    assert {name for _, name in judged} == set(Outcome)
    found = {(r.day, r.country, r.video_id, r.outcome): r.views for r in counts.rows}
    assert found == totals(judged)
    for country in month.STRICT.view.countries:
        here = [(one, name) for one, name in judged if one.only("country") == country]
        naive = money(here, posts=posts, pool=POOL, policy=month.STRICT)
        assert shared(counts, posts, country) == naive
        assert sum(naive.values()) == POOL

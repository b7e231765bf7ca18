"""Says what the product's lake and books hold: questions as JSON on the input, answers as JSON."""

import json
import sys
from collections import Counter

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - the same
from django.db.models import Sum  # noqa: E402 - after Django is ready

from takings.ads.models import BilledImpression, Charge  # noqa: E402 - the same
from takings.events.models import Segment  # noqa: E402 - the same
from takings.events.queries.snapshots import EVERYTHING, plan_files, reading  # noqa: E402 - the same
from takings.events.rules.pairs import from_pair  # noqa: E402 - the same
from takings.ledger import queries as ledger  # noqa: E402 - the same
from takings.settlement.models import (  # noqa: E402 - the same
    DirectEarning,
    Period,
    ShareLine,
    Statement,
)


def lake() -> dict[str, object]:
    """Return how often each event of live players is there, and how many the register names."""
    with reading(plan_files(where=EVERYTHING)) as engine:
        rows = engine.sql(
            "SELECT id_hi, id_lo FROM events WHERE segment NOT LIKE 'demo-%'"
        ).fetchall()
    live = Segment.objects.exclude(name__startswith="demo-")
    registered = live.aggregate(rows=Sum("row_count"))["rows"]
    events = Counter(str(from_pair(high, low)) for high, low in rows)
    return {"events": events, "rows": len(rows), "registered": registered}


def charges() -> dict[str, object]:
    """Return what was billed, impression by impression, and what was charged in all."""
    billed = {str(one.pk): one.price_micros for one in BilledImpression.objects.all()}
    charged = Charge.objects.aggregate(micros=Sum("amount_micros"))["micros"]
    return {"billed": billed, "charged": charged}


def pooled() -> dict[str, object]:
    """Return what pools ever credited to each creator, by currency, before any hold window ended.

    What comes directly does so at any moment: the demo's people buy and hire beside the tests.
    """
    with transaction.atomic():
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found = ledger.balances(prefix="creator:")
        waiting = [one for one in found if one.name.endswith(":pending")]
        paid = {f"{one.name} {one.credits.currency}": one.credits.micros for one in waiting}
        direct = DirectEarning.objects.filter(share_micros__gt=0).order_by()
        sums = direct.values_list("creator", "currency").annotate(Sum("share_micros"))
        for creator, currency, micros in sums:
            paid[f"creator:{creator}:pending {currency}"] -= micros
    return {"pooled": paid}


def close(name: str) -> dict[str, object]:
    """Return everything that a close decided, and what it left in the pools."""
    period = Period.objects.get(name=name)
    lines = ShareLine.objects.filter(period=period).order_by("pk")
    stated = Statement.objects.filter(period=period).order_by("pk")
    pools = [one for one in ledger.balances(prefix="pool:") if one.name.endswith(f":{name}")]
    return {
        "status": period.status,
        "lines": list(lines.values_list("pk", "amount_micros")),
        "came_directly": sum(
            lines.filter(entry_id__isnull=True).values_list("amount_micros", flat=True)
        ),
        "statements": list(stated.values_list("creator_id", "amount_micros", "digest")),
        "pools": {one.name: one.balance.micros for one in pools},
        "filled": sum(one.credits.micros for one in pools),
    } | pooled()


QUESTIONS = {"lake": lake, "charges": charges, "close": close, "pooled": pooled}

if __name__ == "__main__":
    question, *words = sys.argv[1:]
    json.dump(QUESTIONS[question](*words), sys.stdout)  # type: ignore[operator]  # by name

"""Ads over HTTP: decisions by the ad server's raw route, and the reports of what was shown.

A hundred line items read from the database, money leased, tokens signed; then reports, one in each
request, synced before the answer. Value: decisions a second by one process. Baseline: an echo that
keeps nothing, on the same server. The load comes from `wrk` on the same machine.
"""

from bench import _world

_world.start()

import os  # noqa: E402 - Django's settings are read from here on
import shutil  # noqa: E402
import uuid  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import timedelta  # noqa: E402
from pathlib import Path  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db.models import Sum  # noqa: E402

from bench._http import CONNECTIONS, Load, Request, load, serving, write_requests  # noqa: E402
from bench._shape import QUICK, check, report  # noqa: E402
from takings.ads import actions  # noqa: E402
from takings.ads.models import Campaign, Served  # noqa: E402
from takings.ads.rules.tokens import NO_VIDEO, Decision  # noqa: E402
from takings.core import clock, ids  # noqa: E402
from takings.money import Money  # noqa: E402
from tests.make.ads import Wanted, change, make_advertiser, make_campaign, usd  # noqa: E402
from tests.make.collecting import batch, viewer_cookie  # noqa: E402
from tests.make.events import make_view  # noqa: E402

ITEMS = 20 if QUICK else 100
SECONDS = 4 if QUICK else 10
VIEWERS = 512
MONTH = timedelta(days=30)


def make_items() -> Campaign:
    """Let line items run, each of its own price."""
    brand, member = make_advertiser()
    now = clock.now()
    actions.deposit_prepaid(brand=brand, amount=usd("5000000"), id=ids.uuid7(at=now), at=now)
    campaigns = []
    for number in range(ITEMS):
        wanted = Wanted(
            cpm=usd(f"4.{number:02}"),
            budget=usd("40000"),
            deposit=None,
            countries=(),
        )
        campaigns.append(make_campaign(brand, member=member, wanted=wanted))
        change(campaigns[-1].line_items.get(), ends_at=now + MONTH)
    return campaigns[-1]


def serve(folder: Path) -> Load:
    """Return what the ad server answers a second, each time with an ad that is paid for.

    Only viewers in Austria are measured, after those elsewhere made it lease enough.
    """
    files = [
        write_requests(
            folder / f"{country}.tsv",
            [
                Request("GET", "/ads/next", viewer_cookie(uuid.uuid4(), country=country))
                for _ in range(VIEWERS)
            ],
        )
        for country in ("DE", "CH", "IT", "AT")
    ]
    with serving("deciding") as port:
        *_, done = (load(port, file=file, seconds=SECONDS) for file in files)
    counts = Served.objects.filter(country="AT").aggregate(shown=Sum("decision_count"))
    shown = counts["shown"] or 0
    print(f"{shown:,} ads for {done.requests:,} requests")
    check(
        "99 of 100 requests were answered with an ad",
        found=0.99 * done.requests <= shown <= done.requests + CONNECTIONS,
        expected=True,
    )
    return done


def take_reports(folder: Path, campaign: Campaign) -> Load:
    """Return how many reports a second are taken in."""
    requests = []
    video_id = campaign.creatives.get().video_id
    for _ in range(VIEWERS):
        viewer, now = uuid.uuid4(), clock.now()
        decision = Decision(
            decision_id=ids.uuid7(at=now),
            campaign_id=campaign.pk,
            lease_id=uuid.UUID(int=1),
            creative_id=video_id,
            after_video_id=NO_VIDEO,
            viewer_id=viewer,
            price=Money(4_250, "USD"),
            country="DE",
        )
        [start] = make_view(video_id, viewer, 0, at=now)
        token = actions.key_ring().sign(decision)
        body = batch([replace(start, type="ad_viewable", ad=token)]).decode()
        requests.append(Request("POST", "/e", viewer_cookie(viewer), body))
    shutil.rmtree(settings.EVENTS_HOME, ignore_errors=True)
    file = write_requests(folder / "reports.tsv", requests)
    with serving("collector") as port:
        return load(port, file=file, seconds=SECONDS)


def main() -> None:
    """Ask, report, and compare with the echo."""
    folder = Path(os.environ["TAKINGS_HOME"])
    campaign = make_items()
    decided, told = serve(folder), take_reports(folder, campaign)
    with serving("echo") as port:
        echoed = load(port, file=folder / "AT.tsv", seconds=SECONDS)
    for name, done in (("decisions", decided), ("reports", told), ("echo", echoed)):
        waits = f"p50 {done.p50_ms:.1f} ms, p99 {done.p99_ms:.1f} ms"
        print(f"{name:<12}{done.per_second:>8,.0f}/s, {waits}")
    report(
        "ads_http",
        f"decisions_{ITEMS}",
        value=decided.per_second,
        unit="/s",
        baseline=echoed.per_second,
    )


main()

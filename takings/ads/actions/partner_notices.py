"""Telling partners what they won, lost and are charged for, once each."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from takings.ads.models import PartnerNotice
from takings.ads.queries.outside import OUTSIDE, Outside
from takings.ads.queries.partners import untold_notices
from takings.ads.rules.tags import fill_macros
from takings.core.errors import Refusal

MOST_TOLD = 400
"""At once: silent partners hold a worker for less than a minute."""
ASKING = 8
ANSWER_BYTES = 64 * 1024
ANSWER_S = 1.0
KEPT = dt.timedelta(days=7)
_DRAWS = 10**8


def tell_partners(*, at: dt.datetime, outside: Outside = OUTSIDE) -> int:
    """Ask the addresses that are due; return how many were asked.

    Each is marked before it is asked: what dies on the way, or does not answer, is not repeated.
    Notices are forgotten after a week.
    """
    PartnerNotice.objects.filter(noted_at__lt=at - KEPT).delete()
    due = untold_notices(at=at, most=MOST_TOLD)
    PartnerNotice.objects.filter(pk__in=[one.pk for one in due]).update(asked_at=at)
    for notice, code in zip(due, _answers(due, outside=outside), strict=True):
        if code:
            PartnerNotice.objects.filter(pk=notice.pk).update(failed_code=code)
    return len(due)


def _answers(notices: list[PartnerNotice], *, outside: Outside) -> Iterator[str]:
    """Ask all, a few at a time; yield why one failed, or nothing."""

    def ask(notice: PartnerNotice) -> str:
        draw = notice.decision_id.int % _DRAWS
        url = fill_macros(notice.url, at=notice.noted_at, draw=draw)
        try:
            outside.fetch(url, most_bytes=ANSWER_BYTES, within_s=ANSWER_S)
        except Refusal as refusal:
            return refusal.code
        return ""

    with ThreadPoolExecutor(ASKING, thread_name_prefix="notices") as threads:
        yield from threads.map(ask, notices)

"""Goals of advertisers, their secrets, and the conversions that are reported."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from takings.ads.actions.charging import charge_conversion
from takings.ads.models import Click, Conversion, Goal, GoalSecret, InvalidImpression
from takings.ads.rules.conversions import (
    WINDOWS,
    BadReport,
    Refused,
    Said,
    Touch,
    attribute,
    check_signature,
    read_click_id,
    reporting_secret,
)
from takings.core.errors import Conflict, Invalid
from takings.people.models import Brand, User

SERVER = "server"
"""The source of a report that proves itself: a page can be made to tell anything."""


class GoalIdTaken(Conflict):
    """The id of a goal is its idempotency key."""

    code = "goal_id_taken"
    sentence = "A conversion with this id exists and is another one; use a new id."


class SecretMissed(Conflict):
    """Somebody else made a new one meanwhile."""

    code = "secret_missed"
    sentence = "Another secret was made meanwhile; load the page again."


class BadGoal(Invalid):
    """A goal has a name and one of three windows."""

    code = "bad_goal"
    sentence = "A conversion needs a name, and counts for 1, 7 or 30 days after a click."


@dataclass(frozen=True, slots=True)
class GoalDraft:
    """What an advertiser wants to count."""

    id: UUID
    name: str
    click_days: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A report as a server sent it."""

    body: bytes
    timestamp: str
    signature: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a report: counted, known before, or refused for a reason."""

    conversion: Conversion | None
    is_new: bool = False
    refused: Refused | None = None


@transaction.atomic
def make_goal(*, brand: Brand, draft: GoalDraft, user: User, at: dt.datetime) -> tuple[Goal, str]:
    """Make a goal and return it with its secret; again, it is the same and tells no secret.

    Refuses: BadGoal, GoalIdTaken.
    """
    name = draft.name.strip()
    if not name or draft.click_days not in WINDOWS:
        raise BadGoal
    goal, is_new = Goal.objects.get_or_create(
        id=draft.id,
        defaults={
            "brand": brand,
            "name": name,
            "click_days": draft.click_days,
            "made_by": user,
            "made_at": at,
        },
    )
    if (goal.brand_id, goal.name, goal.click_days) != (brand.pk, name, draft.click_days):
        raise GoalIdTaken
    if not is_new:
        return goal, ""
    GoalSecret.objects.create(goal=goal, number=1, made_by=user, made_at=at)
    return goal, _secrets_of(goal)[0]


@transaction.atomic
def renew_secret(*, goal: Goal, number: int, user: User, at: dt.datetime) -> str:
    """Make the secret of this number, from now on the only one that holds, and return it.

    ``number`` is the next one. Asked twice for the same, it is made once and told once: a secret
    that got lost is replaced. Refuses: SecretMissed.
    """
    newest = goal.secrets.aggregate(last=Max("number"))["last"]
    if number not in {newest, newest + 1}:
        raise SecretMissed
    _, is_new = GoalSecret.objects.get_or_create(
        goal=goal, number=number, defaults={"made_by": user, "made_at": at}
    )
    return _secrets_of(goal)[0] if is_new else ""


def check_report(*, goal: Goal, signed: Signed, at: dt.datetime) -> Refused | None:
    """Return why a server's report is not believed, and count it; None: read it."""
    reason = check_signature(
        signed.body,
        timestamp=signed.timestamp,
        signature=signed.signature,
        secrets=_secrets_of(goal),
        now=at,
    )
    if reason is not None:
        _count(goal, reason, at=at)
    return reason


@transaction.atomic
def record_conversion(*, goal: Goal, said: Said, source: str, at: dt.datetime) -> Taken:
    """Count an order that followed a click, once; what is refused is counted by its reason.

    Told by a server, it is also charged to the line item that sold the click, if that pays for
    such orders: also when a page had told it before.
    Refuses: BadReport, for a value below zero; InsufficientFunds, as ``charge_conversion`` does.
    """
    if said.value is not None and said.value.micros < 0:
        raise BadReport(why="“value” is below zero.")
    known = Conversion.objects.filter(goal=goal, order_id=said.order_id).first()
    is_signed = source == SERVER
    if known is not None and (known.source == SERVER or not is_signed):
        return Taken(known)
    decision_id = read_click_id(said.click_id, secrets=_installation())
    clicks = Click.objects.select_related("campaign")
    click = clicks.filter(pk=decision_id).first() if decision_id else None
    touch = _touch(click) if click else None
    reason = attribute(
        said, touch=touch, brand_id=goal.brand_id, click_days=goal.click_days, now=at
    )
    if click is None or reason is not None:
        if known is not None:
            return Taken(known)
        _count(goal, reason or Refused.UNKNOWN_CLICK, at=at)
        return Taken(None, refused=reason)
    found, is_new = Conversion.objects.get_or_create(
        goal=goal,
        order_id=said.order_id,
        defaults={
            "campaign": click.campaign,
            "decision_id": click.pk,
            "country": click.country,
            "source": source,
            "clicked_at": click.clicked_at,
            "converted_at": said.at,
            "currency": click.campaign.currency,
            "value_micros": said.value.micros if said.value else None,
        },
    )
    if is_signed:
        charge_conversion(goal=goal, order_id=said.order_id, click=click, at=at)
    return Taken(found, is_new)


def _touch(click: Click) -> Touch:
    gone = InvalidImpression.objects.filter(pk=click.pk).exists()
    return Touch(
        brand_id=click.campaign.brand_id,
        clicked_at=click.clicked_at,
        currency=click.campaign.currency,
        is_valid=not click.ignored_why and not gone,
    )


def _secrets_of(goal: Goal) -> list[str]:
    """Return the goal's newest secret, as each secret of this installation makes it."""
    number = goal.secrets.aggregate(last=Max("number"))["last"]
    return [reporting_secret(goal.pk, number=number, secret=one) for one in _installation()]


def _installation() -> list[str]:
    return [str(one) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _count(goal: Goal, reason: Refused, *, at: dt.datetime) -> None:
    """Add a refusal to its row: whoever sends nonsense fills no table."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ads_refusedreports (goal_id, day, reason, report_count, last_at)
            VALUES (%s, %s, %s, 1, %s)
            ON CONFLICT (goal_id, day, reason) DO UPDATE
            SET report_count = ads_refusedreports.report_count + 1, last_at = excluded.last_at
            """,
            [goal.pk, at.astimezone(dt.UTC).date(), reason, at],
        )

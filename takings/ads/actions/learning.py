"""Learning, every night, what places do to chances; and the operator's switch."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.db import transaction

from takings.ads.models import LearnedRates, LearnedSwitch
from takings.ads.queries.learned import examples_of, newest_switch
from takings.ads.rules.fitting import Example
from takings.ads.rules.lifts import as_json
from takings.ads.rules.lines import SOLD, Pricing
from takings.ads.rules.rates import STRENGTH, STRENGTH_OF
from takings.ads.rules.training import Judged, Verdict, train
from takings.core.errors import Invalid
from takings.people.actions import record_staff_act
from takings.people.models import User


class SwitchNeedsReason(Invalid):
    """Whoever switches how prices are found says why."""

    code = "switch_needs_reason"
    sentence = "Say why: it is kept with the switch."


def learn_rates(*, at: dt.datetime) -> list[LearnedRates]:
    """Learn for each pricing what its decisions tell; once a day (UTC) each, whatever happens.

    Killed on the way, it goes on with the pricing it was at. Returns what was learned now.
    """
    known = set(LearnedRates.objects.filter(trained_on=at.date()).values_list("pricing", flat=True))
    found = (_learn(pricing, at=at) for pricing in SOLD if pricing not in known)
    return [one for one in found if one is not None]


def _learn(pricing: Pricing, *, at: dt.datetime) -> LearnedRates | None:
    """Learn for one pricing; nothing is kept where there was no decision at all."""
    examples = examples_of(pricing=pricing, at=at)
    if not examples:
        return None
    judged = train(examples, strength=STRENGTH_OF.get(pricing, STRENGTH))
    learned, _ = LearnedRates.objects.get_or_create(
        pricing=pricing,
        trained_on=at.date(),
        defaults={
            "trained_at": at,
            "verdict": judged.verdict if judged else Verdict.TOO_LITTLE,
            "decision_count": len(examples),
            "event_count": sum(one.happened for one in examples),
            "examples_sha256": _digest(_told(one) for one in examples),
            "first_day": examples[0].day,
            "last_day": examples[-1].day,
            **(_columns(judged) if judged else {}),
        },
    )
    return learned


def _columns(judged: Judged) -> dict[str, object]:
    learned = {
        "lifts": as_json(judged.lifts),
        "reliability": judged.reliability,
        "bayes_reliability": judged.bayes_reliability,
    }
    return {
        "calibrated_from": judged.calibrated_from,
        "held_out_from": judged.held_out_from,
        "model_loss": judged.loss.model,
        "bayes_loss": judged.loss.bayes,
        "constant_loss": judged.loss.constant,
        "loss_error": judged.loss.error,
        "learned": learned,
        "learned_sha256": _digest([json.dumps(learned, sort_keys=True)]),
    }


def _told(one: Example) -> str:
    said = (one.day, one.item_id, *one.where, one.base_ppm, one.weight_ppm, int(one.happened))
    return ",".join(map(str, said))


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@transaction.atomic
def switch_learned(*, is_on: bool, why: str, operator: User, at: dt.datetime) -> LearnedSwitch:
    """Let what was learned decide, or empirical Bayes alone; set so already, nothing changes.

    Ad servers follow within five minutes. Refuses: :class:`SwitchNeedsReason`.
    """
    if not why.strip():
        raise SwitchNeedsReason
    newest = newest_switch()
    if newest is not None and newest.is_on == is_on:
        return newest
    switch = LearnedSwitch.objects.create(
        is_on=is_on, why=why.strip(), switched_by=operator, switched_at=at
    )
    record_staff_act(
        operator=operator,
        act="ads.switch_learned",
        target=f"learned rates: {switch}",
        reason=why.strip(),
        at=at,
    )
    return switch

"""The facts of a policy beside those of the version before: what is said, by whom, what changed."""

from dataclasses import dataclass
from typing import Literal

from takings.policies.rules import Fact, Policy

State = Literal["same", "changed", "new", "gone"]

_MARKS = {
    "house": "our own decision",
    "O": "official text",
    "O2": "official text, seen in a transcription",
    "S": "secondary source",
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact in words; ``before`` is what the version before said, where it differs."""

    name: str
    value: str
    source: str
    mark: str
    state: State
    before: str = ""


def fact_rows(policy: Policy, *, before: Policy | None) -> tuple[FactRow, ...]:
    """Return the facts, those that differ from ``before`` first; without it none differs."""
    known = {fact.name: fact for fact in before.facts} if before else {}
    rows = [_row(fact, known.get(fact.name), is_compared=bool(before)) for fact in policy.facts]
    named = {fact.name for fact in policy.facts}
    rows += [
        FactRow(fact.name, "", fact.source, _MARKS[fact.mark], "gone", fact_words(fact))
        for fact in known.values()
        if fact.name not in named
    ]
    return tuple(sorted(rows, key=lambda row: row.state == "same"))


def fact_words(fact: Fact) -> str:
    """Return a fact's value as it is compared: ``≥ 5,000 ms``."""
    said = fact.value
    if isinstance(said, list):
        text = ", ".join(said)
    elif isinstance(said, bool):
        text = "yes" if said else "no"
    else:
        text = f"{said:,}" if isinstance(said, int) else said
    sign = {">=": "≥ ", "<=": "≤ "}.get(fact.comparator, fact.comparator and f"{fact.comparator} ")
    return f"{sign}{text} {fact.unit}".strip()


def _row(fact: Fact, known: Fact | None, *, is_compared: bool) -> FactRow:
    value = fact_words(fact)
    before = fact_words(known) if known else ""
    state: State = "same"
    if is_compared and known is None:
        state = "new"
    elif known is not None and before != value:
        state = "changed"
    return FactRow(
        name=fact.name,
        value=value,
        source=fact.source,
        mark=_MARKS[fact.mark],
        state=state,
        before=before if state == "changed" else "",
    )

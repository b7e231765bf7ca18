"""A trace as plain text, for the terminal: the same stops in the same order."""

from collections.abc import Iterator

from takings.insights.rules.trace import Part, Stop, Trace
from takings.money import Money, format_money

WIDTH = 78


def as_text(trace: Trace) -> str:
    """Return the trace as lines of at most :data:`WIDTH` characters where its words allow."""
    return "\n".join(_lines(trace)) + "\n"


def _lines(trace: Trace) -> Iterator[str]:
    yield _pair(trace.title, trace.amount)
    yield f"{trace.sentence} ({trace.status})"
    for number, stop in enumerate(trace.stops, start=1):
        yield " │"
        yield from _stop(number, stop)
    if trace.policy is not None:
        yield ""
        yield f"Rules: {trace.policy.version}, in force from {trace.policy.effective_from}"
        yield from (f"  · {rule.sentence}" for rule in trace.policy.rules)


def _stop(number: int, stop: Stop) -> Iterator[str]:
    mark = "●" if stop.here else "○"
    yield _pair(f" {mark} {number}. {stop.title}", stop.amount)
    yield f" │    {stop.sentence}"
    for step in stop.steps:
        yield f" │      {step.what}: {step.formula} = {step.result}"
    yield from (_part(part) for part in (*stop.parts, *stop.samples))
    if stop.left_out:
        yield f" │      … and {stop.left_out:,} more"
    if stop.at is not None:
        yield f" │    at {stop.at:%Y-%m-%d %H:%M:%S} UTC"
    for fact in stop.facts:
        yield f" │    {fact.label}: {fact.value}" + (f" [{fact.ref.id}]" if fact.ref else "")
    if stop.ref is not None:
        yield f" │    {stop.ref.kind} {stop.ref.id}"


def _part(part: Part) -> str:
    words = [f"{part.label}", *([part.note] if part.note else [])]
    if part.count is not None:
        words.append(f"{part.count:,} ×")
    if part.at is not None:
        words.append(f"{part.at:%Y-%m-%d %H:%M:%S}")
    if part.ref is not None:
        words.append(f"[{part.ref.id}]")
    return _pair(f" │      - {' · '.join(words)}", part.amount)


def _pair(left: str, amount: Money | None) -> str:
    """Return the words at the left and the exact amount at the right edge."""
    if amount is None:
        return left
    right = format_money(amount, exact=True)
    return f"{left}{' ' * max(2, WIDTH - len(left) - len(right))}{right}"

"""The shape of every benchmark: stages with their times, checks, and one line of JSON."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

QUICK = os.environ.get("QUICK", "") not in {"", "0"}


@dataclass
class Stopwatch:
    """Wall seconds of named stages, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, *, units: int = 0) -> Iterator[None]:
        """Time the block and say so; ``units`` adds a rate."""
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        self.seconds[name] = self.seconds.get(name, 0.0) + took
        rate = f"{units / took:>12,.0f} a second" if units else ""
        print(f"{name:<36}{took:>9.2f} s{rate}", flush=True)

    def total(self, *names: str) -> float:
        """Return the sum of these stages."""
        return sum(self.seconds[name] for name in names)


def check(what: str, *, found: object, expected: object) -> None:
    """End the benchmark with status 1 when a result is wrong."""
    if found != expected:
        raise SystemExit(f"WRONG: {what}\n  found    {found}\n  expected {expected}")
    print(f"right: {what}", flush=True)


def report(bench: str, metric: str, *, value: float, unit: str, baseline: float) -> None:
    """Print the last line."""
    line = {
        "bench": bench,
        "metric": metric,
        "value": round(value, 4),
        "unit": unit,
        "baseline": round(baseline, 4),
        "ratio": round(value / baseline, 2),
    }
    print(json.dumps(line), flush=True)

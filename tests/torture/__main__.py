"""The fault loop of the ledger: `make torture MINUTES=10`.

Each round has books of its own and a seed that says what is asked. A failure prints the seed, keeps
the folder, and is shrunk as far as it still fails: what is asked follows from the seed, who
comes first does not, so that is best effort.
"""

import argparse
import sys
import time
from dataclasses import replace

from tests.torture.arena import FAULTS, made_books


def main() -> int:
    """Run rounds until the time is over or one fails."""
    chosen = _chosen()
    end = time.monotonic() + chosen.minutes * 60
    with made_books() as ground:
        from tests.torture.rounds import Report, Round, run_round, shrink  # noqa: PLC0415 - Django knows the server by now

        first = Round(
            seed=chosen.seed,
            clients=chosen.clients,
            operations=chosen.operations,
            seconds=chosen.seconds,
            faults=tuple(fault for fault in chosen.faults.split(",") if fault in FAULTS),
            must=tuple(fault for fault in chosen.must.split(",") if fault in FAULTS),
        )
        total, rounds = Report(), 0
        while rounds < chosen.rounds if chosen.rounds else time.monotonic() < end:
            asked = replace(first, seed=first.seed + rounds)
            rounds += 1
            say(f"round {rounds}: {asked.words()}")
            report = run_round(ground, asked)
            say(f"  {report.line()}")
            total.add(report)
            if report.wrong:
                say("\n".join(["  WRONG:", *report.wrong[:20], f"  kept in {ground}"]))
                if chosen.shrinks:
                    least = shrink(ground, asked)
                    say(f"  the smallest seen to fail (best effort): {least.words()}")
                return 1
    say(f"{rounds} rounds: {total.line()}")
    return 0


def say(line: str) -> None:
    """Print at once: this runs for hours."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long, unless --rounds says")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--operations", type=int, default=150, help="of each client in a round")
    parser.add_argument("--seconds", type=float, default=12.0, help="of faults in a round")
    parser.add_argument("--faults", default=",".join(FAULTS), help="of these: %(default)s")
    parser.add_argument("--must", default="", help="faults that come first, in this order")
    parser.add_argument("--no-shrink", dest="shrinks", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

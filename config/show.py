"""What the command line shows: progress, sentences, tables."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from takings.events.rules.days import DaysCounted

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


DAYS = "counting days"


class Bars:
    """Progress bars, one per step; where nobody watches, one line per step."""

    def __init__(self) -> None:
        """Prepare the bars; they appear with their first step."""
        self.counted: DaysCounted | None = None
        self._steps: dict[str, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[read]}"),
            console=err,
            disable=not err.is_terminal,
        )

    def __enter__(self) -> Self:
        """Show the bars."""
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the bars as they are."""
        self._bars.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Move the bar of this step; `takings.core.progress.Progress`."""
        self._move(step, done, total)

    def days(self, now: DaysCounted) -> None:
        """Move the bar of the days that are counted; `takings.events.rules.days.TellDays`."""
        self.counted = now
        if now.day_count:
            self._move(DAYS, now.done, now.day_count, read=read_words(now))

    def _move(self, step: str, done: int, total: int, *, read: str = "") -> None:
        if step not in self._steps:
            self._steps[step] = self._bars.add_task(step, total=total, read=read)
            if not err.is_terminal:
                err.print(f"{step} …", markup=False, soft_wrap=True)
        self._bars.update(self._steps[step], completed=done, total=total, read=read)


def read_words(counted: DaysCounted) -> str:
    """Say what was read to count days, as `1,204 events, 38.5 kB`."""
    return f"{counted.event_count:,} events, {decimal(counted.byte_count)}"


def refuse(sentence: str) -> None:
    """Say one sentence on the error output."""
    err.print(sentence, style="red", markup=False, soft_wrap=True)


def say(sentence: str) -> None:
    """Say one sentence on the error output, where it does not mix with results."""
    err.print(sentence, style="dim", markup=False, soft_wrap=True)

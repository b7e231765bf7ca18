"""What the command line shows: progress, sentences, tables."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class Bars:
    """Progress bars, one per step; where nobody watches, one line per step."""

    def __init__(self) -> None:
        """Prepare the bars; they appear with their first step."""
        self._steps: dict[str, TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
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
        if step not in self._steps:
            self._steps[step] = self._bars.add_task(step, total=total)
            if not err.is_terminal:
                err.print(f"{step} …", markup=False, soft_wrap=True)
        self._bars.update(self._steps[step], completed=done, total=total)


def refuse(sentence: str) -> None:
    """Say one sentence on the error output."""
    err.print(sentence, style="red", markup=False, soft_wrap=True)


def say(sentence: str) -> None:
    """Say one sentence on the error output, where it does not mix with results."""
    err.print(sentence, style="dim", markup=False, soft_wrap=True)

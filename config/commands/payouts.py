"""Commands about payouts."""

from pathlib import Path

from config.show import out
from takings.core import clock
from takings.payouts import queries
from takings.payouts.rules.year_end import Report


def report(year: int, *, folder: Path) -> None:
    """Write every report of a year into a folder, readable by its owner alone."""
    at = clock.now()
    files = {
        f"{one.value}-{year}.csv": queries.report_csv(report=one, year=year, at=at)
        for one in Report
    }
    files[f"dac7-{year}.xml"] = queries.dac7_xml(year=year, at=at)
    for one, gap in queries.gaps(year=year, at=at):
        out.print(f"{one.handle} {gap}", style="yellow", markup=False, soft_wrap=True)
    for late in queries.late_returns(year=year, at=at):
        told = f"{late.creator.handle}: {late.id} came back {late.came_back_at:%Y-%m-%d}"
        out.print(f"{told}; correct what was filed", style="yellow", markup=False, soft_wrap=True)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_bytes(content)
        out.print(f"{path}: {len(content):,} bytes", markup=False, soft_wrap=True)

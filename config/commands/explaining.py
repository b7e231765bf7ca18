"""`takings close PERIOD --explain CREATOR`: one creator's arithmetic, for people to read."""

import sys
from collections.abc import Iterator

from rich.table import Table

from config.show import out
from takings.insights.queries.explaining import Explained, PoolStep, explain_close
from takings.insights.rules.words import product_words, views_words
from takings.money import Money, format_money
from takings.policies.rules import DIRECT


def explain(name: str, handle: str) -> None:
    """Show how a creator's statement comes about; exit code 1 if a number cannot be proved."""
    told = explain_close(name=name, handle=handle)
    for one in told:
        version = one.period.policy_version
        out.print(f"@{one.creator.handle}, {name}, {one.currency}, under {version}", markup=False)
        out.print(_counted(one))
        for sentence in _sentences(one):
            out.print(sentence, markup=False, soft_wrap=True)
    if not all(proof.holds for one in told for proof in one.proofs):
        sys.exit(1)


def _counted(one: Explained) -> Table:
    table = Table("day", "video", "country", "views", "shares", "tracks", title="Counted views")
    for row in one.counted:
        shares = "yes" if row.shares else "no"
        cells = (row.day.isoformat(), row.video.title, row.country, f"{row.views:,}", shares)
        table.add_row(*cells, ", ".join(row.holders))
    return table


def _sentences(one: Explained) -> Iterator[str]:
    for reason in one.not_counted:
        yield f"Not counted: {reason.showings:,}, {reason.name}: {reason.rule}"
    for step in one.pools:
        yield from _pool(step, one)
    for part in one.splits:
        is_given = part.owner_id == one.creator.pk
        other = f"to @{part.creator.handle}" if is_given else f"from @{part.owner.handle}"
        amount = format_money(part.amount, exact=True)
        yield f"{part.day} {part.country}: {amount} {other}, as agreed"
    yield f"Stated: {_exact(one.statement.amount_micros, one)}, digest {one.statement.digest}"
    for change in one.revisions:
        moved = format_money(change.change, exact=True)
        because = change.row.correction.reason
        yield f"Correction {change.row.correction.number}: {moved}. {because}"
        for line in change.lines:
            views = f"{line.views_before:,} to {line.views_after:,} views"
            yield f"  {line.day} {line.country} {line.video.title}: {views}, {line.why}"
        yield f"  Now: {format_money(change.amount, exact=True)}, entry {change.entry_id}"
    if one.release is not None:
        yield f"Released {one.release.released_at:%Y-%m-%d %H:%M} UTC, entry {one.release.entry_id}"
    for proof in one.proofs:
        yield f"{'proved' if proof.holds else 'WRONG '}  {proof.sentence}"


def _pool(step: PoolStep, one: Explained) -> Iterator[str]:
    result = step.result
    total, allocation = (
        _exact(micros, one) for micros in (result.total_micros, result.allocation_micros)
    )
    music, platform = (
        _exact(micros, one) for micros in (result.rights_micros, result.platform_micros)
    )
    if result.product in DIRECT:
        what = product_words(result.product).lower()
        yield f"{step.account}: {what} cost {total}, the platform kept {platform}."
    else:
        yield f"{step.account} held {total}; counted: {views_words(result.views)}."
        yield f"  Music took {music}, the platform kept {platform}."
        theirs = f"{views_words(step.views)} of the {result.sharing_views:,} that share in it"
        yield f"  The creators' pool is {allocation}; theirs are {theirs}."
    yield f"  Their part: {format_money(step.amount, exact=True)}."


def _exact(micros: int, one: Explained) -> str:
    return format_money(Money(micros, one.currency), exact=True)

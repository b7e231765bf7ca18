"""Draw the layers and the chart of accounts for the docs: `make pictures`; `--check` only looks.

Both are drawn from what the code obeys: import-linter's contract and the ledger's chart.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from takings.ledger.rules.chart import CHART, AccountKind

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDTH, GAP, PAD = 960, 10, 14
ROW, CARD = 40, 70
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1d1c1a }
  .name { font: 600 13px ui-monospace, Menlo, Consolas, monospace }
  .head { font-weight: 600; font-size: 14px }
  .small { font-size: 11.5px; fill: #67635c }
  .mid { text-anchor: middle }
  rect { fill: #fbf9f5; stroke: #c9c3b8 } .soft { fill: none; stroke-dasharray: 5 4 }
  path { fill: none; stroke: #67635c; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #eceae6 } .small { fill: #a7a299 }
    rect { fill: #26252a; stroke: #4d4a52 } .soft { fill: none } path { stroke: #a7a299 }
  }
"""


def main() -> int:
    """Write both pictures, or with ``--check`` return 1 and say which one is not fresh."""
    drawn = {IMAGES / "layers.svg": layers(), IMAGES / "accounts.svg": accounts()}
    stale = [path for path, text in drawn.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not fresh: run make pictures, and commit it.")
        return 1 if stale else 0
    IMAGES.mkdir(exist_ok=True)
    for path in stale:
        path.write_text(drawn[path])
    return 0


def layers() -> str:
    """Return one row per layer of the contract; dashed are the packages that are still to come."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = config["tool"]["importlinter"]["contracts"]
    rows = next(one["layers"] for one in contracts if one.get("exhaustive"))
    left, height = 96, len(rows) * (ROW + GAP) + GAP
    lines = [_text("imports go", 8, 24, "small"), _text("down only", 8, 40, "small")]
    lines.append(f'<path d="M36 52V{height - 22}m-6 -8l6 8l6 -8"/>')
    for number, row in enumerate(rows):
        names = [name.strip(" ()") for name in row.split("|")]
        wide = (WIDTH - left - GAP * len(names)) // len(names)
        for place, name in enumerate(names):
            x, y = left + place * (wide + GAP), GAP + number * (ROW + GAP)
            place_of = ROOT / "takings" / name
            is_here = place_of.is_dir() or place_of.with_suffix(".py").exists()
            lines.append(_box(x, y, wide, ROW, "" if is_here else "soft"))
            shown = name if is_here else f"{name} (next)"
            look = "name mid" if is_here else "small mid"
            lines.append(_text(shown, x + wide // 2, y + ROW // 2 + 5, look))
    return _svg("The layers of takings, from the shells down to the ground", height, lines)


def accounts() -> str:
    """Return the chart as one big T: what grows by debit left, what grows by credit right."""
    debit = [kind for kind in CHART if kind.side == "debit"]
    credit = [kind for kind in CHART if kind.side == "credit"]
    half = -(-len(credit) // 2)
    columns = (debit, credit[:half], credit[half:])
    wide = (WIDTH - 4 * GAP) // len(columns)
    height = 50 + max(map(len, columns)) * (CARD + GAP)
    second = GAP + wide + GAP
    lines = [
        _text("Debit: what we have, or spent", GAP, 26, "head"),
        _text("Credit: what we owe, or earned", second, 26, "head"),
        f'<path d="M{GAP} 38H{WIDTH - GAP}M{second - GAP // 2} 38V{height - GAP}"/>',
    ]
    for place, column in enumerate(columns):
        for number, kind in enumerate(column):
            x, y = GAP + place * (wide + GAP), 50 + number * (CARD + GAP)
            lines += _card(kind, x=x, y=y, wide=wide)
    return _svg("The chart of accounts", height, lines)


def _card(kind: AccountKind, *, x: int, y: int, wide: int) -> Iterator[str]:
    floor = "any sign" if kind.floor_micros is None else f"≥ {kind.floor_micros}"
    coin = " · COIN" if kind.is_coin else ""
    yield _box(x, y, wide, CARD, "")
    yield _text(kind.pattern, x + PAD, y + 22, "name")
    yield _text(kind.meaning, x + PAD, y + 41, "small")
    yield _text(f"{kind.nature}{coin} · {floor}", x + PAD, y + 58, "small")


def _box(x: int, y: int, wide: int, high: int, look: str) -> str:  # noqa: PLR0917 - a rectangle
    return f'<rect class="{look}" x="{x}" y="{y}" width="{wide}" height="{high}" rx="8"/>'


def _text(words: str, x: int, y: int, look: str) -> str:  # noqa: PLR0917 - words at a place
    return f'<text class="{look}" x="{x}" y="{y}">{escape(words)}</text>'


def _svg(title: str, height: int, lines: list[str]) -> str:
    body = "\n".join(lines)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    return f"{head}\n<title>{title}</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n"


if __name__ == "__main__":
    sys.exit(main())

"""Coral: two chemicals that feed on each other grow into a reef (Gray–Scott reaction–diffusion).

J. E. Pearson, “Complex patterns in a simple system”, Science 261 (1993).
"""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import Field, Frame, Index
from takings.demo.rules.clips.colour import Colours, blend, ramp

WIDE, HIGH = 108, 192
FEED, KILL = np.float32(0.0560), np.float32(0.0622)
STEPS_BEFORE, STEPS_EACH = 340, 14
LEVELS, SHADES, HUES = 64, 32, 16


def draw(count: int) -> Iterator[Frame]:
    """Yield the growth, lit from the upper left."""
    u, v = _seeded()
    table = np.round(_table()).astype(np.uint8).reshape(-1, 3)
    rows = np.linspace(0, HUES - 0.01, HIGH * 2)[:, None]
    columns = np.linspace(0, 2.6, WIDE * 2)[None, :]
    hue = np.clip(rows - 1.3 + columns, 0, HUES - 1).astype(np.intp) * (LEVELS * SHADES)
    for number in range(count):
        for _step in range(STEPS_EACH if number else STEPS_BEFORE):
            _react(u, v)
        yield np.take(table, _lit(v) + hue, axis=0)


def _seeded() -> tuple[Field, Field]:
    """Return the two fields: calm, but for islands where smooth noise is highest."""
    noise = np.random.default_rng(17).random((HIGH // 12, WIDE // 12), dtype=np.float32)
    image = Image.fromarray(noise).resize((WIDE + 2, HIGH + 2), Image.Resampling.BICUBIC)
    island = np.asarray(image) > np.quantile(np.asarray(image), 0.93)
    u = np.where(island, 0.5, 1).astype(np.float32)
    return u, np.where(island, 0.3, 0).astype(np.float32)


def _react(u: Field, v: Field) -> None:
    for field in (u, v):
        field[0], field[-1] = field[-2], field[1]
        field[:, 0], field[:, -1] = field[:, -2], field[:, 1]
    a, b = u[1:-1, 1:-1], v[1:-1, 1:-1]
    reaction = a * b
    reaction *= b
    spread_a, spread_b = _neighbours(u), _neighbours(v)
    spread_a *= np.float32(0.21)
    spread_a -= reaction
    spread_a += FEED
    a *= np.float32(1 - 0.84) - FEED
    a += spread_a
    spread_b *= np.float32(0.105)
    spread_b += reaction
    b *= np.float32(1 - 0.42) - FEED - KILL
    b += spread_b


def _neighbours(field: Field) -> Field:
    total = field[:-2, 1:-1] + field[2:, 1:-1]
    total += field[1:-1, :-2]
    total += field[1:-1, 2:]
    return total


def _lit(v: Field) -> Index:
    image = Image.fromarray(v[1:-1, 1:-1]).resize((WIDE * 2, HIGH * 2), Image.Resampling.BICUBIC)
    height = np.asarray(image)
    slope = np.roll(height, (-2, -2), (0, 1)) - np.roll(height, (2, 2), (0, 1))
    shade: Index = np.clip(slope * 46 + SHADES * 0.42, 0, SHADES - 1).astype(np.intp)
    level: Index = np.clip(height * (LEVELS / 0.34), 0, LEVELS - 1).astype(np.intp)
    lit: Index = level * SHADES + shade
    return lit


def _table() -> Colours:
    crest = ramp("ffe3a3 ffb38a ff8a80 f0709a c878c8 8f8ee6", HUES)
    flank = ramp("f08a5d e0596b c04a84 8f459c 5b4aa6 4058b0", HUES)
    water = ramp("0b4a55 083c4d 062c44 071f3a 081733", HUES)
    table = np.empty((HUES, LEVELS, SHADES, 3))
    light = np.linspace(0.34, 1.42, SHADES)[None, :, None]
    glint = np.clip(np.linspace(-1.6, 1, SHADES), 0, 1)[None, :, None] ** 2 * 120
    for hue in range(HUES):
        low = blend(water[hue : hue + 1], flank[hue : hue + 1], LEVELS // 2)[0]
        high = blend(flank[hue : hue + 1], crest[hue : hue + 1], LEVELS // 2)[0]
        body = np.concatenate([low, high])[:, None]
        raised = np.linspace(0, 1, LEVELS)[:, None, None] ** 0.5
        table[hue] = body * (1 + (light - 1) * (0.35 + 0.65 * raised)) + glint * raised
    return np.clip(table, 0, 255)


def sound(seconds: float) -> tones.Samples:
    """Return bubbles that grow denser with the reef, over a deep swell."""
    chord = tuple(tones.note(step, root=87.31, scale=tones.MINOR) for step in (0, 3, 5))
    track = tones.pad(seconds, chord, bright=0.3) * 0.6
    track += tones.wash(seconds, low=120, high=420, seed=4) * np.float32(0.05)
    chance = np.random.default_rng(5)
    when = np.sort(chance.random(46) ** 0.7) * seconds
    for at in when:
        step = int(chance.integers(5, 16))
        tone = tones.drop(tones.note(step, root=174.61, scale=tones.MINOR))
        loud = float(chance.uniform(0.10, 0.32))
        tones.add(track, tone, at=float(at), gain=loud, pan=float(chance.uniform(-0.8, 0.8)))
    return tones.room(track, seconds=2.0, wet=0.4)

"""Rain: drops fall on a pond at blue hour; rings run out, meet and pass through each other."""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import Field, Frame, Index
from takings.demo.rules.clips.colour import ramp

WIDE, HIGH = 180, 320
SPEED, FADE = np.float32(0.32), np.float32(0.985)
STEPS = 2
TONES = 1024
MOON = (0.64, 0.27)


def drops(seconds: float) -> list[tuple[float, float, float, float]]:
    """Return each drop's time (s), place (0–1 across and down) and strength."""
    chance = np.random.default_rng(31)
    count = int(seconds * 4)
    beat = seconds / count
    return [
        (
            number * beat if chance.random() < 0.75 else (number + 0.5) * beat,
            float(chance.uniform(0.08, 0.92)),
            float(chance.uniform(0.06, 0.94)),
            float(chance.uniform(0.5, 1.0)),
        )
        for number in range(count)
    ]


def draw(count: int) -> Iterator[Frame]:
    """Yield the pond: a wave equation on a small grid, lit by the slope of the water."""
    seconds = count / 30
    falling = sorted(drops(seconds)) * 2
    table = np.round(ramp("04101f 0a2140 143a66 2a5f8a 5b93b0 a9cfd0 eef3e0 fffdf2", TONES))
    colours = table.astype(np.uint8)
    now = np.zeros((HIGH, WIDE), np.float32)
    before = now.copy()
    still = _still()
    for number in range(-count // 3, count):
        start, end = number / 30 % seconds, (number + 1) / 30 % seconds or seconds
        for at, across, down, strength in falling[: len(falling) // 2]:
            if start <= at < end:
                _fall(now, across, down, strength)
        for _step in range(STEPS):
            now, before = _ripple(now, before), now
        if number >= 0:
            yield np.take(colours, _lit(now, still), axis=0)


def _fall(water: Field, across: float, down: float, strength: float) -> None:
    x = np.arange(WIDE, dtype=np.float32)[None, :] - np.float32(across * WIDE)
    y = np.arange(HIGH, dtype=np.float32)[:, None] - np.float32(down * HIGH)
    water -= np.float32(4.6 * strength) * np.exp(-(x * x + y * y) / np.float32(9))


def _ripple(now: Field, before: Field) -> Field:
    edge = np.pad(now, 1, mode="edge")
    spread = edge[:-2, 1:-1] + edge[2:, 1:-1] + edge[1:-1, :-2] + edge[1:-1, 2:] - 4 * now
    after: Field = (2 * now - before + SPEED * spread) * FADE
    return after


def _still() -> Field:
    x = (np.arange(WIDE, dtype=np.float32) / WIDE)[None, :]
    y = (np.arange(HIGH, dtype=np.float32) / HIGH)[:, None]
    glow = 0.46 * np.exp(-((x - MOON[0]) ** 2 * 9 + (y - MOON[1]) ** 2 * 16))
    return (0.12 + 0.26 * (1 - y) + glow).astype(np.float32)


def _lit(water: Field, still: Field) -> Index:
    across = np.roll(water, -1, 1) - np.roll(water, 1, 1)
    down = np.roll(water, -1, 0) - np.roll(water, 1, 0)
    slope = across * np.float32(0.6) - down
    slope[:, (0, -1)] = slope[(0, -1), :] = 0  # the roll has come round there
    light = still + slope * np.float32(0.20)
    light += np.clip(slope - np.float32(0.35), 0, 3) * still * np.float32(1.1)
    return np.clip(light * (TONES - 1), 0, TONES - 1).astype(np.intp)


def sound(seconds: float) -> tones.Samples:
    """Return a note of water for every drop one sees, and the rain one does not."""
    chord = tuple(tones.note(step, root=116.54, scale=tones.MINOR) for step in (0, 2, 5))
    track = tones.pad(seconds, chord, bright=0.25) * 0.35
    track += tones.wash(seconds, low=900, high=6500, seed=12) * np.float32(0.045)
    for at, across, down, strength in drops(seconds):
        step = 5 + round((1 - down) * 11)
        tone = tones.drop(tones.note(step, root=233.08, scale=tones.MINOR), seconds=0.5)
        tones.add(track, tone, at=at, gain=0.32 * strength, pan=across * 1.6 - 0.8)
    return tones.room(track, seconds=2.4, wet=0.42)

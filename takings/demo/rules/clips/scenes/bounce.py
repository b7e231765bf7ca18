"""Bounce: five balls drop in the rhythm 5 : 6 : 7 : 8 : 9, each on its own key of a marimba.

A ball that bounces n times in the loop flies as high as 1/n²: gravity is the same for all.
"""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import (
    HEIGHT,
    WIDTH,
    Frame,
    ellipse,
    phases,
    rounded,
)
from takings.demo.rules.clips.colour import hex_rgb, ramp

BEATS = (5, 6, 7, 8, 9)
COLOURS = ("f25f5c", "f7934c", "ffd166", "3fb68b", "3a7ca5")
RADIUS, FLOOR, LOFT = 43.0, 742.0, 560.0
KEY = (88.0, 26.0)
BEGIN = 0.055  # the loop begins in mid-air: its first frame is the poster


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop; a ball is squashed by the key it hits, and the key gives way."""
    ground = _ground()
    for phase in phases(count):
        frame = ground.copy()
        for lane, beats in enumerate(BEATS):
            _draw_lane(frame, lane, beats * (phase + BEGIN) % 1, (BEATS[0] / beats) ** 2)
        yield frame


def _draw_lane(frame: Frame, lane: int, along: float, height: float) -> None:
    middle = WIDTH * (lane + 0.5) / len(BEATS)
    colour = hex_rgb(COLOURS[lane])
    rise = 4 * along * (1 - along) * LOFT * height
    since = along * 30 / BEATS[lane]  # how long ago the key was hit, in sixths of a second
    give = 13 * np.exp(-since * 1.1) * np.cos(since * 2.6)
    squash = 0.30 * max(0.0, 1 - rise / 26)
    speed = abs(1 - 2 * along) * (1 - squash)
    wide, tall = RADIUS * (1 + squash - 0.07 * speed), RADIUS * (1 - squash + 0.09 * speed)
    key_top = FLOOR + give
    lit = tuple(int(c + (255 - c) * 0.55 * np.exp(-since * 0.9)) for c in colour)
    rounded(
        frame, at=(middle, key_top + KEY[1] / 2), size=KEY, corner=13, rgb=(lit[0], lit[1], lit[2])
    )
    far = min(rise / LOFT, 1)
    shadow = (RADIUS * (0.95 - 0.4 * far), 6.0)
    ellipse(
        frame,
        at=(middle, key_top + 6),
        radii=shadow,
        rgb=(60, 40, 60),
        opacity=0.30 * (1 - far),
        soft=5,
    )
    if since < 4:
        ring = 10 + since * 24
        ellipse(
            frame,
            at=(middle, FLOOR + 118),
            radii=(ring, ring * 0.3),
            rgb=colour,
            opacity=0.28 * (1 - since / 4),
            soft=8,
        )
    at = (middle, key_top - tall - rise)
    ellipse(frame, at=at, radii=(wide, tall), rgb=colour)
    shine = (at[0] - wide * 0.30, at[1] - tall * 0.34)
    ellipse(
        frame, at=shine, radii=(wide * 0.30, tall * 0.24), rgb=(255, 255, 255), opacity=0.42, soft=6
    )


def _ground() -> Frame:
    sky = ramp("fdf3e3 fbe7d3 f8d9c6", HEIGHT)
    frame = np.broadcast_to(sky[:, None], (HEIGHT, WIDTH, 3)).astype(np.uint8).copy()
    for lane, colour in enumerate(COLOURS):
        column = frame[:, lane * 108 : lane * 108 + 108]
        column[:] = column * 0.93 + np.array(hex_rgb(colour)) * 0.07
    rounded(
        frame, at=(WIDTH / 2, FLOOR + 150), size=(WIDTH + 60, 230), corner=30, rgb=(255, 250, 242)
    )
    return frame


def sound(seconds: float) -> tones.Samples:
    """Return a marimba key for every bounce, and a soft drum where all five meet."""
    track = tones.pad(seconds, (tones.note(0, root=130.81), tones.note(2, root=130.81))) * 0.16
    for lane, beats in enumerate(BEATS):
        tone = tones.marimba(tones.note((0, 2, 3, 5, 7)[lane], root=261.63))
        for bounce in range(beats):
            gain = 0.42 if bounce == 0 else 0.30
            tones.add(
                track, tone, at=(bounce / beats - BEGIN) * seconds, gain=gain, pan=lane * 0.35 - 0.7
            )
    tones.add(track, tones.thump(65.41), at=-BEGIN * seconds, gain=0.5)
    return tones.room(track, seconds=1.1, wet=0.22)

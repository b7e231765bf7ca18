"""The clips by name: a scene draws so many frames and sounds so many seconds."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from takings.demo.rules.clips.canvas import FPS, Frame
from takings.demo.rules.clips.film import film
from takings.demo.rules.clips.lengths import SECONDS
from takings.demo.rules.clips.scenes import (
    bloom,
    bounce,
    coral,
    dunes,
    dusk,
    lava,
    leaves,
    moire,
    origami,
    pendulums,
    rain,
    ribbons,
    steep,
    warp,
)
from takings.demo.rules.clips.tones import Samples, master

Drawing: TypeAlias = Callable[[int], Iterator[Frame]]
Sounding: TypeAlias = Callable[[float], Samples]

_SCENES: dict[str, tuple[Drawing, Sounding]] = {
    "dunes": (dunes.draw, dunes.sound),
    "ribbons": (ribbons.draw, ribbons.sound),
    "bloom": (bloom.draw, bloom.sound),
    "pendulums": (pendulums.draw, pendulums.sound),
    "lava": (lava.draw, lava.sound),
    "dusk": (dusk.draw, dusk.sound),
    "coral": (coral.draw, coral.sound),
    "bounce": (bounce.draw, bounce.sound),
    "warp": (warp.draw, warp.sound),
    "rain": (rain.draw, rain.sound),
    "origami": (origami.draw, origami.sound),
    "moire": (moire.draw, moire.sound),
    "steep": (steep.draw, steep.sound),
    "leaves": (leaves.draw, leaves.sound),
}


def scene(name: str) -> tuple[Drawing, Sounding]:
    """Return how a clip is drawn and how it sounds; ``KeyError`` for a name there is not."""
    return _SCENES[name]


def render(name: str) -> bytes:
    """Return the clip as MP4; the same bytes every time on the same build of the encoder."""
    draw, sound = scene(name)
    seconds = SECONDS[name]
    return film(frames=draw(seconds * FPS), samples=master(sound(seconds)))

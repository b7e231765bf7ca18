"""The clips by name, with the length each states before it is drawn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from takings.demo.rules.clips.canvas import FPS, Frame
from takings.demo.rules.clips.film import film
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


@dataclass(frozen=True, slots=True)
class Clip:
    """A scene and its length: ``draw(frames)`` yields pictures, ``sound(seconds)`` a track."""

    name: str
    seconds: int
    draw: Callable[[int], Iterator[Frame]]
    sound: Callable[[float], Samples]

    def render(self) -> bytes:
        """Return the clip as MP4; the same bytes every time on the same build of the encoder."""
        frames = self.draw(self.seconds * FPS)
        return film(frames=frames, samples=master(self.sound(self.seconds)))


POSTS = (
    Clip("dunes", 7, dunes.draw, dunes.sound),
    Clip("ribbons", 6, ribbons.draw, ribbons.sound),
    Clip("bloom", 6, bloom.draw, bloom.sound),
    Clip("pendulums", 8, pendulums.draw, pendulums.sound),
    Clip("lava", 6, lava.draw, lava.sound),
    Clip("dusk", 6, dusk.draw, dusk.sound),
    Clip("coral", 6, coral.draw, coral.sound),
    Clip("bounce", 6, bounce.draw, bounce.sound),
    Clip("warp", 6, warp.draw, warp.sound),
    Clip("rain", 7, rain.draw, rain.sound),
    Clip("origami", 6, origami.draw, origami.sound),
    Clip("moire", 6, moire.draw, moire.sound),
)
CREATIVES = (
    Clip("steep", 6, steep.draw, steep.sound),
    Clip("leaves", 6, leaves.draw, leaves.sound),
)
_BY_NAME = {clip.name: clip for clip in (*POSTS, *CREATIVES)}


def clip(name: str) -> Clip:
    """Return the clip of this name; ``KeyError`` for any other."""
    return _BY_NAME[name]

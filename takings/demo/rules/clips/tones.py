"""Sound from sums of sines and shaped noise: plucks, bells, pads, drums, a room, a master.

A track is ``(samples, 2)`` float32 at 48 kHz. Everything wraps around its end, so that a clip
that loops has no seam.
"""

from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
TAU = 2 * np.pi
PEAK = 0.80  # −1.9 dBFS: room for the encoder's overshoot
LOUD = 0.16  # root mean square of a mastered track, about −16 LUFS

Samples: TypeAlias = NDArray[np.float32]

PENTATONIC = (0, 2, 4, 7, 9)
MINOR = (0, 3, 5, 7, 10)


def silence(seconds: float) -> Samples:
    """Return an empty track."""
    return np.zeros((round(seconds * RATE), 2), np.float32)


def note(step: int, *, root: float = 220.0, scale: tuple[int, ...] = PENTATONIC) -> float:
    """Return the frequency (Hz) of a step of the scale; steps run on through the octaves."""
    octave, degree = divmod(step, len(scale))
    return root * 2 ** (octave + scale[degree] / 12)


@cache
def pluck(hertz: float, seconds: float = 1.2, bright: float = 0.5) -> Samples:
    """Return a plucked string: partials that fade the faster the higher they are (mono)."""
    t = _time(seconds)
    tone = np.zeros_like(t)
    for partial in range(1, 7):
        if hertz * partial > RATE / 3:
            break
        fade = np.exp(-t * (2.2 + partial * 1.9))
        tone += np.sin(np.float32(TAU * hertz * partial) * t) * fade * (bright ** (partial - 1))
    return _attack(tone, 0.002)


@cache
def bell(hertz: float, seconds: float = 1.8) -> Samples:
    """Return a soft bell: inharmonic partials of a struck bar (mono)."""
    t = _time(seconds)
    tone = np.zeros_like(t)
    for ratio, level, fade in ((1, 1, 2.6), (2.756, 0.35, 5.5), (5.404, 0.14, 9.0)):
        if hertz * ratio < RATE / 3:
            wave = np.sin(np.float32(TAU * hertz * ratio) * t)
            tone += wave * np.exp(-t * fade).astype(np.float32) * np.float32(level)
    return _attack(tone, 0.003)


@cache
def marimba(hertz: float, seconds: float = 0.7) -> Samples:
    """Return a wooden bar: a short fundamental, its fourth harmonic and a click (mono)."""
    t = _time(seconds)
    tone = np.sin(np.float32(TAU * hertz) * t) * np.exp(-t * 7)
    tone += np.sin(np.float32(TAU * hertz * 3.93) * t) * np.exp(-t * 24) * 0.4
    tone += np.sin(np.float32(TAU * hertz * 9.2) * t) * np.exp(-t * 70) * 0.2
    return _attack(tone.astype(np.float32), 0.001)


@cache
def thump(hertz: float = 55.0, seconds: float = 0.4) -> Samples:
    """Return a soft kick drum: a sine that falls in pitch (mono)."""
    t = _time(seconds)
    sweep = hertz * t + hertz * 1.6 * (1 - np.exp(-t * 28)) / 28
    return _attack((np.sin(TAU * sweep) * np.exp(-t * 9)).astype(np.float32), 0.002)


@cache
def tick(seconds: float = 0.08, fade: float = 60.0, seed: int = 1) -> Samples:
    """Return a brush of a shaker: a breath of high noise (mono)."""
    t = _time(seconds)
    noise = np.random.default_rng(seed).standard_normal(len(t)).astype(np.float32)
    high = np.diff(np.diff(noise, prepend=0), prepend=0)
    return _attack((high * np.exp(-t * fade) * 0.2).astype(np.float32), 0.001)


@cache
def drop(hertz: float, seconds: float = 0.35) -> Samples:
    """Return a drop of water: a bubble's rising chirp (mono)."""
    t = _time(seconds)
    rise = hertz * (t + 1.1 * t * t)
    return _attack((np.sin(TAU * rise) * np.exp(-t * 13)).astype(np.float32), 0.004)


def add(track: Samples, tone: Samples, *, at: float, gain: float = 1.0, pan: float = 0.0) -> None:
    """Add a mono tone at a time (s), ``pan`` −1 left … 1 right; what passes the end comes round."""
    length = len(track)
    start = round(at * RATE) % length
    angle = (pan + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(gain)
    tone = tone[:length]
    first = min(len(tone), length - start)
    track[start : start + first] += tone[:first, None] * sides
    if first < len(tone):
        track[: len(tone) - first] += tone[first:, None] * sides


def pad(seconds: float, chord: tuple[float, ...], *, bright: float = 0.4) -> Samples:
    """Return a slow, warm chord (stereo) whose voices breathe; it loops without a seam."""
    count = round(seconds * RATE)
    t = np.arange(count, dtype=np.float32) / np.float32(RATE)
    track = silence(seconds)
    for voice, hertz in enumerate(chord):
        whole = round(hertz * seconds)  # a whole number of waves, hence no seam
        for partial in range(1, 5):
            if whole * partial / seconds > RATE / 4:
                break
            for side, detune in ((0, 0), (1, 1 + voice % 2)):
                turns = np.float32(TAU * (whole * partial + detune) / seconds)
                level = bright ** (partial - 1) / len(chord)
                track[:, side] += np.sin(turns * t + np.float32(voice)) * np.float32(level)
        breath = 1 + 0.35 * np.sin(TAU * (t / seconds * (1 + voice % 3)) + voice * 2.1)
        if voice == len(chord) - 1:
            track *= breath[:, None].astype(np.float32)
    return track


def wash(seconds: float, *, low: float, high: float, seed: int) -> Samples:
    """Return steady noise between two frequencies (stereo), level 1: rain, wind, surf."""
    count = round(seconds * RATE)
    chance = np.random.default_rng(seed)
    hertz = np.fft.rfftfreq(count, 1 / RATE).astype(np.float32)
    shape = 1 / (1 + (low / np.maximum(hertz, 1)) ** 4) / (1 + (hertz / high) ** 4)
    shape /= np.sqrt(np.maximum(hertz, 20))
    sides = []
    for _side in range(2):
        turn = chance.random(len(hertz), dtype=np.float32) * np.float32(TAU)
        noise = np.fft.irfft(shape * np.exp(1j * turn), count).astype(np.float32)
        sides.append(noise / np.sqrt(np.mean(noise**2)))
    return np.stack(sides, -1).astype(np.float32)


def room(track: Samples, *, seconds: float = 1.6, wet: float = 0.3, seed: int = 7) -> Samples:
    """Return the track in a room: convolved, around its end, with noise that fades and darkens."""
    count = len(track)
    chance = np.random.default_rng(seed)
    t = np.arange(min(round(seconds * RATE), count), dtype=np.float32) / np.float32(RATE)
    out = np.empty_like(track)
    for side in range(2):
        echo = chance.standard_normal(len(t)).astype(np.float32) * np.exp(-t * (5.5 / seconds))
        echo = np.convolve(echo, np.full(9, 1 / 9, np.float32), "same")
        echo /= np.sqrt(np.sum(echo**2))
        heard = np.fft.irfft(np.fft.rfft(track[:, side]) * np.fft.rfft(echo, count), count)
        out[:, side] = track[:, side] * (1 - wet) + heard.astype(np.float32) * wet
    return out


def master(track: Samples) -> Samples:
    """Return the track at a pleasant, equal loudness, its peaks rounded off below :data:`PEAK`."""
    level = np.sqrt(np.mean(track**2))
    rounded: Samples = np.tanh(track * np.float32(LOUD / level / PEAK)) * np.float32(PEAK)
    return rounded


def _time(seconds: float) -> Samples:
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def _attack(tone: Samples, seconds: float) -> Samples:
    rise = round(seconds * RATE)
    tone = tone.astype(np.float32)
    tone[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    fall = min(480, len(tone))
    tone[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return tone

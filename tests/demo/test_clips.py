"""Clips: pictures of the right size, sound that is neither silent nor clipped, the same again."""

import io

import av
import numpy as np
import pytest

from takings.demo.rules.clips import lengths, tones
from takings.demo.rules.clips.canvas import (
    FPS,
    HEIGHT,
    WIDTH,
    ellipse,
    inside,
    paint,
    rounded,
    stamp,
)
from takings.demo.rules.clips.catalogue import render, scene
from takings.demo.rules.clips.colour import hex_rgb, palette, ramp
from takings.demo.rules.clips.film import film
from takings.demo.rules.clips.lettering import Face, write
from takings.demo.rules.library import POSTS, SPOTS

FRAMES = {"dusk": 180, "rain": 60}  # a ride as long as its loop; drops that fall second by second
EVERY_CLIP = sorted(lengths.SECONDS)


@pytest.mark.parametrize("name", EVERY_CLIP)
def test_a_scene_draws_frames_of_the_phones_shape_that_move(name: str) -> None:
    draw, _ = scene(name)
    count = FRAMES.get(name, 12)  # the whole loop in leaps
    frames = list(draw(count))
    first, later = frames[0], frames[count // 2 - 1]

    assert len(frames) == count
    for frame in (first, later):
        assert frame.dtype == np.uint8
        if frame.ndim == 2:
            assert frame.shape == (HEIGHT * 3 // 2, WIDTH)  # planar YUV 4:2:0
        else:
            assert frame.shape[0] * 9 == frame.shape[1] * 16
            assert frame.shape[2] == 3
    assert np.abs(first.astype(int) - later).max() > 8
    assert first.std() > 4  # not one flat colour


@pytest.mark.parametrize("name", EVERY_CLIP)
def test_a_track_is_as_long_as_the_pictures_and_pleasantly_loud(name: str) -> None:
    _, sound = scene(name)
    seconds = lengths.SECONDS[name]
    track = tones.master(sound(seconds))

    assert track.shape == (seconds * tones.RATE, 2)
    assert np.abs(track).max() < tones.PEAK  # nothing clips, the encoder's overshoot included
    loudness = 20 * np.log10(np.sqrt(np.mean(track**2)))
    assert -18 < loudness < -14
    left, right = (np.sqrt(np.mean(track[:, side] ** 2)) for side in (0, 1))
    assert 0.5 < left / right < 2


def test_a_rendered_clip_plays_with_picture_and_sound_and_is_the_same_again() -> None:
    first, second = render("origami"), render("origami")

    assert first == second
    with av.open(io.BytesIO(first), "r") as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert (picture.width, picture.height) == (WIDTH, HEIGHT)
        assert picture.average_rate == FPS
        assert (sound.rate, sound.channels) == (48_000, 2)
        pictures = len(list(container.decode(picture)))
    with av.open(io.BytesIO(first), "r") as container:
        heard = sum(frame.samples for frame in container.decode(container.streams.audio[0]))
    seconds = lengths.SECONDS["origami"]
    assert pictures == seconds * FPS
    assert abs(heard - seconds * 48_000) < 48_000 // 10


def test_frames_in_either_form_come_out_of_the_film_in_the_same_colour() -> None:
    orange = np.full((HEIGHT // 2, WIDTH // 2, 3), hex_rgb("f7934c"), np.uint8)
    nothing = np.zeros((HEIGHT, WIDTH), np.int32)
    planar = paint(nothing, palette(ramp("f7934c f7934c", 2)))
    data = film(frames=[orange, planar], samples=tones.silence(0.1))

    with av.open(io.BytesIO(data), "r") as container:
        pictures = [frame.to_ndarray() for frame in container.decode(container.streams.video[0])]
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 2


def test_every_clip_has_its_place_in_the_library_and_the_other_way_round() -> None:
    used = {post.clip for post in POSTS} | {spot.clip for spot in SPOTS}
    assert used == set(EVERY_CLIP)
    assert 8 <= len(POSTS) <= 12


def test_a_palette_goes_from_its_first_colour_to_its_last() -> None:
    colours = palette(ramp("000000 ff8000 ffffff", 5)).rgb
    assert colours[0].tolist() == [0, 0, 0]
    assert colours[2].tolist() == list(hex_rgb("ff8000"))
    assert colours[4].tolist() == [255, 255, 255]


def test_shapes_beyond_the_edge_draw_what_lies_inside_and_nothing_else() -> None:
    frame = np.zeros((40, 40, 3), np.uint8)
    white = (255, 255, 255)
    ellipse(frame, at=(-100, -100), radii=(5, 5), rgb=white)
    rounded(frame, at=(500, 20), size=(10, 10), corner=2, rgb=white)
    write(frame, "far away", at=(900, 900), rgb=white, face=Face(12))
    assert not frame.any()

    ellipse(frame, at=(0, 0), radii=(10, 10), rgb=white)
    assert frame[0, 0].tolist() == [255, 255, 255]
    assert not frame[20:, 20:].any()
    assert stamp(frame, at=(100, 100), reach=(3, 3)) is None
    with pytest.raises(ValueError, match="100"):
        inside(frame, at=(100, 100), reach=(3, 3))


def test_a_tone_that_passes_the_end_comes_round() -> None:
    track = tones.silence(0.5)
    tones.add(track, np.ones(4_800, np.float32), at=0.45, pan=-1)
    assert track[-1, 0] == track[0, 0] == 1
    assert track[4_800:-4_800].any() == np.False_


@pytest.mark.parametrize(
    "tone", [tones.pluck(6_000, 0.5), tones.bell(7_000, 0.5), tones.pad(0.5, (5_000.0,))[:, 0]]
)
def test_overtones_that_the_sampling_cannot_hold_are_left_out(tone: tones.Samples) -> None:
    loudness = np.abs(np.fft.rfft(tone * np.hanning(len(tone))))
    hertz = np.fft.rfftfreq(len(tone), 1 / tones.RATE)
    assert loudness[hertz > tones.RATE / 3 + 500].max() < loudness.max() / 100

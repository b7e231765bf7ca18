"""Pure decisions about videos."""

import base64
import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.core.errors import Refusal
from takings.videos.rules import (
    captions,
    categories,
    details,
    files,
    intake,
    ladder,
    refusals,
    status,
    tus,
)
from takings.videos.rules.ladder import Rendition, Size
from takings.videos.rules.made import Made, read_made
from takings.videos.rules.status import Onlooker

STRANGER = Onlooker(is_owner=False, is_operator=False)
OWNER = Onlooker(is_owner=True, is_operator=False)
OPERATOR = Onlooker(is_owner=False, is_operator=True)


def test_the_truth_table_of_the_gate() -> None:
    statuses = ("uploading", "quarantined", "transcoding", "ready", "refused", "removed")
    for now, visibility, purpose in itertools.product(
        statuses, ("public", "unlisted", "private"), ("post", "creative")
    ):
        facts = {"status": now, "visibility": visibility, "purpose": purpose}
        open_to_all = now == "ready" and (visibility != "private" or purpose == "creative")
        assert status.is_open_to_all(**facts) == open_to_all
        assert status.may_watch(onlooker=STRANGER, **facts) == open_to_all
        for special in (OWNER, OPERATOR):
            assert status.may_watch(onlooker=special, **facts) == (now != "removed")


def test_steps_go_forward_only() -> None:
    status.check_step(status="uploading", wanted="quarantined")
    with pytest.raises(status.WrongMoment, match="is ready, so it cannot become uploading"):
        status.check_step(status="ready", wanted="uploading")
    assert not status.MAY_BECOME["removed"]


def test_a_video_is_published_when_others_can_see_it() -> None:
    assert status.may_be_published_at(status="ready", visibility="unlisted")
    assert not status.may_be_published_at(status="ready", visibility="private")
    assert not status.may_be_published_at(status="transcoding", visibility="public")


@pytest.mark.parametrize(
    ("head", "demuxer"),
    [
        (b"\x00\x00\x00\x20ftypisom", "mov"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x00", "mov"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81", "matroska"),
    ],
)
def test_first_bytes_name_the_container(head: bytes, demuxer: str) -> None:
    assert intake.sniff_container(head) == demuxer


@pytest.mark.parametrize(
    "head", [b"#EXTM3U\n#EXT-X-", b"RIFF....AVI LIST", b"GIF89a", b"\x00" * 12]
)
def test_other_files_are_no_videos_whatever_their_name(head: bytes) -> None:
    with pytest.raises(refusals.NotAVideo):
        intake.sniff_container(head)


def test_empty_and_too_large_files_are_refused() -> None:
    with pytest.raises(refusals.EmptyFile):
        intake.sniff_container(b"")
    with pytest.raises(refusals.EmptyFile):
        intake.check_bytes(0)
    intake.check_bytes(refusals.MAX_BYTES)
    with pytest.raises(refusals.TooLarge, match="has 501 MB; a clip may have 500 MB"):
        intake.check_bytes(refusals.MAX_BYTES + 1)


def test_names_must_look_like_videos() -> None:
    intake.check_name("Holiday.MOV")
    with pytest.raises(refusals.NotAVideoName, match="“notes"):
        intake.check_name("notes.txt")


def test_codecs_and_sizes_outside_the_list_are_refused_before_decoding() -> None:
    intake.check_pictures(codec="hevc", width=64, height=4096)
    with pytest.raises(refusals.UnknownPictures, match="“magicyuv”"):
        intake.check_pictures(codec="magicyuv", width=640, height=480)
    with pytest.raises(refusals.TooManyPixels, match="4098×640"):
        intake.check_pictures(codec="h264", width=4098, height=640)
    with pytest.raises(refusals.TooFewPixels, match="640×62"):
        intake.check_pictures(codec="h264", width=640, height=62)
    assert intake.is_known_sound("pcm_s16le")
    assert intake.is_known_sound("opus")
    assert not intake.is_known_sound("wmav2")


@pytest.mark.parametrize(
    ("survey", "refusal"),
    [
        (intake.Survey(0, 5_000, 5_000, 5_000), refusals.NoPictures),
        (intake.Survey(5, 200, 200, 200), refusals.TooShort),
        (intake.Survey(5_000, 181_000, 181_000, 0), refusals.TooLong),
        (intake.Survey(30_000, 60_000, 60_000, 60_000), refusals.TooManyPictures),
        (intake.Survey(90, 3_000, 3_000, 60_000), refusals.CutOff),
    ],
)
def test_a_survey_that_shows_a_bad_file_is_refused(
    survey: intake.Survey, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        intake.check_survey(survey)


@pytest.mark.parametrize(
    ("pictures", "duration_ms", "promised_ms"),
    [(5_400, 180_040, 180_040), (900, 30_000, 30_900), (900, 30_000, 0), (15, 500, 1_400)],
)
def test_a_survey_of_an_ordinary_file_passes(
    pictures: int, duration_ms: int, promised_ms: int
) -> None:
    intake.check_survey(intake.Survey(pictures, duration_ms, duration_ms, promised_ms))


def test_a_stream_of_too_many_pieces_is_refused_before_it_ends() -> None:
    intake.check_packet_count(45_000)
    with pytest.raises(refusals.TooManyPictures):
        intake.check_packet_count(45_001)


def test_processor_time_grows_with_the_clip() -> None:
    assert intake.cpu_seconds_allowed(0) == 60
    assert intake.cpu_seconds_allowed(30_000) == 960


def test_every_refusal_of_a_file_fits_into_its_column() -> None:
    facts = dict.fromkeys(
        ("codec", "name", "width", "height", "limit", "found", "promised"), "x" * 20
    )
    for kind in vars(refusals).values():
        if isinstance(kind, type) and kind.__module__ == refusals.__name__:
            assert len(str(kind(**facts, megabytes=501))) <= 300


def test_the_ladder_never_enlarges() -> None:
    assert ladder.ladder(Size(1080, 1920), frames_per_second=30) == (
        Rendition("1080p", Size(1080, 1920), 5000),
        Rendition("720p", Size(720, 1280), 2600),
        Rendition("480p", Size(480, 854), 1100),
    )
    assert ladder.ladder(Size(540, 960), frames_per_second=60) == (
        Rendition("540p", Size(540, 960), 2250),
    )
    largest, *_ = ladder.ladder(Size(2160, 3840), frames_per_second=30)
    assert largest.size == Size(1080, 1920)
    assert [r.name for r in ladder.ladder(Size(1920, 1080), frames_per_second=30)] == [
        "1080p",
        "720p",
        "480p",
    ]


@given(st.integers(64, 4096), st.integers(64, 4096))
def test_every_rendition_is_even_smaller_than_the_one_above_and_never_larger_than_the_source(
    width: int, height: int
) -> None:
    source = Size(width, height)
    renditions = ladder.ladder(source, frames_per_second=30)
    assert 1 <= len(renditions) <= 3
    assert len({r.name for r in renditions}) == len(renditions)
    for rendition in renditions:
        size = rendition.size
        assert size.width % 2 == size.height % 2 == 0
        assert size.width <= width + 1
        assert size.height <= height + 1
        assert max(size.width, size.height) <= 1920
        assert size.short_side <= 1080
    for upper, lower in itertools.pairwise(renditions):
        assert lower.size.short_side * 5 <= upper.size.short_side * 4 + 5


@pytest.mark.parametrize(
    ("rate", "snapped"),
    [
        ("30000/1001", 30),
        ("24000/1001", 24),
        ("25", 25),
        ("29.4", 30),
        ("120", 60),
        ("10", 24),
        ("0", 30),
    ],
)
def test_frame_rates_snap_to_standards(rate: str, snapped: int) -> None:
    assert ladder.snap_rate(Fraction(rate)) == snapped
    assert ladder.snap_rate(None) == 30


def test_loudness_is_brought_to_minus_14_within_20_db() -> None:
    assert ladder.gain_db(-20.5) == 6.5
    assert ladder.gain_db(-50.0) == 20.0
    assert ladder.gain_db(8.0) == -20.0
    assert ladder.gain_db(-70.0) == ladder.gain_db(None) == 0.0


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-99", (0, 99)),
        ("bytes=900-", (900, 999)),
        ("bytes=900-5000", (900, 999)),
        ("bytes=-100", (900, 999)),
        ("bytes=-5000", (0, 999)),
    ],
)
def test_byte_ranges_are_read(header: str, span: tuple[int, int]) -> None:
    found = files.read_range(header, size=1000)
    assert found == files.Span(*span)
    assert found.length == span[1] - span[0] + 1


@pytest.mark.parametrize(
    "header", ["bytes=0-1,5-6", "items=0-5", "bytes=-", "bytes=9-3", "garbage"]
)
def test_ranges_that_need_not_be_served_are_ignored(header: str) -> None:
    assert files.read_range(header, size=1000) is None


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=1000-", 1000), ("bytes=-0", 10), ("bytes=-5", 0)]
)
def test_ranges_outside_the_file_are_refused(header: str, size: int) -> None:
    with pytest.raises(files.BadRange):
        files.read_range(header, size=size)


@pytest.mark.parametrize(
    "name",
    [
        "../source", "source", "made.json", "served/master.m3u8", "720p/../../source", "/etc/hosts",
        "720p/index.m3u8/", "720p//init.mp4", "master.m3u8\n", "१p/init.mp4", "1p/1.m4s%00", "",
    ],
)  # fmt: skip
def test_only_known_names_are_files(name: str) -> None:
    with pytest.raises(files.NoSuchFile):
        files.check_file_name(name)


def test_types_and_caching_of_files() -> None:
    for name, kind in (
        ("master.m3u8", "application/vnd.apple.mpegurl"),
        ("1080p/init.mp4", "video/mp4"),
        ("480p/12.m4s", "video/iso.segment"),
        ("poster.webp", "image/webp"),
        ("captions.vtt", "text/vtt; charset=utf-8"),
    ):
        assert files.content_type(files.check_file_name(name)) == kind
        assert files.cache_control(name, is_open_to_all=False) == "private, no-cache"
    assert files.cache_control("720p/3.m4s", is_open_to_all=True).endswith("immutable")
    assert files.cache_control("master.m3u8", is_open_to_all=True) == "public, max-age=60"


def test_captions_are_checked_line_by_line() -> None:
    text = captions.check_captions(
        b"\xef\xbb\xbfWEBVTT - tides\r\n\r\n1\r\n00:01.000 --> 00:02.500 line:0\r\nHello\r\n"
    )
    assert text == "WEBVTT - tides\n\n1\n00:01.000 --> 00:02.500 line:0\nHello\n"
    assert captions.check_language("pt-BR") == "pt-BR"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"1\n00:01.000 --> 00:02.000\nHello", "line 1: a WebVTT file begins"),
        (b"WEBVTT\n\n00:02.000 --> 00:01.000\nHello", "line 3: the cue ends before"),
        (b"WEBVTT\n\n00:02 --> 00:03\nHello", "line 3: write times as"),
        (b"WEBVTT\n\nHello", "no cue"),
        (b"WEBVTT\n\n\xff\xfe", "line 3: it is not UTF-8"),
        (b"WEBVTT" + b"x" * 300_000, "larger than 256 KiB"),
    ],
)
def test_bad_captions_say_where_they_are_wrong(content: bytes, sentence: str) -> None:
    with pytest.raises(captions.BadCaptions, match=sentence):
        captions.check_captions(content)


def test_languages_are_tags() -> None:
    with pytest.raises(captions.BadLanguage):
        captions.check_language("English!")


def test_details_are_trimmed_and_each_track_counts_once() -> None:
    given_details = details.Details(" Low tide ", " by the sea ", "unlisted", (3, 3, 4))
    assert details.check_details(given_details) == details.Details(
        "Low tide", "by the sea", "unlisted", (3, 4)
    )


def test_a_category_belongs_to_a_wider_one_of_the_same_list() -> None:
    assert categories.with_wider("IAB1-6") == {"IAB1-6", "IAB1"}
    assert categories.with_wider("IAB8") == {"IAB8"}
    assert categories.with_wider(categories.NOT_SAID) == frozenset()
    assert all(
        categories.with_wider(one) <= set(categories.CATEGORIES) for one in categories.CATEGORIES
    )
    assert categories.by_name()[0] == ("IAB1", "Arts & Entertainment")


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (details.Details("  "), details.BadTitle),
        (details.Details("x" * 151), details.BadTitle),
        (details.Details("a\x00b"), details.BadTitle),
        (details.Details("x", "y" * 2001), details.DescriptionTooLong),
        (details.Details("x", visibility="friends"), details.BadVisibility),
        (details.Details("x", track_ids=(1, 2, 3)), details.TooManyTracks),
        (details.Details("x", category="Music"), categories.BadCategory),
    ],
)
def test_bad_details_are_refused(wrong: details.Details, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        details.check_details(wrong)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(max_size=20)))
def test_upload_metadata_is_read_back(pairs: dict[str, str]) -> None:
    header = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())
    assert tus.read_metadata(header) == pairs


@pytest.mark.parametrize("header", ["title !!!", "title /w==", "a YQ==,a YQ=="])
def test_bad_upload_metadata_is_refused(header: str) -> None:
    with pytest.raises(tus.BadMetadata):
        tus.read_metadata(header)


@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "٣", "9" * 16])
def test_lengths_are_whole_numbers(value: str | None) -> None:
    with pytest.raises(tus.BadNumber, match="Upload-Length"):
        tus.read_number(value, header="Upload-Length")
    assert tus.read_number("12", header="Upload-Length") == 12


def test_a_piece_continues_exactly_where_the_file_ends() -> None:
    tus.check_offset(offset=5, held=5, size=10, coming=5)
    tus.check_offset(offset=5, held=5, size=10, coming=None)
    with pytest.raises(tus.WrongOffset, match="has 5 bytes"):
        tus.check_offset(offset=6, held=5, size=10, coming=1)
    with pytest.raises(tus.BeyondLength, match="with 10 bytes"):
        tus.check_offset(offset=5, held=5, size=10, coming=6)


def test_the_account_of_a_finished_clip_is_read_back() -> None:
    made = Made(
        duration_ms=8000,
        width=1080,
        height=1920,
        has_audio=True,
        frames_per_second=30,
        gain_db=-1.5,
        renditions=("1080p", "720p"),
    )
    assert read_made(made.to_json()) == made

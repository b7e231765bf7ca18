"""HLS playlists, read and written."""

from fractions import Fraction

from takings.videos.rules import playlist
from takings.videos.rules.ladder import Size
from takings.videos.rules.playlist import Variant

RENDITION = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.000000,
0.m4s
#EXTINF:0.500000,
1.m4s
#EXT-X-ENDLIST
"""


def test_segments_of_a_rendition_are_read() -> None:
    assert playlist.read_segments(RENDITION) == [
        ("0.m4s", Fraction(2)),
        ("1.m4s", Fraction(1, 2)),
    ]


def test_bit_rates_are_measured_and_a_short_end_fakes_no_peak() -> None:
    assert playlist.bit_rates([(250_000, Fraction(2)), (100_000, Fraction(1, 2))]) == (
        1_000_000,
        1_120_000,
    )


def test_codecs_come_from_the_avc_configuration() -> None:
    init = b"....avcC\x01\x64\x00\x1f...."
    assert playlist.codecs(init, has_audio=True) == "avc1.64001f,mp4a.40.2"
    assert playlist.codecs(init, has_audio=False) == "avc1.64001f"


def test_the_master_lists_its_variants() -> None:
    master = playlist.master_playlist(
        [Variant("720p", Size(720, 1280), 30, "avc1.64001f,mp4a.40.2", 2_000_000, 1_500_000)]
    )
    assert master == (
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=2000000,AVERAGE-BANDWIDTH=1500000,"
        'CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=720x1280,FRAME-RATE=30.000\n'
        "720p/index.m3u8\n"
    )

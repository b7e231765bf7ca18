"""Why a file is refused, in sentences a creator can act on. The source is kept in every case."""

from takings.core.errors import Invalid, TooMuch

MAX_BYTES = 500 * 1024 * 1024
MAX_DURATION_MS = 180_000
MIN_DURATION_MS = 300
DURATION_SLACK_MS = 999  # "three minutes" as editors export them: 3:00.04
MAX_SIDE_PIXELS = 4096
MIN_SIDE_PIXELS = 64
MAX_PICTURES_PER_SECOND = 250


class NotAVideoName(Invalid):
    """The file's name says that it is something else."""

    code = "not_a_video_name"
    sentence = "“{name}” does not look like a video. Choose an MP4, MOV, WebM or MKV file."


class TooLarge(TooMuch):
    """The file has more bytes than we take."""

    code = "too_large"
    sentence = "This file has {megabytes} MB; a clip may have {limit} MB. Export it smaller."


class EmptyFile(Invalid):
    """There is nothing in it."""

    code = "empty_file"
    sentence = "This file is empty. Choose the clip again."


class NotAVideo(Invalid):
    """The first bytes belong to no container that we read."""

    code = "not_a_video"
    sentence = (
        "This file is not an MP4, MOV, WebM or MKV video, whatever its name says. "
        "Export your clip as MP4 and upload that."
    )


class Damaged(Invalid):
    """FFmpeg cannot read it."""

    code = "damaged"
    sentence = (
        "This file is damaged or incomplete: we could not read it to the end. "
        "Export or download it again and upload the new copy."
    )


class CutOff(Invalid):
    """The header promises more than there is."""

    code = "cut_off"
    sentence = (
        "This file stops after {found} s although it should last {promised} s. "
        "It was cut off on its way; export or download it again."
    )


class NoPictures(Invalid):
    """Sound only, or nothing at all."""

    code = "no_pictures"
    sentence = "There are no moving pictures in this file. Upload a video, not only its sound."


class TooLong(Invalid):
    """Short video is short."""

    code = "too_long"
    sentence = "This clip is longer than {limit} s. Cut it shorter and upload it again."


class TooShort(Invalid):
    """A clip must last long enough to be seen."""

    code = "too_short"
    sentence = "This clip is shorter than a third of a second: there is nothing to watch."


class TooManyPixels(Invalid):
    """Larger than any phone films."""

    code = "too_many_pixels"
    sentence = (
        "The picture is {width}×{height}; no side may be longer than {limit} pixels. "
        "Export it at 1080×1920."
    )


class TooFewPixels(Invalid):
    """Smaller than a thumbnail."""

    code = "too_few_pixels"
    sentence = "The picture is {width}×{height}; each side needs at least {limit} pixels."


class TooManyPictures(Invalid):
    """No camera films this fast: the file is made to exhaust whoever opens it."""

    code = "too_many_pictures"
    sentence = "This file holds more than {limit} pictures per second. Export it at 60 or fewer."


class UnknownPictures(Invalid):
    """A picture codec outside the list we decode."""

    code = "unknown_pictures"
    sentence = "The pictures are coded as “{codec}”, which we cannot read. Export as H.264 (MP4)."


class UnknownSound(Invalid):
    """A sound codec outside the list we decode."""

    code = "unknown_sound"
    sentence = "The sound is coded as “{codec}”, which we cannot read. Export it as AAC (MP4)."


class TooMuchWork(Invalid):
    """Time or memory ran out: a bomb, or a file far outside the usual."""

    code = "too_much_work"
    sentence = (
        "Preparing this file took more time or memory than a clip of its length may. "
        "Export it again as H.264 (MP4) at 1080×1920 and upload that."
    )


class GaveUp(Invalid):
    """Our own failure, after several attempts."""

    code = "gave_up"
    sentence = (
        "We could not prepare this clip, and the fault may be ours. Your file is kept: "
        "press “Try again”, or export it again as MP4."
    )

"""Why other players could not show an ad: the codes of VAST 4.2 § 2.3.6.3, and when to worry."""

BEGAN = 0
UNDEFINED = 900
FEWEST_REPORTS = 200
ONE_IN = 5
"""More than one failure in so many reports, of that many or more, is an alarm."""
_MEANINGS = {
    100: "The document could not be parsed.",
    101: "The document does not follow the schema.",
    102: "The player does not speak this version of VAST.",
    200: "The player expected another kind of ad.",
    201: "The player expected a linear ad, or none.",
    202: "The player expected another length.",
    203: "The player expected another size.",
    204: "The category of the ad is missing.",
    205: "The category of the ad is blocked there.",
    206: "The break was shortened; the ad was not shown.",
    300: "A wrapper failed.",
    301: "A wrapper took too long.",
    302: "There were too many wrappers.",
    303: "There was no ad behind a wrapper.",
    304: "The ad was not displayed in time.",
    400: "The ad could not be displayed.",
    401: "The media file was not found.",
    402: "The media file took too long.",
    403: "The player supports none of the media files.",
    405: "The media file could not be played.",
    406: "The player asked for a mezzanine file.",
    407: "The mezzanine file was not ready yet.",
    408: "The ad was rejected as conditional.",
    409: "The interactive part was not executed.",
    410: "The verification was not executed.",
    411: "The mezzanine file does not follow the specification.",
    500: "A nonlinear ad failed.",
    600: "A companion ad failed.",
    UNDEFINED: "The player gave no reason we know.",
    901: "The interactive part failed.",
    902: "The interactive part failed.",
}


def read_error_code(query: bytes) -> int:
    """Return ``code`` of a query; 900 when the player left the macro, or a number is none of VAST.

    >>> read_error_code(b"code=405"), read_error_code(b"code=[ERRORCODE]")
    (405, 900)
    """
    given = query.partition(b"code=")[2].partition(b"&")[0]
    code = int(given) if given.isdigit() and len(given) == len("900") else UNDEFINED
    return code if code // 100 * 100 in _MEANINGS else UNDEFINED


def error_meaning(code: int) -> str:
    """Return a code in words; one of a group that has no words of its own has its group's."""
    return _MEANINGS.get(code) or _MEANINGS[code // 100 * 100]


def is_alarming(*, failed: int, told: int) -> bool:
    """Tell whether an operator should look at an ad: its file, its length, its size."""
    return told >= FEWEST_REPORTS and failed * ONE_IN > told

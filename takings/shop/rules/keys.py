"""A list of licence keys: read whole, and refused with what is wrong in it."""

from takings.core.errors import Invalid

LONGEST_KEY, MOST_KEYS = 200, 5_000


class BadKeys(Invalid):
    """Who pays for a key gets one that opens something."""

    code = "bad_licence_keys"
    sentence = "Write one key a line, with up to 200 characters; 1 to 5,000 at once, none twice."


def read_keys(text: str) -> list[str]:
    r"""Return the keys of a list, one a line; empty lines are passed over. Refuses: BadKeys.

    >>> read_keys(" AAAA-1 \n\nBBBB-2")
    ['AAAA-1', 'BBBB-2']
    """
    keys = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(keys) <= MOST_KEYS or len(set(keys)) < len(keys):
        raise BadKeys
    if any(len(key) > LONGEST_KEY or "\0" in key for key in keys):
        raise BadKeys
    return keys

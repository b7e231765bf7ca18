"""What a trusted proxy in front says about the client; believed only when the settings say so."""

from typing import cast

from config.edge import Headers, Message


def believe(scope: Message) -> None:
    """Replace the client's address and scheme by what the nearest proxy wrote.

    Only the last address of ``X-Forwarded-For`` is our proxy's own word; those before it came
    from the client and may be invented.
    """
    for name, value in cast("Headers", scope["headers"]):
        if name == b"x-forwarded-for":
            address = value.decode("latin-1").rsplit(",", 1)[-1].strip()
            scope["client"] = (address, 0)
        elif name == b"x-forwarded-proto" and value in (b"http", b"https"):
            scope["scheme"] = value.decode()

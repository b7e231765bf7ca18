"""What a creator can do about views that did not count, reason by reason; often: nothing."""

_NOTHING = "Nothing to do."

_ADVICE = {
    "too_short": "Begin with what happens: the first seconds decide whether people stay.",
    "repeat": f"{_NOTHING} Fans who come back are welcome; they only do not count again so soon.",
    "own_view": f"{_NOTHING} Watch yourself as often as you like; it is never held against you.",
    "bot": f"{_NOTHING} If you paid somebody for views, stop: robots never earn, and brands look.",
    "late": f"{_NOTHING} The viewer's device was without a network for too long.",
    "duplicate": f"{_NOTHING} It is a fault of a player or a trick of somebody else.",
    "unknown_video": "Keep a video public while people watch it; what is removed does not count.",
    "blocked": f"{_NOTHING} The network is on our list of those that send false traffic.",
    "data_centre": f"{_NOTHING} Machines are not people. If you paid for views, stop.",
    "impossible": f"{_NOTHING} The player told times that cannot be.",
    "busy_viewer": f"{_NOTHING} No person watches that much in a day.",
    "everywhere": f"{_NOTHING} Nobody watches in so many places at once.",
    "busy_network": f"{_NOTHING} More was watched there than so many people can.",
    "farm": "Buy no views, and ask nobody to watch in turns: crowds on one network do not count.",
    "promoted": "Paid showings win you viewers, not money: what they watch afterwards counts.",
    "other_surface": "Views count where the rules below say so; put the video there.",
    "other_country": f"{_NOTHING} The rules below say in which countries views count.",
    "disliked": "Show early what the video is about, so that those who stay want to see it.",
}


def what_to_do(outcome: str) -> str:
    """Return a friendly sentence about an outcome; views that counted need none."""
    if outcome == "qualified":
        return ""
    return _ADVICE.get(outcome, "If this is many of your views, ask us about it.")

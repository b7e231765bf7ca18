"""The ad of a place in a video, as a player of HLS interstitials reads it.

The list is that of draft-pantos-hls-rfc8216bis, appendix D. What a player has to tell stands beside
the ad as SVTA 2053-2 says; the card is for players of our own pages.
"""

import json
from collections.abc import Mapping

from takings.ads.rules.serving import NoAd
from takings.ads.rules.vast import EVENT_OF, SKIPPABLE_AFTER_MS, Filling

SCHEME = "takings:decision"


def no_assets(why: NoAd) -> bytes:
    """Return a list without an ad: the video goes on. It says why."""
    return json.dumps({"ASSETS": [], "X-NO-AD": {"code": why.code, "why": why.sentence}}).encode()


def one_asset(filling: Filling, *, card: Mapping[str, object]) -> bytes:
    """Return a list with one ad, what to tell of it and when it may be skipped."""
    asset = {
        "URI": filling.media_url,
        "DURATION": filling.offer.duration_ms / 1000,
        "X-AD-CREATIVE-SIGNALING": _signaling(filling),
        "X-AD": card,
    }
    skippable_ms = filling.offer.duration_ms - SKIPPABLE_AFTER_MS
    if skippable_ms <= 0:
        return json.dumps({"ASSETS": [asset]}).encode()
    skip = {
        "OFFSET": SKIPPABLE_AFTER_MS / 1000,
        "DURATION": skippable_ms / 1000,
        "LABEL-ID": "skip-ad",
    }
    return json.dumps({"ASSETS": [asset], "SKIP-CONTROL": skip}).encode()


def _signaling(filling: Filling) -> dict[str, object]:
    slot = {
        "type": "linear",
        "start": 0,
        "duration": filling.offer.duration_ms / 1000,
        "identifiers": [{"scheme": SCHEME, "value": str(filling.decision.decision_id)}],
        "tracking": [
            {"type": str(report), "urls": [filling.report_url(report)]} for report in EVENT_OF
        ],
    }
    return {"version": 2, "type": "slot", "payload": [slot]}

"""Tables of requests."""

from takings.requests.models.money import Release, TakenBack
from takings.requests.models.ratings import Rating
from takings.requests.models.requests import ACT_WORDS, Case, Delivery, Message, Request, Step
from takings.requests.models.services import Price, Service

__all__ = [
    "ACT_WORDS",
    "Case",
    "Delivery",
    "Message",
    "Price",
    "Rating",
    "Release",
    "Request",
    "Service",
    "Step",
    "TakenBack",
]

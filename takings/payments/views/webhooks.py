"""Where providers send their messages: stored, answered with 200, worked later."""

import datetime as dt
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from takings.core import clock
from takings.core.errors import Forbidden, NotFound, Refusal
from takings.payments import actions

LARGEST_BYTES = 256 * 1024


@csrf_exempt  # the sender is no browser: it proves itself by its signature
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a message; a refusal is told by its code, and nothing is stored."""
    return taken(request, provider=provider, receive=actions.receive_webhook)


class Receive(Protocol):
    """An action that stores what a provider sends, and returns how many events were new."""

    def __call__(
        self, *, provider: str, body: bytes, headers: Mapping[str, str], at: dt.datetime
    ) -> int:
        """Store it, or refuse."""


def taken(request: HttpRequest, *, provider: str, receive: Receive) -> HttpResponse:
    """Hand a message to the action that stores it, and answer the provider."""
    if len(request.body) > LARGEST_BYTES:
        return JsonResponse({"code": "too_long"}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        stored = receive(
            provider=provider, body=request.body, headers=request.headers, at=clock.now()
        )
    except Refusal as refusal:
        answer = {"code": refusal.code, "sentence": str(refusal)}
        return JsonResponse(answer, status=_status(refusal))
    return JsonResponse({"stored": stored})


def _status(refusal: Refusal) -> HTTPStatus:
    if isinstance(refusal, NotFound):
        return HTTPStatus.NOT_FOUND
    is_forged = isinstance(refusal, Forbidden)
    return HTTPStatus.FORBIDDEN if is_forged else HTTPStatus.UNPROCESSABLE_ENTITY

"""Where providers who pay creators send their messages: stored, answered with 200, worked later."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from takings.payments.views.webhooks import taken
from takings.payouts.actions import receive_event


@csrf_exempt  # the sender is no browser: it proves itself by its signature
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a message; a refusal is told by its code, and nothing is stored."""
    return taken(request, provider=provider, receive=receive_event)

"""Hot routes of videos as raw ASGI: uploads by the tus protocol, and every byte of media."""

from takings.videos.edge.http import Message, Receive, Request, Send, answer_refusals
from takings.videos.edge.media import serve_media
from takings.videos.edge.threads import shutdown
from takings.videos.edge.tus import serve_uploads

__all__ = ["app", "shutdown"]


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer ``/uploads/…`` and ``/media/…``."""
    request = Request(scope, receive)
    route = serve_media if request.path.startswith("/media/") else serve_uploads
    await answer_refusals(route, request, send)

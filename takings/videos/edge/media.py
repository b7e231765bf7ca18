"""``GET /media/<video>/<file>``: every request asks the gate, then bytes go the shortest way."""

import hashlib
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.conf import settings

from takings.core import clock
from takings.people.queries import NotSignedIn
from takings.videos.edge.caller import has_session, signed_in_user
from takings.videos.edge.http import Headers, Request, Send, WrongMethod, answer, begin
from takings.videos.edge.threads import ask, write
from takings.videos.queries import Media, NoSuchVideo, access_media, breaks_in
from takings.videos.rules import files
from takings.videos.rules.breaks import with_breaks
from takings.videos.rules.files import NoSuchFile, Span

_BLOCK_BYTES = 512 * 1024
FOR_OTHER_SITES = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
"""What lets players of other sites read media that are open to all anyway."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that this caller may read; ``written`` is what is sent in its stead, if anything."""

    path: Path
    size: int
    tag: str
    cache_control: str
    written: bytes | None = None


async def serve_media(request: Request, send: Send) -> None:
    """Answer one request for a media file: whole, a range of it, or “you have it already”."""
    if request.method not in {"GET", "HEAD"}:
        raise WrongMethod(method=request.method)
    video_id, name = _address(request.path)
    found = await ask(_find, request, video_id, name)
    headers = {
        "content-type": files.content_type(name),
        "cache-control": found.cache_control,
        "etag": found.tag,
        "accept-ranges": "bytes",
    }
    if found.cache_control.startswith("private"):
        headers["vary"] = "cookie"
    elif settings.EMBED_SITES:
        headers |= FOR_OTHER_SITES
    if _is_known(request, found.tag):
        await begin(send, HTTPStatus.NOT_MODIFIED, headers)
        await send({"type": "http.response.body", "body": b""})
        return
    span = _span(request, found)
    if found.written is not None:
        headers["content-length"] = str(found.size)
        body = b"" if request.method == "HEAD" else found.written
        await answer(send, HTTPStatus.OK, headers, body=body)
    elif span is None:
        await _send_whole(request, send, found=found, headers=headers)
    else:
        await _send_span(send, found=found, span=span, headers=headers)


def _address(path: str) -> tuple[uuid.UUID, str]:
    video, _, name = path.removeprefix("/media/").partition("/")
    try:
        video_id = uuid.UUID(video)
    except ValueError:
        raise NoSuchFile from None
    if str(video_id) != video:  # one address for one file: no braces, no capitals
        raise NoSuchFile
    return video_id, files.check_file_name(name)


def _find(request: Request, video_id: uuid.UUID, name: str) -> _Found:
    media = _access(request, video_id)
    path = media.path(name)
    try:
        facts = path.stat()
    except FileNotFoundError:
        raise NoSuchFile from None
    cache_control = files.cache_control(name, is_open_to_all=media.is_open_to_all)
    if rendition := files.rendition_of(name):
        text = with_breaks(
            path.read_text(),
            breaks_in(video_id=video_id, at=clock.now()),
            video_id=video_id,
            rendition=rendition,
        )
        body = text.encode()
        tag = hashlib.sha256(body).hexdigest()[:16]
        return _Found(path, len(body), f'"{tag}"', cache_control, body)
    tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    return _Found(path, facts.st_size, tag, cache_control)


def _access(request: Request, video_id: uuid.UUID) -> Media:
    """Ask the gate as nobody first: most media are open, and the session then need not be read."""
    try:
        return access_media(user_id=None, video_id=video_id)
    except NoSuchVideo:
        if not has_session(request):
            raise
    try:
        user = signed_in_user(request)
    except NotSignedIn:
        raise NoSuchVideo from None
    return access_media(user_id=user.pk, video_id=video_id)


def _is_known(request: Request, tag: str) -> bool:
    known = request.header("if-none-match")
    return known is not None and tag in {each.strip() for each in known.split(",")}


def _span(request: Request, found: _Found) -> Span | None:
    header = request.header("range")
    if header is None or request.header("if-range") not in {None, found.tag}:
        return None
    return files.read_range(header, size=found.size)


async def _send_whole(request: Request, send: Send, *, found: _Found, headers: Headers) -> None:
    await begin(send, HTTPStatus.OK, {**headers, "content-length": str(found.size)})
    if request.method == "HEAD":
        await send({"type": "http.response.body", "body": b""})
    elif request.can_send_paths:
        await send({"type": "http.response.pathsend", "path": str(found.path)})
    else:
        await _send_blocks(send, found.path, Span(0, found.size - 1))


async def _send_span(send: Send, *, found: _Found, span: Span, headers: Headers) -> None:
    extra = {
        "content-length": str(span.length),
        "content-range": f"bytes {span.first}-{span.last}/{found.size}",
    }
    await begin(send, HTTPStatus.PARTIAL_CONTENT, {**headers, **extra})
    await _send_blocks(send, found.path, span)


async def _send_blocks(send: Send, path: Path, span: Span) -> None:
    """Send bytes block by block: never more than one in memory."""
    at = span.first
    while at <= span.last:
        block = await write(_read, path, at, min(_BLOCK_BYTES, span.last + 1 - at))
        at += len(block) or span.length  # a file cut short meanwhile ends the answer
        await send({"type": "http.response.body", "body": block, "more_body": at <= span.last})


def _read(path: Path, at: int, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(count)

"""``/uploads/``: resumable uploads by the tus protocol 1.0.0 (creation, expiration, termination).

The file on disk is the only memory: its length is the offset, before and after any crash. A
``PATCH`` is answered after ``fsync``.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import PurePath
from typing import Final, cast

from django.utils.http import http_date

from takings.core import clock, ids
from takings.videos import actions
from takings.videos.actions import Details, Receiver, Source
from takings.videos.edge.caller import check_same_site, signed_in_user
from takings.videos.edge.http import Gone, Headers, Request, Send, WrongMethod, answer
from takings.videos.edge.threads import ask, write
from takings.videos.models import Purpose, Status, Video
from takings.videos.queries import own_videos, received_bytes
from takings.videos.rules import tus
from takings.videos.rules.refusals import MAX_BYTES

IDLE_SECONDS: Final = 20.0  # a connection that died without saying so must not hold the lock
_BLOCK_BYTES: Final = 1024 * 1024
_PIECE_TYPE: Final = "application/offset+octet-stream"


@dataclass(frozen=True, slots=True)
class _Upload:
    """One of the caller's uploads, as the database and the disk know it."""

    video_id: uuid.UUID
    size_bytes: int
    offset: int
    expires: str | None

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size_bytes

    @property
    def headers(self) -> Headers:
        held = {"upload-offset": str(self.offset), "upload-length": str(self.size_bytes)}
        return held | ({"upload-expires": self.expires} if self.expires else {})


async def serve_uploads(request: Request, send: Send) -> None:
    """Answer one tus request."""
    request.always = {
        "tus-resumable": tus.VERSION,
        "tus-version": tus.VERSION,
        "cache-control": "no-store",
    }
    if request.method == "OPTIONS":
        sizes = {"tus-max-size": str(MAX_BYTES), "tus-extension": tus.EXTENSIONS}
        await answer(send, HTTPStatus.NO_CONTENT, request.always | sizes)
        return
    if request.header("tus-resumable") != tus.VERSION:
        raise tus.WrongVersion
    if request.method != "HEAD":
        check_same_site(request)
    match request.method, request.path.removeprefix("/uploads").strip("/"):
        case "POST", "":
            await _create(request, send)
        case "HEAD", name if name:
            await _tell_offset(request, send, name)
        case "PATCH", name if name:
            await _append(request, send, name)
        case "DELETE", name if name:
            await ask(_cancel, request, name)
            await answer(send, HTTPStatus.NO_CONTENT, request.always)
        case _:
            raise WrongMethod(method=request.method)


async def _create(request: Request, send: Send) -> None:
    """Announce an upload: 201 with its address."""
    size = tus.read_number(request.header("upload-length"), header="Upload-Length")
    metadata = tus.read_metadata(request.header("upload-metadata") or "")
    video = await ask(_start, request, metadata, size)
    place = {"location": f"/uploads/{video.pk}", "upload-expires": _expires(video)}
    await answer(send, HTTPStatus.CREATED, request.always | place)


def _start(request: Request, metadata: dict[str, str], size: int) -> Video:
    at = clock.now()
    name = metadata.get("filename", "")
    purpose = metadata.get("purpose", Purpose.POST.value)
    if purpose not in Purpose.values:
        raise tus.BadPurpose(given=purpose[:20])
    return actions.start_upload(
        user=signed_in_user(request),
        source=Source(tus.read_id(metadata.get("id")) or ids.uuid7(at=at), name, size),
        purpose=Purpose(purpose),
        details=Details(
            title=metadata.get("title") or PurePath(name).stem,
            description=metadata.get("description", ""),
            visibility=metadata.get("visibility", "public"),
            track_ids=tus.read_numbers(metadata.get("tracks", "")),
            category=metadata.get("category", ""),
        ),
        at=at,
    )


async def _tell_offset(request: Request, send: Send, name: str) -> None:
    upload = await ask(_find, request, name)
    await answer(send, HTTPStatus.OK, request.always | upload.headers)


def _find(request: Request, name: str) -> _Upload:
    """Return the caller's upload; one that is complete but was never finished is finished now."""
    video = _own_upload(request, name)
    held = video.source_bytes
    if video.status == Status.UPLOADING:
        held = received_bytes(video.pk)
        if held == video.source_bytes:
            video = actions.finish_upload(video_id=video.pk, at=clock.now())
    expires = _expires(video) if video.status == Status.UPLOADING else None
    return _Upload(video.pk, video.source_bytes, held, expires)


def _own_upload(request: Request, name: str) -> Video:
    try:
        video_id = uuid.UUID(name)
    except ValueError:
        raise tus.NoSuchUpload from None
    video = own_videos(user=signed_in_user(request)).filter(pk=video_id).first()
    if video is None:
        raise tus.NoSuchUpload
    return video


def _cancel(request: Request, name: str) -> None:
    video = _own_upload(request, name)
    actions.cancel_upload(
        video_id=video.pk, why="Cancelled.", by=signed_in_user(request), at=clock.now()
    )


def _expires(video: Video) -> str:
    return http_date(actions.expires_at(video).timestamp())


async def _append(request: Request, send: Send, name: str) -> None:
    """Receive one piece: 204 with the new offset, after the bytes are on the disk."""
    if request.header("content-type") != _PIECE_TYPE:
        raise tus.WrongType
    offset = tus.read_number(request.header("upload-offset"), header="Upload-Offset")
    length = request.header("content-length")
    coming = None if length is None else tus.read_number(length, header="Content-Length")
    upload = await ask(_find, request, name)
    if upload.is_complete:
        tus.check_offset(offset=offset, held=upload.offset, size=upload.size_bytes, coming=coming)
    else:
        upload = await _receive(request, upload, offset=offset, coming=coming)
    await answer(send, HTTPStatus.NO_CONTENT, request.always | upload.headers)


async def _receive(
    request: Request, upload: _Upload, *, offset: int, coming: int | None
) -> _Upload:
    receiver = await write(
        Receiver,
        video_id=upload.video_id,
        size_bytes=upload.size_bytes,
        offset=offset,
        coming=coming,
    )
    try:
        async for block in _blocks(request):
            await write(receiver.write, block)
    finally:  # also when the connection is cut: what came stays
        await asyncio.shield(write(receiver.close))
    received = replace(upload, offset=receiver.offset)
    if received.is_complete:
        await ask(actions.finish_upload, video_id=upload.video_id, at=clock.now())
        return replace(received, expires=None)
    return received


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    """Yield the body in blocks worth a write; what came before a cut is yielded, too."""
    held = bytearray()
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await request.receive()
        except TimeoutError:
            yield bytes(held)
            raise tus.TooSlow(seconds=round(IDLE_SECONDS)) from None
        is_gone = message["type"] != "http.request"
        held += cast("bytes", message.get("body", b""))
        is_over = is_gone or not message.get("more_body")
        if held and (is_over or len(held) >= _BLOCK_BYTES):
            yield bytes(held)
            held.clear()
        if is_gone:
            raise Gone
        if is_over:
            return

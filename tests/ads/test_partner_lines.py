"""The connections to partners outside: answers are read whole, and connections are few."""

import asyncio
import ssl
from pathlib import Path

import pytest

from takings.ads.edge.line import (
    AnswerTooLargeError,
    BadAnswerError,
    Line,
    LineBusyError,
    Reply,
)
from takings.ads.queries.outside import Outside
from tests.make.outside import TAG, certificate

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls") / "line.pem")


def talk(pem: Path, *answers: bytes, ends: bool = True, at_once: int = 1) -> list[object]:
    """Ask once for each answer, which a server gives in turn; return what came of each."""

    async def story() -> list[object]:
        left = list(answers)
        seen: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while left:
                head = await reader.readuntil(b"\r\n\r\n")
                seen.append(head + await reader.readexactly(2))
                writer.write(left.pop(0))
                await writer.drain()
                if ends:
                    break
            writer.close()

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(pem)
        async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls) as server:
            port = server.sockets[0].getsockname()[1]
            outside = Outside(
                addresses=lambda _host: [("127.0.0.1", port)],
                admits=lambda _address: True,
                tls=ssl.create_default_context(cafile=str(pem)),
            )
            line = Line(f"https://{TAG}/bid?k=1", outside=outside)
            asks = [line.post(b"{}", {"x-key": "s3cret"}) for _ in answers]
            if at_once > 1:
                found: list[object] = list(await asyncio.gather(*asks, return_exceptions=True))
            else:
                found = [await asyncio.wait_for(_caught(one), 5) for one in asks]
            line.close()
        assert all(
            one.startswith(b"POST /bid?k=1 HTTP/1.1\r\nhost: tag.example\r\n") for one in seen
        )
        return found

    return asyncio.run(story())


async def _caught(asked: object) -> object:
    try:
        return await asked  # type: ignore[misc] # a coroutine
    except (OSError, BadAnswerError, AnswerTooLargeError) as error:
        return type(error)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (HEAD + b"content-length: 2\r\n\r\nok", Reply(200, b"ok")),
        (b"HTTP/1.0 200 OK\r\n\r\nok", Reply(200, b"ok")),
        (b"HTTP/1.1 204\r\n\r\n", Reply(204, b"")),
        (CHUNKED + b"1;x=y\r\no\r\n1\r\nk\r\n0\r\nx: y\r\n\r\n", Reply(200, b"ok")),
        (CHUNKED + b"zz\r\n", BadAnswerError),
        (CHUNKED + b"40001\r\n", AnswerTooLargeError),
        (CHUNKED + b"2\r\no", BadAnswerError),
        (CHUNKED + b"1" * 20_000, BadAnswerError),
        (HEAD + b"content-length: -1\r\n\r\n", BadAnswerError),
        (HEAD + b"content-length: 262145\r\n\r\n", AnswerTooLargeError),
        (HEAD + b"\r\n" + b"x" * 262_145, AnswerTooLargeError),
        (HEAD + b"x: y" * 10_000 + b"\r\n\r\n", AnswerTooLargeError),
        (HEAD + b"x: y\r\n" * 200 + b"\r\n", BadAnswerError),
        (HEAD + b"content-encoding: gzip\r\ncontent-length: 2\r\n\r\nok", BadAnswerError),
        (b"SMTP 200 OK\r\n\r\n", BadAnswerError),
        (b"HTTP/1.1 ok\r\n\r\n", BadAnswerError),
        (b"", BadAnswerError),
    ],
)
def test_an_answer_is_read_whole_or_not_at_all(pem: Path, answer: bytes, found: object) -> None:
    assert talk(pem, answer) == [found]


def test_a_connection_is_used_again_and_one_that_was_closed_is_replaced(pem: Path) -> None:
    one = HEAD + b"content-length: 2\r\n\r\nok"
    assert talk(pem, one, one, ends=False) == [Reply(200, b"ok")] * 2
    assert talk(pem, one, one) == [Reply(200, b"ok")] * 2
    closing = HEAD + b"connection: close\r\ncontent-length: 2\r\n\r\nok"
    assert talk(pem, closing, one) == [Reply(200, b"ok")] * 2


def test_so_many_connections_and_no_more(pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takings.ads.edge.line.MOST_CONNECTIONS", 1)
    one = HEAD + b"content-length: 2\r\n\r\nok"
    found = talk(pem, one, one, at_once=2)
    assert found[0] == Reply(200, b"ok")
    assert isinstance(found[1], LineBusyError)

"""A bucket on this machine, behind HTTP as S3 speaks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import localbucket
from django.test import override_settings
from typing_extensions import override

BUCKET = "viewing-facts"


@contextmanager
def bucket(folder: Path, *, prefix: str = "lake") -> Iterator[Path]:
    """Let the lake lie in a bucket, whose objects are files below the folder that this gives."""
    (folder / BUCKET).mkdir(parents=True)

    class Quiet(localbucket.S3Handler):  # type: ignore[misc]  # it has no types
        data_root = folder

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        @override
        def do_PUT(self) -> None:
            """Take the empty mark of a folder as S3 does: Arrow leaves one where it deletes."""
            if self.path.endswith("/"):
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                super().do_PUT()

    with serving(Quiet) as address, in_bucket(endpoint=address, prefix=prefix):
        yield folder / BUCKET


@contextmanager
def in_bucket(*, endpoint: str, prefix: str = "lake") -> Iterator[None]:
    """Let the settings say that the lake lies in a bucket there."""
    with override_settings(
        LAKE_URL=f"s3://{BUCKET}/{prefix}",
        LAKE_ENDPOINT=endpoint,
        LAKE_REGION="eu-central-1",
        LAKE_KEYS=("of-a-test", "secret"),
    ):
        yield


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a port of this machine; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

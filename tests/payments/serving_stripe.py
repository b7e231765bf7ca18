"""The wire of the small Stripe: it listens on 127.0.0.1, and reads and answers as Stripe does."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

from tests.payments.fake_stripe import FakeStripe, Json, Refused


def nested(query: str) -> Json:
    """Read ``a[b][0][c]=d`` as Stripe does."""
    tree: Json = {}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        path = re.findall(r"[^\[\]]+", name)
        place = tree
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = values[-1]
    found: Json = _lists(tree)
    return found


def _lists(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if tree and all(key.isdigit() for key in tree):
        return [_lists(tree[key]) for key in sorted(tree, key=int)]
    return {key: _lists(value) for key, value in tree.items()}


class Account(ThreadingHTTPServer):
    """Listens for one account."""

    def __init__(self, fake: FakeStripe) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.fake = fake


class Handler(BaseHTTPRequestHandler):
    """One call."""

    server: Account

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer(urlsplit(self.path).query)

    def do_POST(self) -> None:
        """Do something."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, query: str) -> None:
        fake, path = self.server.fake, urlsplit(self.path).path
        key = self.headers.get("Idempotency-Key", "")
        with fake.lock:
            fake.account = self.headers.get("Stripe-Account", "")
            if fake.fails:
                fake.fails -= 1
                self._send(500, {"error": {"type": "api_error", "message": "Try later."}})
                return
            try:
                status, body = 200, fake.answer(self.command, path, nested(query), key=key)
            except Refused as refused:
                status, body = refused.status, refused.body
            if fake.drops and self.command == "POST":
                fake.drops -= 1
                self.close_connection = True  # done, and nobody hears of it
                return
        self._send(status, body)

    def _send(self, status: int, body: Json) -> None:
        told = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)


@contextmanager
def fake_stripe(fake: FakeStripe | None = None) -> Iterator[tuple[FakeStripe, str]]:
    """Run the API on 127.0.0.1; yield it and its address."""
    server = Account(fake or FakeStripe())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.fake, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

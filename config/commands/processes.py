"""Single processes, for more than one machine."""

from config import web, worker


def work(*queues: str) -> None:
    """Take jobs from these queues."""
    worker.main(list(queues))


def serve(address: str, port: int) -> None:
    """Serve pages and edge routes."""
    web.main(address, port)

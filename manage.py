#!/usr/bin/env python
"""Django's own commands, on the database of this data home; for everything else: ``takings``."""

import contextlib
import os
import sys

from django.core.management import execute_from_command_line

from takings.core.errors import Refusal
from takings.host import home
from takings.host.postgres.server import open_server


def main() -> None:
    """Join the running PostgreSQL, or start it for the length of this command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            server = stack.enter_context(open_server(home=home.data_home()))
            os.environ["DATABASE_URL"] = server.url
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except Refusal as refusal:
        sys.exit(str(refusal))

#!/usr/bin/env python
"""Django's own commands, as the owner of the tables; for everything else: ``takings``."""

import contextlib
import os
import sys

from django.core.management import execute_from_command_line

from takings.core.errors import Refusal
from takings.host import home
from takings.host.environment import setting
from takings.host.postgres.server import open_server


def main() -> None:
    """Join the running PostgreSQL, or start it for the length of this command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with contextlib.ExitStack() as stack:
        url = setting("TAKINGS_OWNER_DATABASE_URL") or setting("DATABASE_URL")
        if not url:
            url = stack.enter_context(open_server(home=home.data_home())).url
        os.environ["DATABASE_URL"] = url
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except Refusal as refusal:
        sys.exit(str(refusal))

"""Running a command: its module is imported late, because it loads Django and that the settings."""

import importlib
import os
from collections.abc import Callable
from typing import cast

from config.database import database, database_refusals
from config.readiness import has_demo
from takings.host import home


def call(module: str, name: str) -> Callable[..., None]:
    """Find a command; only now, because its module loads Django, which reads the settings."""
    return cast("Callable[..., None]", getattr(importlib.import_module(module), name))


def run(module: str, name: str, *arguments: object, **options: object) -> None:
    """Run a command beside the database; it knows a demo home even outside of `takings up`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if has_demo(home=home.data_home()):
        os.environ["TAKINGS_DEMO"] = "1"
    with database(home=home.data_home()), database_refusals():
        importlib.import_module("config.application")  # before any model is imported
        call(module, name)(*arguments, **options)

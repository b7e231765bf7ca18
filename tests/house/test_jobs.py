"""Jobs are named after what they do."""

import re

from procrastinate.contrib.django import app

from tests.house.source import apps

NAME = re.compile(r"(?P<app>[a-z]+)\.[a-z]+(_[a-z]+)+")
BORROWED = "builtin:"  # the queue's own


def test_every_job_is_named_app_dot_verb_object() -> None:
    names = {task.name for task in app.tasks.values() if not task.name.startswith(BORROWED)}
    assert len(names) > 10
    known = {folder.name for folder in apps()} | {"host"}
    for name in names:
        found = NAME.fullmatch(name)
        assert found, name
        assert found["app"] in known, name

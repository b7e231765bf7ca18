"""A browser for the pages' tests."""

import subprocess

import pytest
from django.conf import settings

from tests.make.browser import chromium, look

__all__ = ["chromium", "look", "parts"]


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the measuring parts of the front end as one script that defines ``parts``."""
    folder = tmp_path_factory.mktemp("parts")
    subprocess.run(
        ["npm", "run", "--silent", "build:testing", str(folder)],
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (folder / "parts.js").read_text()

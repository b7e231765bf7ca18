"""Letters: plain text by e-mail, from the templates that each app keeps under ``letters``."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

MOST_SUBJECT_CHARS = 120


def send_letter(
    *, address: str, subject: str, letter: str, told: Mapping[str, object], page: str
) -> None:
    """Write what the template ``letter`` makes of ``told`` and of the ``link`` to a page.

    A subject is one line, however people named what it is about.
    """
    send_mail(
        subject=" ".join(subject.split())[:MOST_SUBJECT_CHARS],
        message=render_to_string(letter, {**told, "link": f"{settings.PUBLIC_URL}{page}"}),
        from_email=None,
        recipient_list=[address],
    )

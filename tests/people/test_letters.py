"""Letters: one template, one link, one line of subject."""

from django.core import mail
from django.test import override_settings

from takings.people.actions.letters import MOST_SUBJECT_CHARS, send_letter
from tests.make.people import NOON


@override_settings(PUBLIC_URL="https://takings.example")
def test_a_title_of_two_lines_is_one_line_of_a_subject_and_no_header() -> None:
    told = {"reminder": {"user": {"display_name": "Vera"}}, "room": {"starts_at": NOON}}
    send_letter(
        address="vera@example.org",
        subject=f"Dunes\r\nBcc: everybody@example.org {'at night ' * 40}",
        letter="live/letters/begun.txt",
        told=told,
        page="/live/1/",
    )
    [letter] = mail.outbox
    assert letter.subject.startswith("Dunes Bcc: everybody@example.org at night")
    assert len(letter.subject) <= MOST_SUBJECT_CHARS
    assert letter.recipients() == ["vera@example.org"]
    assert "https://takings.example/live/1/" in str(letter.body)

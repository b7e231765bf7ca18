"""The address of a mail server is read whole, or refused."""

import pytest

from config.mail import BadMailServer, MailServer, mail_server

WRAPPED = MailServer("mx.x.org", 4650, "u", "p", use_ssl=True)
UPGRADED = MailServer("mx.x.org", 587, "pay@x.org", "a/b", use_tls=True)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer()),
        ("smtp://pay%40x.org:a%2Fb@mx.x.org", UPGRADED),
        ("smtps://u:p@mx.x.org:4650", WRAPPED),
        ("smtp://localhost:2525", MailServer(port=2525)),
    ],
)
def test_a_server_is_called_as_its_address_says(url: str, server: MailServer) -> None:
    assert mail_server(url=url) == server


@pytest.mark.parametrize(
    "url", ["mx.x.org", "http://mx.x.org", "smtp://", "smtp://h:no", "smtp://[h", "smtp://h/path"]
)
def test_an_address_that_leads_nowhere_is_refused(url: str) -> None:
    with pytest.raises(BadMailServer):
        mail_server(url=url)

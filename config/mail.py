"""Who delivers letters: an SMTP server by its address. No Django here."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from takings.core.errors import Invalid

SMTP = "django.core.mail.backends.smtp.EmailBackend"
PATIENCE_S = 20
PORTS = {"smtp": 587, "smtps": 465}
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}


class BadMailServer(Invalid):
    """Letters would go nowhere."""

    code = "bad_mail_server"
    sentence = "TAKINGS_EMAIL_URL must be smtp://user:password@host:587 or smtps://…@host:465."


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over, in the words of Django's settings."""

    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    use_ssl: bool = False
    use_tls: bool = False


def mail_server(*, url: str) -> MailServer:
    """Read ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://`` (TLS from the start).

    Only this machine itself gets letters unencrypted; it is what nothing means. Refuses:
    :class:`BadMailServer`.
    """
    if not url:
        return MailServer()
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        raise BadMailServer from None
    if scheme not in PORTS or not host or parts.path.strip("/"):
        raise BadMailServer
    return MailServer(
        host=host,
        port=port or PORTS[scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_ssl=scheme == "smtps",
        use_tls=scheme == "smtp" and host not in THIS_MACHINE,
    )

"""Documents that prove who somebody is: what may be sent, told by its first bytes."""

from takings.core.errors import Conflict, Invalid, TooMuch

MOST_BYTES = 5 * 2**20
MOST = 10
KINDS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
)


class NotADocument(Invalid):
    """The bytes are of no kind that an operator can look at, whatever the file is called."""

    code = "not_a_document"
    sentence = "“{name}” is neither a PDF nor a JPEG or PNG picture."


class DocumentTooLarge(TooMuch):
    """A photograph or a scan is smaller."""

    code = "document_too_large"
    sentence = "A document may have {most} MB; make the picture smaller."


class TooManyDocuments(Conflict):
    """Nobody needs so many to say who they are."""

    code = "too_many_documents"
    sentence = "{most} documents were sent already; wait until somebody has looked at them."


def check_document(*, name: str, content: bytes) -> tuple[str, str]:
    """Return the type of a file and the end of its name. Refuses: DocumentTooLarge, NotADocument.

    >>> check_document(name="passport.pdf", content=b"%PDF-1.7 ...")
    ('application/pdf', 'pdf')
    """
    if len(content) > MOST_BYTES:
        raise DocumentTooLarge(most=MOST_BYTES // 2**20)
    for start, kind, suffix in KINDS:
        if content.startswith(start):
            return kind, suffix
    raise NotADocument(name=name)

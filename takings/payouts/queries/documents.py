"""Documents of creators, for themselves and for operators."""

from uuid import UUID

from django.db.models import QuerySet

from takings.core.errors import NotFound
from takings.payouts.models import Document, Review
from takings.people.models import Creator
from takings.people.queries import Visitor, access_operator


class NoSuchDocument(NotFound):
    """No document has this id."""

    code = "no_such_document"
    sentence = "There is no such document."


def documents_of(*, creator: Creator) -> list[Document]:
    """Return what a creator sent, without the files."""
    return list(_without_files().filter(creator=creator))


def unread_documents(*, creator: Creator) -> list[Document]:
    """Return what a creator sent since an operator gave a verdict last."""
    last = Review.objects.filter(profile__creator=creator).order_by("-reviewed_at").first()
    rows = _without_files().filter(creator=creator)
    return list(rows.filter(sent_at__gt=last.reviewed_at) if last else rows)


def access_document(*, user: Visitor, document_id: UUID) -> Document:
    """Return a document to an operator. Refuses: OperatorsOnly, NoSuchDocument."""
    access_operator(user=user)
    found = Document.objects.filter(pk=document_id).first()
    if found is None:
        raise NoSuchDocument
    return found


def _without_files() -> QuerySet[Document]:
    return Document.objects.defer("content")

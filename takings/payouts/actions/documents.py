"""Documents: sent by creators, sealed, opened by operators, each opening written down."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.payouts import queries
from takings.payouts.actions.papers import NoPapersYet, PaperIdTaken
from takings.payouts.models import Document, Profile, Proof
from takings.payouts.rules.documents import MOST, TooManyDocuments, check_document
from takings.people.actions import record_staff_act
from takings.people.models import Creator, User


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent. ``id`` is the sender's: sent twice, it is one document."""

    id: UUID
    proves: Proof
    name: str
    content: bytes


@transaction.atomic
def send_document(*, creator: Creator, sent: Sent, at: dt.datetime) -> Document:
    """Keep a document of a creator who told who they are; the same again changes nothing.

    Refuses: NoPapersYet, DocumentTooLarge, NotADocument, TooManyDocuments, PaperIdTaken.
    """
    content_type, suffix = check_document(name=sent.name, content=sent.content)
    digest = hashlib.sha256(sent.content).hexdigest()
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    known = Document.objects.filter(pk=sent.id).first()
    if known is not None:
        if (known.creator_id, known.proves, known.digest) != (creator.pk, sent.proves, digest):
            raise PaperIdTaken
        return known
    if not Profile.objects.filter(creator=creator).exists():
        raise NoPapersYet
    if len(queries.unread_documents(creator=creator)) >= MOST:
        raise TooManyDocuments(most=MOST)
    return Document.objects.create(
        id=sent.id,
        creator=creator,
        proves=sent.proves,
        content_type=content_type,
        suffix=suffix,
        content=queries.vault().lock_bytes(sent.content),
        digest=digest,
        sent_at=at,
    )


@transaction.atomic
def open_document(*, operator: User, document: Document, at: dt.datetime) -> bytes:
    """Return what was sent, and write down who looked at it. Refuses: SealedWithOtherKey."""
    record_staff_act(
        operator=operator,
        act="payouts.document_opened",
        target=f"document:{document.pk}",
        reason=f"SHA-256 {document.digest}",
        at=at,
    )
    return queries.vault().open_bytes(document.content)

"""Documents that prove who a creator is: sealed, once, opened by operators alone."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from takings.payouts import queries
from takings.payouts.actions import Sent, open_document, send_document
from takings.payouts.actions.papers import NoPapersYet, PaperIdTaken
from takings.payouts.models import Document, Proof
from takings.payouts.rules.documents import (
    MOST,
    MOST_BYTES,
    DocumentTooLarge,
    NotADocument,
    TooManyDocuments,
    check_document,
)
from takings.people.models import Creator, StaffAct, User
from tests.make.pages import page_text
from tests.make.payouts import make_profile, make_verified
from tests.make.people import NOON, make_creator, make_operator

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a passport"
STUDIO = "/studio/payouts/documents/"


def sent(content: bytes = PDF, *, id: UUID | None = None) -> Sent:  # noqa: A002 - its own
    return Sent(id or uuid4(), Proof.IDENTITY, "passport.pdf", content)


def keep(creator: Creator, what: Sent) -> Document:
    return send_document(creator=creator, sent=what, at=NOON)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, ("application/pdf", "pdf")),
        (b"\xff\xd8\xff\xe0 photo", ("image/jpeg", "jpg")),
        (b"\x89PNG\r\n\x1a\n scan", ("image/png", "png")),
    ],
)
def test_a_document_is_known_by_its_first_bytes(content: bytes, kind: tuple[str, str]) -> None:
    assert check_document(name="x.exe", content=content) == kind


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"<html><script>", NotADocument),
        (b"", NotADocument),
        (PDF + b" " * MOST_BYTES, DocumentTooLarge),
    ],
)
def test_what_nobody_can_look_at_is_refused(content: bytes, refusal: type[Exception]) -> None:
    ada = make_creator()
    make_profile(ada)
    with pytest.raises(refusal):
        keep(ada, sent(content))
    assert not Document.objects.exists()


def test_a_document_is_sealed_kept_once_and_never_changes() -> None:
    ada, ben = make_creator("Ada"), make_creator("Ben")
    what = sent()
    with pytest.raises(NoPapersYet):
        keep(ada, what)
    make_profile(ada)
    kept = keep(ada, what)
    assert keep(ada, what) == kept
    assert PDF not in bytes(Document.objects.get().content)
    assert str(kept) == "Passport or identity card"
    for other in (replace(what, content=PDF + b"!"), replace(what, proves=Proof.TAX)):
        with pytest.raises(PaperIdTaken):
            keep(ada, other)
    make_profile(ben)
    with pytest.raises(PaperIdTaken):
        keep(ben, what)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.update(proves=Proof.TAX)
    operator = make_operator()
    assert open_document(operator=operator, document=kept, at=NOON) == PDF
    act = StaffAct.objects.get()
    assert (act.act, act.target) == ("payouts.document_opened", f"document:{kept.pk}")


def test_only_so_many_wait_to_be_looked_at() -> None:
    ada = make_creator()
    make_profile(ada)
    for _ in range(MOST):
        keep(ada, sent())
    with pytest.raises(TooManyDocuments):
        keep(ada, sent())
    make_verified(ada)
    assert queries.unread_documents(creator=ada) == []
    keep(ada, sent())
    assert len(queries.documents_of(creator=ada)) == MOST + 1


def test_a_creator_sends_and_an_operator_opens(sign_in: Callable[[User], Client]) -> None:
    ada = make_creator()
    profile = make_profile(ada)
    studio, desk = sign_in(ada.user), sign_in(make_operator())
    assert "You sent no document yet." in page_text(studio.get(STUDIO))

    def send(content: bytes) -> str:
        file = SimpleUploadedFile("passport.pdf", content)
        data = {"id": str(uuid4()), "proves": "identity", "file": file}
        return page_text(studio.post(STUDIO, data, follow=True))

    assert "“passport.pdf” is neither a PDF nor a JPEG or PNG picture." in send(b"MZ")
    assert "A document may have 5 MB" in send(PDF + b" " * MOST_BYTES)
    assert "The submitted file is empty." in send(b"")
    assert "Thank you." in send(PDF)
    document = Document.objects.get()
    place = f"/desk/payouts/documents/{document.pk}/"
    review = desk.get(f"/desk/payouts/profiles/{profile.pk}/")
    assert place in review.content.decode()
    opened = desk.post(place)
    assert opened.content == PDF
    assert opened["Content-Type"] == "application/pdf"
    assert opened["Content-Disposition"] == f'attachment; filename="{ada.handle}-identity.pdf"'
    assert StaffAct.objects.filter(act="payouts.document_opened").count() == 1
    assert desk.get(place).status_code == 405
    assert studio.post(place).status_code == 404
    assert desk.post(f"/desk/payouts/documents/{uuid4()}/").status_code == 404

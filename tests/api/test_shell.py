"""The shell of the API: what it says when it says no."""

import json

import pytest
from django.http import Http404
from django.test import Client, RequestFactory

from takings.api.api import api
from takings.api.rules import sentence_of, status_of
from takings.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooMuch,
    Unavailable,
)
from takings.people.queries import NotSignedIn


class FileTooLarge(TooMuch):
    """A limit of size."""

    code = "file_too_large"
    sentence = "No."


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Invalid(), 422),
        (Forbidden(), 403),
        (NotFound(), 404),
        (Conflict(), 409),
        (TooMuch(), 429),
        (FileTooLarge(), 413),
        (Unavailable(), 503),
        (NotSignedIn(), 401),
        (Refusal(), 400),
    ],
)
def test_each_kind_of_refusal_has_its_status(refusal: Refusal, status: int) -> None:
    assert status_of(refusal) == status


def test_the_problems_of_a_request_become_one_sentence() -> None:
    problems = [(("body", "change", "title"), "Field required"), ((), "Nothing given")]
    assert sentence_of(problems) == "title: field required; request: nothing given."


def test_an_unknown_address_answers_in_json(client: Client) -> None:
    answer = client.get("/api/nothing/here")
    assert answer.status_code == 404
    assert answer.json() == {"code": "no_such_endpoint", "sentence": "There is nothing here."}


def test_the_document_and_its_page_are_served(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["info"]["title"] == "Takings"
    assert document["components"]["schemas"]["Problem"]["required"] == ["code", "sentence"]
    assert b"swagger-ui" in client.get("/api/docs").content
    assert json.dumps(document)


def test_what_django_cannot_find_answers_in_the_same_shape() -> None:
    answer = api.on_exception(RequestFactory().get("/api/x"), Http404())
    assert answer.status_code == 404
    assert json.loads(answer.content)["code"] == "not_found"

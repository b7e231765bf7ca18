"""Proofs on the desk: operators download what a stranger can check; nobody else gets them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from takings.ledger import jobs
from takings.people.models import User
from tests.make.ledger import make_prepaid
from tests.make.pages import page_text
from tests.make.people import make_creator, make_operator
from tools import verify_proof

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _heads(tmp_path: Path) -> Iterator[None]:
    with override_settings(TREE_HEADS=tmp_path / "tree-heads.jsonl"):
        yield


def test_an_operator_downloads_a_proof_and_the_head(sign_in: SignIn) -> None:
    desk = sign_in(make_operator())
    posted = make_prepaid("100")
    proof = f"/desk/entries/{posted.entry_id}/proof.json"
    assert "Sealed and signed" not in page_text(desk.get("/desk/"))
    assert "not sealed yet" in desk.get(proof).content.decode()
    jobs.seal_entries()
    page = desk.get("/desk/")
    assert "Sealed and signed 1 batch" in page_text(page)
    head = json.loads(desk.get("/desk/tree-head.json").content)
    answer = desk.get(proof)
    assert answer["Content-Disposition"].startswith("attachment")
    given = json.loads(answer.content)
    assert given["head"] == head
    assert verify_proof.check_entry(given, head["public_key"]).startswith("entry ")
    assert proof in desk.get(f"/trace/entry/{posted.entry_id}/").content.decode()
    assert desk.get(f"/desk/entries/{uuid4()}/proof.json").status_code == 404


def test_nobody_else_gets_a_proof(sign_in: SignIn) -> None:
    posted = make_prepaid("100")
    jobs.seal_entries()
    creator = sign_in(make_creator("Ada").user)
    for address in (f"/desk/entries/{posted.entry_id}/proof.json", "/desk/tree-head.json"):
        assert creator.get(address).status_code == 404

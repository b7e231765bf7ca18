"""The pages of vouchers: a creator's own codes, and the operators' stock."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from takings.people.models import User
from takings.vouchers.models import Fault
from tests.make.pages import page_text
from tests.make.people import make_creator, make_operator, make_user
from tests.make.settlement import Act
from tests.make.vouchers import HEAD, make_vouchers, voucher_line

pytestmark = pytest.mark.django_db
CODE, OTHER = "TH-7KQ4-M9ZT", "TH-8LR5-N2AB"


def loading(*lines: str) -> dict[str, object]:
    content = "\n".join((HEAD, *lines)).encode()
    return {"id": str(uuid4()), "file": SimpleUploadedFile("codes.csv", content)}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def first_choice(studio: Client) -> str:
    """Return the first voucher that the page of rewards offers."""
    shelves = studio.get("/gifts/studio/rewards/").context["shelves"]
    [vouchers] = [shelf for shelf in shelves if shelf.reward.name == "vouchers"]
    choice: str = vouchers.choices[0].offer.choice
    return choice


def answer_to() -> str:
    """Return where an operator answers what waits."""
    return f"/vouchers/desk/faults/{Fault.objects.get(is_approved=None).pk}/"


def test_a_voucher_from_the_operators_file_to_its_owner_and_what_becomes_of_a_faulty_one(
    ada: Act,
) -> None:
    desk, studio = signed_in(make_operator()), signed_in(ada.creator.user)
    assert "There are no vouchers." in page_text(desk.get("/vouchers/desk/"))
    wrong = desk.post("/vouchers/desk/", loading(voucher_line("x")))
    assert (wrong.status_code, "Line 2: A code has 6" in wrong.content.decode()) == (422, True)
    lines = [voucher_line(code) for code in (CODE, OTHER)]
    told = page_text(desk.post("/vouchers/desk/", loading(*lines), follow=True))
    assert "2 codes were loaded." in told
    rewards = "/gifts/studio/rewards/"
    assert "No vouchers yet" in page_text(studio.get("/vouchers/"))
    shown = page_text(studio.get(rewards))
    assert "€20.00 at Threadhouse, until 31 December 2027€20.00Take" in shown
    choice = first_choice(studio)
    form = {"id": str(uuid4()), "reward": "vouchers", "choice": choice}
    assert "Done: €20.00 at Threadhouse" in page_text(studio.post(rewards, form, follow=True))
    mine = studio.get("/vouchers/")
    assert "no-store" in mine["Cache-Control"]
    [code] = [one for one in (CODE, OTHER) if one in page_text(mine)]
    voucher = mine.context["vouchers"][0].handout.pk
    fault = f"/vouchers/{voucher}/fault/"
    assert "Say what happened" in page_text(studio.post(fault, {}, follow=True))
    told = page_text(studio.post(fault, {"said": "It was used."}, follow=True))
    assert "You get another code" in told
    assert "look into it" in page_text(studio.get("/vouchers/"))
    assert "voucher does not work" in page_text(desk.get("/desk/finance/"))
    shown = page_text(desk.get("/vouchers/desk/"))
    assert "It was used." in shown
    assert CODE not in shown
    assert OTHER not in shown
    said = {"verdict": "replace", "reason": "Used before."}
    assert "They have another code." in page_text(desk.post(answer_to(), said, follow=True))
    shown = page_text(studio.get("/vouchers/"))
    assert code not in shown
    assert "Why another oneUsed before." in shown
    replaced = studio.get("/vouchers/").context["vouchers"][0].handout.pk
    studio.post(f"/vouchers/{replaced}/fault/", {"said": "This one too."})
    assert "Write why" in page_text(desk.post(answer_to(), {}, follow=True))
    said = {"verdict": "return", "reason": "The shop closed."}
    told = page_text(desk.post(answer_to(), said, follow=True))
    assert "Their earnings are payable again." in told
    assert "Your earnings were given back: The shop closed." in page_text(studio.get("/vouchers/"))
    assert "earnings given back" in page_text(studio.get(rewards))


def test_a_fault_is_declined_and_what_is_left_of_a_file_withdrawn(ada: Act) -> None:
    load = make_vouchers(CODE, OTHER)
    desk, studio = signed_in(make_operator()), signed_in(ada.creator.user)
    choice = first_choice(studio)
    form = {"id": str(uuid4()), "reward": "vouchers", "choice": choice}
    studio.post("/gifts/studio/rewards/", form)
    mine = studio.get("/vouchers/").context["vouchers"][0].handout.pk
    studio.post(f"/vouchers/{mine}/fault/", {"said": "It was used."})
    said = {"verdict": "decline", "reason": "It works here."}
    assert "they read why" in page_text(desk.post(answer_to(), said, follow=True))
    assert "It works here." in page_text(studio.get("/vouchers/"))
    leave = f"/vouchers/desk/loads/{load.pk}/withdraw/"
    told = page_text(desk.post(leave, {"reason": "Misprinted."}, follow=True))
    assert "Nobody gets them any more." in told
    assert "Withdrawn: Misprinted." in told
    assert "There is none for you now." in page_text(studio.get("/gifts/studio/rewards/"))


def test_codes_are_their_owners_and_the_stock_is_the_operators(ada: Act) -> None:
    make_vouchers(CODE)
    studio, other = signed_in(ada.creator.user), signed_in(make_creator("Ben").user)
    choice = first_choice(studio)
    form = {"id": str(uuid4()), "reward": "vouchers", "choice": choice}
    studio.post("/gifts/studio/rewards/", form)
    mine = studio.get("/vouchers/").context["vouchers"][0].handout.pk
    assert CODE not in page_text(other.get("/vouchers/"))
    assert other.post(f"/vouchers/{mine}/fault/", {"said": "Mine?"}).status_code == 404
    viewer = signed_in(make_user())
    assert viewer.get("/vouchers/desk/").status_code == 404
    assert viewer.post("/vouchers/desk/", loading()).status_code == 404

"""Who may be paid and where to: told by creators, looked at by operators, refused by name."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import override_settings

from takings.payouts import queries
from takings.payouts.actions import (
    LookedAtBefore,
    NewerProfile,
    NoPapersYet,
    NotOnTheList,
    OnTheList,
    PaperIdTaken,
    choose_method,
    review_profile,
    submit_profile,
)
from takings.payouts.models import Method, Profile, Review, Verdict
from takings.payouts.rules.deciding import ProfileState
from takings.payouts.rules.names import NameMismatch
from takings.payouts.rules.papers import (
    FormOfOthers,
    Papers,
    TaxNumberMissing,
    Unsigned,
    WrongTaxNumber,
    WrongVatNumber,
)
from takings.payouts.rules.screening import BadList
from takings.payouts.rules.withholding import TaxForm, TaxStatus
from takings.people.models import Creator, StaffAct
from tests.make.payouts import (
    ADA,
    IBAN,
    SEPA,
    american,
    make_method,
    make_profile,
    make_verified,
    us_account,
)
from tests.make.people import NOON, make_creator, make_operator

pytestmark = pytest.mark.django_db
SCROOGE = replace(ADA, legal_name="Ebenezer Scrooge", born_on=None, is_company=True)


TODAY = NOON.date()


def state(creator: Creator, *, on: dt.date = TODAY) -> ProfileState:
    return queries.standing(creator=creator).state(on=on)


def look(profile: Profile, verdict: Verdict) -> Review:
    return review_profile(
        operator=make_operator(), profile=profile, verdict=verdict, reason="Seen.", at=NOON
    )


def test_papers_are_submitted_checked_and_verified_or_rejected_with_a_reason() -> None:
    ada = make_creator()
    assert state(ada) == ProfileState.MISSING
    assert queries.standing(creator=ada).tax_status() is None
    first = make_profile(ada)
    assert state(ada) == ProfileState.SUBMITTED
    look(first, Verdict.REJECTED)
    assert state(ada) == ProfileState.REJECTED
    second = make_verified(ada, papers=replace(ADA, claims_treaty=True))
    assert state(ada) == ProfileState.VERIFIED
    assert (first.number, second.number) == (1, 2)
    found = queries.standing(creator=ada).tax_status()
    assert found == TaxStatus(TaxForm.W8BEN, "DE", claims_treaty=True)
    acts = list(StaffAct.objects.order_by("id").values_list("act", "target"))
    assert acts == [
        ("payouts.profile_rejected", f"profile:{first.pk}"),
        ("payouts.profile_verified", f"profile:{second.pk}"),
    ]
    assert [str(first), str(first.review)] == [
        f"profile 1 of {ada.pk}",
        f"{first.pk}: rejected",
    ]


def test_a_form_of_a_non_resident_expires_and_that_of_a_resident_does_not() -> None:
    ada, ben = make_creator(), make_creator("Ben")
    make_verified(ada)
    make_verified(ben, papers=american())
    last = dt.date(2029, 12, 31)
    assert state(ada, on=last) == ProfileState.VERIFIED
    assert state(ada, on=last + dt.timedelta(days=1)) == ProfileState.EXPIRED
    assert state(ben, on=dt.date(2039, 1, 1)) == ProfileState.VERIFIED


@pytest.mark.parametrize(
    ("papers", "signature", "refusal"),
    [
        (ADA, "Ada Byron", Unsigned),
        (replace(ADA, tax_number=""), "Ada Lovelace", TaxNumberMissing),
        (replace(ADA, tax_form=TaxForm.W9), "Ada Lovelace", FormOfOthers),
        (replace(american(), tax_form=TaxForm.W8BEN), "Ada Lovelace", FormOfOthers),
        (replace(american(), tax_number=""), "Ada Lovelace", TaxNumberMissing),
        (replace(american(), tax_number="123"), "Ada Lovelace", WrongTaxNumber),
        (replace(ADA, vat_number="DE123"), "Ada Lovelace", WrongVatNumber),
    ],
)
def test_what_does_not_go_together_is_refused_and_nothing_kept(
    papers: Papers, signature: str, refusal: type[Exception]
) -> None:
    ada = make_creator()
    with pytest.raises(refusal):
        submit_profile(creator=ada, papers=papers, signature=signature, id=uuid4(), at=NOON)
    assert not Profile.objects.exists()


def test_papers_outside_the_union_need_no_number() -> None:
    kenyan = replace(ADA, country="KE", tax_form=TaxForm.NONE, tax_number="", vat_number="")
    assert queries.papers_of(make_profile(make_creator(), papers=kenyan)) == kenyan
    with_vat = replace(ADA, vat_number="DE136695976", self_billing=True)
    assert queries.papers_of(make_profile(make_creator("Ben"), papers=with_vat)) == with_vat


def test_sending_a_form_twice_is_sending_it_once() -> None:
    ada, ben, key = make_creator(), make_creator("Ben"), uuid4()

    def send(creator: Creator, papers: Papers = ADA) -> Profile:
        return submit_profile(
            creator=creator, papers=papers, signature="Ada Lovelace", id=key, at=NOON
        )

    assert send(ada) == send(ada)
    for creator, papers in ((ada, replace(ADA, town="Bonn")), (ben, ADA)):
        with pytest.raises(PaperIdTaken):
            send(creator, papers)
    assert Profile.objects.count() == 1
    choose_method(creator=ada, details=SEPA, id=key, at=NOON)
    assert choose_method(creator=ada, details=SEPA, id=key, at=NOON).number == 1
    with pytest.raises(PaperIdTaken):
        choose_method(creator=ada, details=us_account(), id=key, at=NOON)
    assert Method.objects.count() == 1


def test_a_version_gets_one_verdict_and_only_the_newest_one() -> None:
    ada = make_creator()
    first = make_verified(ada)
    with pytest.raises(LookedAtBefore, match="looked at already: Verified"):
        look(first, Verdict.REJECTED)
    second = make_profile(ada)
    make_profile(ada)
    with pytest.raises(NewerProfile):
        look(second, Verdict.VERIFIED)
    assert Review.objects.count() == 1


def test_whoever_is_on_the_list_is_not_verified_by_a_mere_yes(tmp_path: Path) -> None:
    scrooge, ada = make_creator("Ebenezer"), make_creator()
    profile = make_profile(scrooge, papers=SCROOGE)
    with pytest.raises(OnTheList, match="1 rows of the list"):
        look(profile, Verdict.VERIFIED)
    assert state(scrooge) == ProfileState.SUBMITTED
    assert look(profile, Verdict.CLEARED).hit_count == 1
    found = queries.standing(creator=scrooge)
    assert not found.gate(hit_count=1, at=NOON).is_listed
    assert found.gate(hit_count=2, at=NOON).is_listed
    with pytest.raises(NotOnTheList):
        look(make_profile(ada), Verdict.CLEARED)
    newer = tmp_path / "list.csv"
    newer.write_text("reference,name,born_on,list\nX1,Ada Lovelace,,of today\n")
    with override_settings(SANCTIONS_FILE=str(newer)):
        assert len(queries.hits_of(ADA)) == 1
        newer.write_text("something else")
        with pytest.raises(BadList):
            queries.hits_of(ADA)


def test_an_account_needs_papers_in_the_same_name() -> None:
    ada = make_creator()
    with pytest.raises(NoPapersYet):
        make_method(ada)
    make_profile(ada)
    with pytest.raises(NameMismatch):
        make_method(ada, details=replace(SEPA, holder="Charles Babbage"))
    assert not Method.objects.exists()
    method = make_method(ada)
    assert (str(method), method.rail) == ("Bank account in euros (SEPA) •••• 3000", "pain.001")
    assert queries.details_of(method) == SEPA


def test_a_changed_account_is_paid_only_after_the_cool_off() -> None:
    ada = make_creator()
    make_verified(ada)
    assert make_method(ada).usable_from == NOON
    later = make_method(ada, details=us_account())
    assert later.usable_from == NOON + dt.timedelta(days=21)
    gate = queries.standing(creator=ada).gate(hit_count=0, at=NOON)
    assert gate.usable_from == later.usable_from


def test_two_creators_with_one_account_are_told_to_the_operator() -> None:
    ada, ben = make_creator(), make_creator("Ben")
    for creator in (ada, ben):
        make_verified(creator)
    make_method(ada)
    assert queries.others_with(method=make_method(ben)) == [ada]


def test_names_and_numbers_are_not_in_the_database_in_the_clear() -> None:
    ada = make_creator("Visible")
    make_profile(ada)
    make_method(ada)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM payouts_profile p")
        [(profile,)] = cursor.fetchall()
        cursor.execute("SELECT row_to_json(m)::text FROM payouts_method m")
        [(method,)] = cursor.fetchall()
    for secret in ("Lovelace", ADA.street, ADA.tax_number):
        assert secret.encode().hex() not in profile
    assert IBAN.encode().hex() not in method
    assert IBAN not in method


def test_versions_and_verdicts_never_change() -> None:
    ada = make_creator()
    make_verified(ada)
    make_method(ada)
    changes = (
        Profile.objects.filter(country="DE").update,
        Review.objects.filter(verdict="verified").update,
        Method.objects.filter(currency="EUR").update,
    )
    for change in changes:
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            change(id=7)

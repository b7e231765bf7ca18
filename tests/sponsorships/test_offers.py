"""Two come to terms: every version is kept, one is agreed on, and sealed."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from takings.people.actions import tell_birth
from takings.people.models import Brand
from takings.policies.queries import deal_rule_at
from takings.sponsorships import actions, queries
from takings.sponsorships.actions import offering
from takings.sponsorships.models import Deal, Version
from takings.sponsorships.rules import (
    DealerAgeUnknown,
    DealerTooYoung,
    NotNow,
    NotYourTurn,
    OfferChanged,
    seal,
)
from tests.make.deals import TERMS, Pair, agreed, make_dealer, offered, usd
from tests.make.passes import Time
from tests.make.people import make_brand, make_creator, make_operator, make_user

pytestmark = pytest.mark.django_db


def test_an_offer_is_countered_and_accepted_and_every_version_stays(pair: Pair, time: Time) -> None:
    deal = offered(pair)
    assert offered(pair, id=deal.pk) == deal
    more = replace(TERMS, published=usd("400"))
    actions.counter_offer(seat=pair.ada(deal), number=1, terms=more, at=time.now)
    with pytest.raises(OfferChanged):
        actions.accept_offer(seat=pair.bea(deal), number=1, at=time.now)
    with pytest.raises(NotYourTurn):
        actions.accept_offer(seat=pair.ada(deal), number=2, at=time.now)
    done = actions.accept_offer(seat=pair.bea(deal), number=2, at=time.now)
    assert (done.status, done.terms, done.terms.total) == ("agreed", more, usd("600"))
    assert done.digest == seal(
        deal=done.pk,
        brand=pair.brand.name,
        creator=pair.creator.handle,
        terms=done.offer.content,
    )
    assert [(one.side, one.terms) for one in done.versions.all()] == [
        ("brand", TERMS),
        ("creator", more),
    ]
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        Version.objects.update(content="{}")
    with pytest.raises(NotNow, match="agreed"):
        actions.counter_offer(seat=pair.ada(deal), number=2, terms=TERMS, at=time.now)


def test_an_offer_is_declined_taken_back_or_forgotten(pair: Pair, time: Time) -> None:
    one, two, three = (offered(pair) for _ in range(3))
    with pytest.raises(actions.TooManyOffers, match="3 offers"):
        offered(pair)
    actions.decline_offer(seat=pair.ada(one), number=1, words="Not my style.", at=time.now)
    with pytest.raises(NotYourTurn):
        actions.withdraw_deal(seat=pair.ada(two), at=time.now)
    actions.withdraw_deal(seat=pair.bea(two), at=time.now)
    assert actions.keep_clocks(at=time.go(1, 28, 13)) == 0
    assert actions.keep_clocks(at=time.go(1, 28)) == 1
    late = agreed(pair)
    assert actions.keep_clocks(at=time.go(2, 4)) == 1
    gone = agreed(pair)
    actions.withdraw_deal(seat=pair.ada(gone), words="Ill.", at=time.now)
    found = [Deal.objects.get(pk=each.pk).status for each in (one, two, three, late, gone)]
    assert found == ["declined", "withdrawn", "expired", "expired", "withdrawn"]
    with pytest.raises(NotNow, match="expired"):
        actions.fund_from_prepaid(seat=pair.bea(late), at=time.now)
    with pytest.raises(NotNow, match="expired"):
        actions.fund_by_card(seat=pair.bea(late), payment_id=uuid4(), at=time.now)


def test_who_may_not_deal_is_told_why(pair: Pair, time: Time) -> None:
    taken = offered(pair)
    unborn, young = make_creator("Nia"), make_creator("Kit")
    tell_birth(user=young.user, born_on=dt.date(2009, 5, 4), at=time.now)
    promoter = Brand.objects.create(name="@ada", website="https://x.example", opened_at=time.now)
    own = make_brand(member=pair.creator.user)
    for refusal, changed in (
        (DealerAgeUnknown, replace(pair, creator=unborn)),
        (DealerTooYoung, replace(pair, creator=young)),
        (actions.BrandMakesNoDeals, replace(pair, brand=promoter)),
        (actions.DealWithOneself, replace(pair, brand=own)),
    ):
        with pytest.raises(refusal):
            offered(changed)
    with pytest.raises(actions.DealIdTaken):
        offered(replace(pair, creator=make_dealer("Zoe")), id=taken.pk)
    assert Deal.objects.count() == 1


def test_at_some_point_a_call_is_quicker(
    pair: Pair, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = offered(pair)
    rule = replace(deal_rule_at(at=time.now), most_versions=1)
    monkeypatch.setattr(offering, "deal_rule_at", lambda at: rule)  # noqa: ARG005
    with pytest.raises(actions.TooManyVersions, match="1 times"):
        actions.counter_offer(seat=pair.ada(deal), number=1, terms=TERMS, at=time.now)
    assert Version.objects.count() == 1


def test_a_deal_is_seen_by_both_and_operators_and_nobody_else(pair: Pair) -> None:
    deal, olga = offered(pair), make_operator()
    seat = queries.access_deal(user=olga, deal_id=deal.pk)
    assert (seat.side, seat.acts) == (None, False)
    with pytest.raises(queries.LookingOnly):
        queries.access_seat(user=olga, deal_id=deal.pk)
    for user, key in ((make_user(), deal.pk), (olga, uuid4())):
        with pytest.raises(queries.NoSuchDeal):
            queries.access_deal(user=user, deal_id=key)
    for subject in ("deal:x", f"deal:{uuid4()}", f"gift:{deal.pk}"):
        with pytest.raises(queries.NoSuchDeal):
            queries.deal_of_subject(subject)
    assert [*queries.deals_of(brand=pair.brand)] == [*queries.deals_of(creator=pair.creator)]
    assert queries.brands_for_deals(user=pair.member) == [pair.brand]
    assert queries.brands_for_deals(user=olga) == [pair.brand]
    assert [str(deal), str(deal.offer)] == [
        f"{pair.brand} and {pair.creator}",
        f"Version 1 of {deal}",
    ]

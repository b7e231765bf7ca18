"""What may be agreed, by whom, and where a delivery's link may lead."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from takings.live.rules.chat import NoLinks
from takings.money import Money
from takings.people.models import Creator
from takings.policies.queries import request_rule_at
from takings.requests import actions
from takings.requests.models import Request, Service
from takings.requests.queries import (
    NoSuchService,
    access_own_service,
    archived_services,
    offered_service,
    services_of,
    shown_to,
)
from takings.requests.rules import (
    BadLink,
    BadPrice,
    BadService,
    MakerNotEligible,
    NoSuchCurrency,
    OwnService,
    PriceChanged,
    RequestAgeUnknown,
    RequestIdTaken,
    ServiceClosed,
    ServiceFull,
    TooManyRequests,
    TooManyServices,
    TooYoungForRequests,
    Wish,
    check_link,
    price_for,
)
from tests.make.coins import make_fan
from tests.make.passes import Time
from tests.make.requests import GREETING, QUOTED, Pair, eur, make_pair, make_service

EUROS = {"EUR": eur("25"), "USD": Money.parse("30", "USD")}


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org/a",
        "https://user:word@example.org/a",
        "https://example.org:8443/a",
        "https://localhost/a",
        "https://printer.local/a",
        "https://10.0.0.1/a",
        "https://[::1]/a",
        "https://0x7f.1/a",
        "https://example.org/a b",
        "https://[broken/a",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 400,
    ],
)
def test_a_link_leads_to_a_public_place_safely(link: str) -> None:
    with pytest.raises(BadLink):
        check_link(link)
    assert check_link(" https://files.example.org/song.mp3?x=1 ").endswith("?x=1")
    assert check_link("  ") == ""


def test_people_pay_in_their_currency_where_there_is_a_price_in_it(time: Time) -> None:
    rule = request_rule_at(at=time.now)
    assert price_for(EUROS, country="DE", rule=rule) == EUROS["EUR"]
    assert price_for(EUROS, country="JP", rule=rule) == EUROS["USD"]
    assert price_for({"EUR": EUROS["EUR"]}, country="GB", rule=rule) == EUROS["EUR"]
    assert price_for({}, country="GB", rule=rule) is None


@pytest.mark.django_db
def test_a_service_is_within_bounds_and_changes_touch_nothing_that_was_ordered(
    pair: Pair, time: Time
) -> None:
    one, service = pair.ask(), pair.service
    for change, why in (
        ({"deliver_days": 31}, BadService),
        ({"revisions": 6}, BadService),
        ({"most_open": 0}, BadService),
        ({"prices": {"EUR": eur("4.99")}}, BadPrice),
        ({"prices": {"EUR": eur("5.001")}}, BadPrice),
        ({"prices": {"JPY": Money.parse("2500", "JPY")}}, NoSuchCurrency),
        ({"title": "See x.com"}, NoLinks),
    ):
        with pytest.raises(why):
            actions.change_service(
                service=service,
                offer=replace(GREETING, **change),
                at=time.now,
            )
    dear = replace(GREETING, prices={"EUR": eur("90")}, revisions=0, title="A long greeting")
    actions.change_service(service=service, offer=dear, at=time.now)
    one = Request.objects.get()
    assert (one.price, one.revisions, one.title) == (eur("25"), 1, "A greeting")
    with pytest.raises(PriceChanged, match="costs €90"):
        actions.ask(
            fan=pair.fan, service=service, wish=Wish(uuid4(), "Hi", shown=eur("25")), at=time.now
        )
    assert str(Service.objects.get().prices.get()) == "A long greeting: 90000000 EUR"


@pytest.mark.django_db
def test_a_service_is_offered_once_paused_archived_and_restored(pair: Pair, time: Time) -> None:
    key, service = uuid4(), pair.service
    for _ in range(2):
        actions.offer_service(creator=pair.creator, id=key, offer=QUOTED, at=time.now)
    other = make_pair(name="Ben").creator
    with pytest.raises(RequestIdTaken):
        actions.offer_service(creator=other, id=key, offer=QUOTED, at=time.now)
    actions.pause_service(service=service, at=time.now)
    with pytest.raises(ServiceClosed):
        pair.ask()
    actions.resume_service(service=service)
    pair.ask()
    actions.archive_service(service=service, at=time.now)
    assert [one.pk for one in archived_services(creator=pair.creator)] == [service.pk]
    with pytest.raises(NoSuchService):
        offered_service(service_id=service.pk)
    with pytest.raises(NoSuchService):
        access_own_service(user=other.user, service_id=service.pk)
    for _ in range(19):
        make_service(pair.creator, at=time.now)
    with pytest.raises(TooManyServices):
        make_service(pair.creator, at=time.now)
    with pytest.raises(TooManyServices):
        actions.restore_service(service=service, at=time.now)
    actions.archive_service(service=services_of(creator=pair.creator)[0], at=time.now)
    actions.restore_service(service=service, at=time.now)
    closed = access_own_service(user=pair.maker, service_id=service.pk)
    assert closed.paused_at == time.now


@pytest.mark.django_db
def test_a_wish_is_one_request_and_who_cannot_ask_is_told_why(pair: Pair, time: Time) -> None:
    key = uuid4()
    assert pair.ask(id=key) == pair.ask(id=key)
    young, unknown = make_fan("Max", born_on=dt.date(2012, 1, 1)), make_fan("Uwe", born_on=None)
    for fan, why in (
        (pair.maker, OwnService),
        (young, TooYoungForRequests),
        (unknown, RequestAgeUnknown),
    ):
        with pytest.raises(why):
            Pair(fan, pair.creator, pair.service).ask()
        assert shown_to(creator=pair.creator, user=fan, at=time.now)[0].closed
    wim = Pair(make_fan("Wim"), pair.creator, pair.service)
    with pytest.raises(RequestIdTaken):
        wim.ask(id=key)
    with pytest.raises(NoLinks):
        pair.ask(brief="see x.com")
    wim.ask()
    wim.ask()
    with pytest.raises(ServiceFull):
        pair.ask()
    song = make_service(pair.creator, QUOTED, at=time.now)
    for _ in range(4):
        Pair(pair.fan, pair.creator, song).ask()
    with pytest.raises(TooManyRequests, match="5 requests"):
        Pair(pair.fan, pair.creator, song).ask()
    Creator.objects.update(shares_from=None)
    with pytest.raises(MakerNotEligible):
        wim.ask()

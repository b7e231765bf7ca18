"""The pages of coins: what a viewer does there, and what operators do."""

import csv
import io
from uuid import uuid4

import pytest
from django.test import Client

from takings.coins.models import CoinLot, Limit, Return
from takings.coins.queries.standing import movements
from takings.coins.rules import coins
from takings.payments.models import Payment
from takings.payments.queries import show_terms
from takings.people.models import User
from tests.coins.test_spending import has
from tests.make.coins import ask, bought, granted, make_fan, spent
from tests.make.pages import page_links, page_text
from tests.make.passes import Time
from tests.make.payments import asked, pay
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def vera(client: Client) -> User:
    """Let Vera be signed in."""
    user = make_fan()
    client.force_login(user)
    return user


def told(client: Client, url: str, form: dict[str, object]) -> str:
    """Send a form and return the words of the page it leads to."""
    return page_text(client.post(url, form, follow=True))


def test_a_viewer_buys_sees_every_coin_and_gives_some_back(
    client: Client, vera: User, time: Time
) -> None:
    shown = page_text(client.get("/coins/"))
    assert "1,000 coins + 80 bonus €11.90" in shown
    assert "Bonus coins first, since they may end" in shown
    assert "No coins yet. Buy some" in page_text(client.get("/coins/wallet/"))
    form = {"id": str(uuid4()), "pack": "chest", "terms": show_terms(at=time.now)}
    led = [client.post("/coins/buy/", form)["location"] for _ in range(2)]
    payment = Payment.objects.get()
    assert led == [f"/payments/{payment.pk}/go/"] * 2
    pay(payment)
    assert "Paid" in page_text(client.get(f"/payments/{payment.pk}/back/", follow=True))
    time.go(1, 26)
    spent([ask(vera, 100)])
    shown = page_text(client.get("/coins/wallet/"))
    assert "Bought980 coins" in shown
    assert "1,000 coins bought" in shown
    assert "980 coins-20 coins" in shown
    assert "0 coins-80 coins bonus" in shown
    assert "80 coins+80 coins bonus" in shown
    [entry, *_] = page_links(client.get("/coins/wallet/"), "/trace/entry/")
    assert client.get(entry).status_code == 200
    rows = list(csv.DictReader(io.StringIO(client.get("/coins/wallet/csv/").content.decode())))
    assert [(row["coins"], row["change"], row["balance after"]) for row in rows] == [
        ("bought", "-20", "980"),
        ("bonus", "-80", "0"),
        ("bought", "1000", "1000"),
        ("bonus", "80", "80"),
    ]
    url = f"/coins/wallet/{payment.pk}/give-back/"
    assert "Give 900 coins back?" in page_text(client.get(url))
    assert "900 coins go back; €10.71 to your card." in told(client, url, {})
    assert "No coins of this purchase" in told(client, url, {})
    assert "Nothing goes back" in page_text(client.get(url))
    asked(payment)
    time.go(2, 9)
    CoinLot.objects.filter(is_bonus=False).update(gone_micros=0, left_micros=coins(980).micros)
    assert "was over on" in page_text(client.get(url))


def test_wrong_forms_lose_nothing_and_say_what_to_do(
    client: Client, vera: User, time: Time
) -> None:
    terms, key = show_terms(at=time.now), str(uuid4())
    for form, words in (
        ({"id": "1", "pack": "chest", "terms": terms}, "open the page again"),
        ({"id": key, "pack": "sea", "terms": terms}, "choose one of those on the page"),
        ({"id": key, "pack": "chest", "terms": "forged"}, "read them again"),
    ):
        assert words in told(client, "/coins/buy/", dict(form))
    for kind, form in (("week", {}), ("day", {"day-coins": "-1"}), ("pause", {"days": "2"})):
        words = told(client, f"/coins/limits/{kind}/", dict(form))
        assert "Give a whole number of coins" in words
    assert not Payment.objects.exists()
    assert not Limit.objects.exists()
    assert list(movements(user=vera)) == []


def test_whose_age_is_not_known_is_asked_once_and_minors_see_no_packs(
    client: Client, vera: User, time: Time
) -> None:
    User.objects.filter(pk=vera.pk).update(born_on=None)
    assert "Year of birth" in page_text(client.get("/coins/"))
    for year, words in (("19", "four digits"), ("x", "whole number"), ("2025", "at least 13")):
        assert words in told(client, "/coins/age/", {"birth_year": year})
    assert "1,000 coins" not in page_text(client.get("/coins/"))
    shown = told(client, "/coins/age/", {"birth_year": "2012"})
    assert "You must be 18 to have coins." in shown
    assert "1,000 coins" not in told(client, "/coins/age/", {"birth_year": "1990"})
    vera.refresh_from_db()
    assert vera.born_on is not None
    assert vera.born_on.year == 2012
    assert time.now.year == 2027


def test_limits_are_set_and_said_back(client: Client, vera: User, time: Time) -> None:
    assert "Empty is no limit" in page_text(client.get("/coins/limits/"))
    assert "holds from now on" in told(client, "/coins/limits/day/", {"day-coins": "50"})
    assert 'value="50"' in client.get("/coins/limits/").content.decode()
    shown = told(client, "/coins/limits/day/", {"day-coins": "80"})
    assert "It is looser, so it holds from 2027-01-26 14:00 UTC on." in shown
    assert "14:00 UTC on: 80 coins a day." in shown
    assert "on: no limit a day" in told(client, "/coins/limits/day/", {"day-coins": ""})
    assert "no coins until 2027-01-26 14:00" in told(client, "/coins/limits/pause/", {"days": "1"})
    assert "no coins until 24 Jul" in told(client, "/coins/limits/exclusion/", {"days": "180"})
    form = {"id": str(uuid4()), "pack": "chest", "terms": show_terms(at=time.now)}
    assert "You asked not to spend coins" in told(client, "/coins/buy/", dict(form))
    time.go(8, 1)
    assert "no coins until 24 Jul" not in page_text(client.get("/coins/limits/"))
    assert vera.pk


@pytest.mark.usefixtures("time")
def test_the_desk_finds_gives_holds_and_gives_back(client: Client) -> None:
    vera, olga = make_fan(), make_operator()
    client.force_login(olga)
    assert "Nobody has coins yet" in page_text(client.get("/coins/desk/"))
    assert "nobody@example.org" in page_text(
        client.get("/coins/desk/", {"email": "nobody@example.org"})
    )
    purchase = bought(vera)
    found = client.get("/coins/desk/", {"email": vera.email}, follow=True)
    assert "Coins of Vera" in page_text(found)
    at = f"/coins/desk/{vera.pk}/"
    form = {"id": str(uuid4()), "coins": "25", "reason": "Found a fault."}
    for _ in range(2):
        assert "25 coins are proposed" in told(client, f"{at}grant/", dict(form))
    assert "Another operator has to answer it." in page_text(client.get("/coins/desk/"))
    assert "gift of bonus coins waits" in page_text(client.get("/desk/finance/"))
    answer = {"answer": "Seen.", "verdict": "approve"}
    assert "You proposed this" in told(client, f"/coins/desk/grants/{form['id']}/", dict(answer))
    client.force_login(make_operator("Pavel"))
    assert "Vera has 25 coins more." in told(
        client, f"/coins/desk/grants/{form['id']}/", dict(answer)
    )
    other = {**form, "id": str(uuid4())}
    told(client, f"{at}grant/", dict(other))
    client.force_login(olga)
    declined = told(client, f"/coins/desk/grants/{other['id']}/", {"answer": "Twice."})
    assert "Declined; nothing was given." in declined
    assert "whole coins" in told(client, f"{at}grant/", {**form, "coins": "0"})
    assert "required" in told(client, f"{at}grant/", {**form, "reason": ""})
    hold = f"/coins/desk/lots/{purchase.pk}/hold/"
    assert "wait until 2027-01-28" in told(client, hold, {"days": "3", "reason": "Reported."})
    assert "1,000 coins wait" in page_text(client.get(at))
    shown = page_text(client.get("/coins/desk/"))
    assert "Reported." in shown
    assert "€10.00" in shown
    assert "can be spent again" in told(client, hold, {"days": "0", "reason": "A mistake."})
    back = f"/coins/desk/purchases/{purchase.pk}/return/"
    assert "1,000 coins go back, for €11.90." in told(client, back, {"reason": "Kindness."})
    assert Return.objects.get().asked_by == olga
    asked(Payment.objects.get())
    minor = {"born_on": "2012-05-01", "reason": "A passport."}
    assert "0 coins go back" in told(client, f"{at}minor/", dict(minor))
    assert "old enough" in told(client, f"{at}minor/", {**minor, "born_on": "1980-01-01"})
    assert has(vera) == (coins(0), coins(25))


def test_the_desk_is_for_operators_and_a_wallet_for_its_owner(
    client: Client, vera: User, time: Time
) -> None:
    other = bought(make_fan("Wim"))
    granted(vera, 1)
    for url in ("/coins/desk/", f"/coins/desk/{vera.pk}/", f"/coins/wallet/{other.pk}/give-back/"):
        assert client.get(url).status_code == 404
    client.logout()
    for url in ("/coins/", "/coins/wallet/", "/coins/limits/"):
        assert client.get(url).status_code in {302, 403}
    assert time.now.month == 1


def test_other_software_reads_a_wallet_and_its_prices(
    client: Client, vera: User, time: Time
) -> None:
    bought(vera)
    found = client.get("/api/coins").json()
    assert (found["bought_micros"], found["bonus_micros"]) == (1_000_000_000, 80_000_000)
    assert (found["held_micros"], found["held_until"]) == (0, None)
    assert found["ends_at"].startswith("2027-07-24T14:00:00")
    assert found["packs"][2] == {
        "name": "chest",
        "coins_micros": 1_000_000_000,
        "bonus_micros": 80_000_000,
        "price": {"micros": 11_900_000, "currency": "EUR"},
    }
    client.logout()
    assert client.get("/api/coins").status_code == 401
    assert time.now.month == 1
